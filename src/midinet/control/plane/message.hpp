// The control plane's messages as values. Keys, ranges and rules: docs/wire_format.md §14.
//
// Every value travels but those that are zero, false or empty: a missing key means just that. In an
// encoding nothing of a status is ever lost, by its bounds; a CommandResult may lose the ends of
// its lists, and its totals tell.
#pragma once

#include "base/result.hpp"
#include "base/types.hpp"
#include "control/plane/admin.hpp"
#include "control/plane/machine.hpp"
#include "control/plane/played_midi.hpp"
#include "control/plane/tap.hpp"
#include "control/plane/text.hpp"
#include "control/plane/transit.hpp"
#include "midi/pipeline_settings.hpp"
#include "wire/header.hpp"
#include "wire/heartbeat.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace midinet::control::plane {

inline constexpr unsigned kMessageVersion = 1;
inline constexpr Duration kStatusInterval = 1s;
inline constexpr std::uint8_t kMaxHealth = 100;
inline constexpr Duration kLongestHold = 60s;  ///< of a rehearsal
inline constexpr std::uint8_t kInputs = 2;     ///< of a pair
/// What a client's id has and a host's has not. docs/wire_format.md §2
inline constexpr std::uint64_t kClientBit = 1ULL << 63U;
inline constexpr std::uint64_t kMostHostId = 0xFFFF;

using Name = Text<63>;           ///< of machines, devices, ports, people
using Version = Text<31>;        ///< of a program
using Reason = Text<63>;         ///< one short cause
using Why = Text<200>;           ///< one sentence for a person
using ShortWhy = Text<120>;      ///< the same in a list
using ClientName = Text<20>;     ///< the same in a list
using InterfaceName = Text<15>;  ///< of a network interface; IFNAMSIZ - 1

/// What a host does beside the active one.
enum class HostMode : std::uint8_t { Standby, Mirror, Relay };
enum class SwitchBack : std::uint8_t { Manual, Auto };
/// What becomes of faders, knobs and programs when another source takes over.
enum class Values : std::uint8_t { Adopt, Keep, Pickup };
enum class Verb : std::uint8_t {
    SwitchHost,      ///< to `target`, or to the best standby
    Arm,             ///< automatic failover `on` or off
    FailoverStatus,  ///< tell what is the case
    Audit,           ///< tell the last `max` decisions
    ClaimFocus,      ///< the asker, a client, for itself
    ReleaseFocus,    ///< the same
    AssignFocus,     ///< by hand: to `client`, 0 to nobody; `on`: nobody's choice any more
    SwitchInput,     ///< of the host named by `to`: read `input` of its pair
    SetPipeline,     ///< `pipeline` is in force from now on; to each host by its name, or to all;
                     ///< to a client by its id: its own
    GetPipeline,     ///< tell which one is
    Rehearse,        ///< of the host named by `to`: send nothing of the stream for `hold_ms`, as if
                     ///< it was lost, and then go on; 0: go on now. `on`: also if nobody takes over
    Play,            ///< of the host named by `to`: take `midi` as if its device had sent it
    Unknown,         ///< a word that this version does not know: answered as such, not ignored
};
enum class CommandOutcome : std::uint8_t {
    Done,
    Refused,            ///< by the policy: `why` says which rule
    NeedsConfirmation,  ///< the same command again, with a new id, within the time that `why` says
    Failed,             ///< it was tried
    Unknown,            ///< the host does not know such a command
};
/// What a client was found to do after a switch.
enum class ClientOutcome : std::uint8_t {
    Ok,
    Missing,    ///< it said nothing in time
    Elsewhere,  ///< it plays another source
};

// As they travel: "standby", "manual" …
std::string_view to_string(HostMode mode) noexcept;
std::string_view to_string(SwitchBack switch_back) noexcept;
std::string_view to_string(Values values) noexcept;
std::string_view to_string(Verb verb) noexcept;
std::string_view to_string(CommandOutcome outcome) noexcept;
std::string_view to_string(ClientOutcome outcome) noexcept;

struct HostCounters {
    std::uint64_t events = 0;
    std::uint64_t datagrams = 0;
    std::uint64_t heartbeats = 0;
    std::uint64_t late_heartbeats = 0;
    std::uint64_t nacks = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t journals = 0;
    std::uint64_t garbage = 0;
    std::uint64_t send_failures = 0;
    std::uint64_t leases = 0;       ///< held now
    std::uint64_t osc_ignored = 0;  ///< OSC datagrams of senders not allowed, or malformed
    friend bool operator==(const HostCounters&, const HostCounters&) = default;
};
/// The failover policy in force at a host, and its state.
struct FailoverState {
    bool armed = false;  ///< switches by itself
    SwitchBack switch_back = SwitchBack::Manual;
    std::uint32_t lockout_s = 0;
    std::uint32_t lockout_left_ms = 0;
    std::uint8_t miss_threshold = 0;  ///< heartbeats
    std::uint32_t interval_us = 0;    ///< between heartbeats
    Values values = Values::Adopt;
    SourceId preferred{};    ///< 0: none
    std::uint32_t term = 0;  ///< of the last decision; 0: none
    friend bool operator==(const FailoverState&, const FailoverState&) = default;
};
/// Another host with the same id.
struct Conflict {
    std::uint32_t address = 0;   ///< its IPv4 address, host order
    InterfaceName interface {};  ///< on which it was heard
    friend bool operator==(const Conflict&, const Conflict&) = default;
};
/// What came back from the clients' applications.
struct SurfaceCounters {
    std::uint64_t played = 0;     ///< messages given to the device
    std::uint64_t coalesced = 0;  ///< replaced by a newer one of the same light while it waited
    std::uint64_t lost = 0;       ///< that did not come; what they meant was repaired
    std::uint64_t foreign = 0;    ///< datagrams of clients that do not have the focus
    friend bool operator==(const SurfaceCounters&, const SurfaceCounters&) = default;
};
/// A host's pair of controllers.
struct InputState {
    std::uint8_t active = 0;       ///< 1 or 2: which is read, or looked for; 0: there is no pair
    bool standby_present = false;  ///< the other one could take over
    friend bool operator==(const InputState&, const InputState&) = default;
};
/// A host's devices, of which each says its own status, on its own ports.
struct DeviceCount {
    std::uint8_t all = 1;      ///< Range: 1..8
    std::uint8_t missing = 0;  ///< bit n-1: device n is not there
    friend bool operator==(const DeviceCount&, const DeviceCount&) = default;
};
struct HostStatus {
    HostId id{};  ///< Range: 1..
    Epoch epoch{};
    Name name{};  ///< of the machine
    Version version{};
    std::uint64_t uptime_ms = 0;
    wire::Role role = wire::Role::Primary;
    HostMode mode = HostMode::Standby;
    bool device_present = false;
    Name device_name{};
    std::uint8_t health = 0;           ///< Range: 0..kMaxHealth
    FixedVector<Reason, 6> reasons{};  ///< why it is not the most; the weightiest first
    HostCounters counters{};
    FailoverState failover{};
    std::optional<Conflict> conflict{};
    wire::Focus focus{};      ///< the register in force
    bool has_lights = false;  ///< the device takes what applications send back
    SurfaceCounters surface{};
    InputState inputs{};
    DeviceCount devices{};
    std::uint32_t pipeline = 0;   ///< midi::fingerprint_of the settings in force
    std::uint32_t agreement = 0;  ///< control::agreement_of the configuration it runs with
    std::uint32_t held_ms = 0;    ///< ms that it still sends nothing of its stream: a rehearsal
    bool leaving = false;         ///< it ends on purpose: its last status
    friend bool operator==(const HostStatus&, const HostStatus&) = default;
};

/// A client's last change of source.
struct LastSwitch {
    std::uint64_t ago_ms = 0;
    SourceId from{};  ///< 0: none
    SourceId to{};    ///< 0: none
    Reason reason{};
    std::uint32_t took_us = 0;
    friend bool operator==(const LastSwitch&, const LastSwitch&) = default;
};
struct ClientCounters {
    std::uint64_t played = 0;
    std::uint64_t lost = 0;
    std::uint64_t repaired = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t corrections = 0;
    std::uint64_t switches = 0;
    std::uint64_t silences = 0;
    std::uint64_t garbage = 0;
    std::uint64_t withheld = 0;  ///< values not played, for they would have jumped: soft takeover
    std::uint64_t paired = 0;    ///< second copies of mirrored hosts, not played
    std::uint64_t unpaired = 0;  ///< events of a mirror of which another one brought no copy
    friend bool operator==(const ClientCounters&, const ClientCounters&) = default;
};
/// A source as a client hears it.
struct HeardSource {
    SourceId id{};  ///< Range: 1..
    Epoch epoch{};
    bool alive = false;
    bool whole = false;                ///< its state is known completely
    bool twin = false;                 ///< it says that another host has its id
    std::uint32_t gap_p99_9_us = 0;    ///< between its datagrams
    std::uint32_t gap_longest_us = 0;  ///< the closest call: the longest gap that was no silence
    std::uint64_t lost = 0;
    friend bool operator==(const HeardSource&, const HeardSource&) = default;
};
/// One way by which a client hears one box.
struct Leg {
    SenderId sender{};  ///< Range: 1..
    InterfaceName interface {};
    bool unicast = false;
    std::uint64_t datagrams = 0;
    std::uint64_t missing = 0;
    friend bool operator==(const Leg&, const Leg&) = default;
};
struct ClientStatus {
    SenderId id{};  ///< Range: top bit set
    Name name{};    ///< of the machine
    Version version{};
    std::uint64_t uptime_ms = 0;
    Name port_name{};
    bool port_open = false;
    SourceId active{};       ///< 0: none
    std::uint32_t term = 0;  ///< of the decision it obeys; 0: none
    std::optional<LastSwitch> last_switch{};
    ClientCounters counters{};
    std::uint32_t transit_p50_us = 0;
    std::uint32_t transit_p95_us = 0;
    std::uint32_t transit_p99_us = 0;
    FixedVector<HeardSource, 4> sources{};
    FixedVector<Leg, 6> legs{};
    wire::Focus focus{};                ///< the register as it knows it
    std::uint64_t feedback_events = 0;  ///< sent to the controllers
    std::uint64_t feedback_echoes = 0;  ///< times that a flood was only sent back
    std::uint64_t feedback_cut = 0;     ///< messages withheld, for they went round and round
    std::uint32_t pipeline = 0;         ///< midi::fingerprint_of its own one, in force; 0: none
    bool leaving = false;               ///< it ends on purpose: its last status
    friend bool operator==(const ClientStatus&, const ClientStatus&) = default;
};

struct Command {
    std::uint64_t id = 0;  ///< Range: 1..; random, drawn anew for every command
    SenderId from{};       ///< Range: 1..
    SenderId to{};         ///< 0: whichever host decides
    Verb verb = Verb::FailoverStatus;
    SourceId target{};         ///< SwitchHost. 0: the best standby
    bool on = false;           ///< Arm, AssignFocus, Rehearse
    std::uint8_t max = 0;      ///< Audit. 0: as many as fit
    Name who{};                ///< for the audit: "cli alice@foh"
    SenderId client{};         ///< AssignFocus. 0: nobody
    bool all_devices = false;  ///< SwitchHost, Arm, Rehearse: the host's other devices follow
    std::uint8_t input = 0;    ///< SwitchInput. Range: 1, 2; else 0
    std::optional<midi::PipelineSettings> pipeline{};  ///< SetPipeline
    std::uint32_t hold_ms = 0;                         ///< Rehearse. Range: 0..kLongestHold
    PortIndex port{};                                  ///< Play. Range: 0..kMaxPorts-1
    PlayedMidi midi{};                                 ///< Play; none: what was pressed stays so
    friend bool operator==(const Command&, const Command&) = default;
};
/// "I have it": stops the retransmission. Sent again for each copy of the command.
struct Ack {
    std::uint64_t command = 0;
    SenderId from{};
    friend bool operator==(const Ack&, const Ack&) = default;
};
struct ClientAnswer {
    SenderId client{};  ///< Range: 1..
    ClientName name{};
    ClientOutcome outcome = ClientOutcome::Ok;
    std::uint32_t took_us = 0;
    friend bool operator==(const ClientAnswer&, const ClientAnswer&) = default;
};
/// A decision of the past.
struct AuditRecord {
    std::uint64_t ago_ms = 0;
    Name who{};
    Name what{};
    CommandOutcome outcome = CommandOutcome::Done;
    ShortWhy why{};
    friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};
struct CommandResult {
    std::uint64_t command = 0;  ///< Range: 1..
    SenderId from{};            ///< Range: 1..
    CommandOutcome outcome = CommandOutcome::Done;
    Why why{};
    std::uint32_t lockout_left_ms = 0;
    std::uint32_t term = 0;
    SourceId active{};                ///< 0: none
    std::uint32_t clients_total = 0;  ///< of all clients, also those the list has no room for
    std::uint32_t clients_ok = 0;     ///< of those
    std::uint32_t audit_total = 0;
    /// The ones to look at first: the end may be cut, after `audit`.
    FixedVector<ClientAnswer, 24> clients{};
    FixedVector<AuditRecord, 6> audit{};               ///< the newest first: the end may be cut
    std::optional<midi::PipelineSettings> pipeline{};  ///< in force; of SetPipeline, GetPipeline
    bool kept = false;                                 ///< SetPipeline: it survives a restart
    friend bool operator==(const CommandResult&, const CommandResult&) = default;
};

using Message = std::variant<HostStatus, ClientStatus, Command, Ack, CommandResult, Tap, TapReport,
                             MachineStatus, AdminStatus, TransitStatus>;

/// The box that says it: a host by its id, everybody else by a random one.
SenderId speaker_of(const Message& message) noexcept;

/// Writes one payload. Thread: any but a hot one: it allocates.
/// Errors: an id or a value out of its range (our own bug), or no room for more than lists.
[[nodiscard]] Result<void> encode(ByteWriter& writer, const Message& message);
/// A whole datagram in `buffer`, from the message's speaker. The packet number is kUncounted:
/// wire::set_packet_number makes it a multicast of a leg. Lifetime: `buffer`.
[[nodiscard]] Result<ByteView> encode_datagram(std::span<std::byte> buffer, const Message& message,
                                               Epoch boot);

/// Total: any bytes give a message or an error; nothing is thrown. Thread: any but a hot one.
/// Errors: BadVersion another version of messages; UnknownKind a type this version does not know,
/// to be ignored; else as in wire/, docs/wire_format.md §11.
[[nodiscard]] wire::Decoded<Message> decode(ByteView payload) noexcept;

struct HeardMessage {
    wire::Header header{};
    Message message{};
};
/// Of a whole datagram. Errors: as above; UnknownKind also for other kinds of datagrams; BadValue
/// when the message's speaker is not the datagram's sender.
[[nodiscard]] wire::Decoded<HeardMessage> decode_datagram(ByteView bytes) noexcept;

}  // namespace midinet::control::plane
