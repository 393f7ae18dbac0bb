// What happens in one run, all of it drawn from one seed.
#pragma once

#include "musician.hpp"
#include "platform/sim/world.hpp"

namespace midinet::simtest {

/// How rough a run is, and so how much may be asked of it.
enum class Flavor : std::uint8_t {
    Calm,        ///< networks that at most delay and duplicate: what comes out is what went in
    OneBadPath,  ///< two networks, at most one of them bad at a time; clients may stall: the same
    Lossy,       ///< every network loses up to 20 %, evenly
    Stormy,      ///< everything that can happen to hosts, clients, devices, ports and networks
    Hostile,     ///< forged datagrams as well: nothing is asked but to survive
    Redundant,   ///< several hosts in one topology, that die and return; people who switch by hand
};
const char* to_string(Flavor flavor);

struct Fault {
    enum class What : std::uint8_t {
        Weather,
        LinkDown,
        StallClient,
        StallHost,
        KillHost,
        ShutdownHost,
        Unplug,
        RestartClient,
        PortFull,
        PortLost,
        Garbage,
        Zombies,
        Forgery,
        Switch,  ///< somebody asks for host `who`
        Disarm,
    };
    What what = What::Weather;
    TimePoint at{};
    Duration lasts{};
    unsigned who = 0;  ///< which network, host or client
    platform::sim::Weather weather;
};
const char* to_string(Fault::What what);

/// What hosts are to each other; docs/failover.md.
enum class Topology : std::uint8_t { Standby, Mirror, Relay };
const char* to_string(Topology topology);

/// Who dies in a redundant show.
enum class Deaths : std::uint8_t {
    OfOne,     ///< always the same host, as often as it likes
    InTurn,    ///< one at a time
    Anywhere,  ///< all at once, too
};

struct Plan {
    std::uint64_t seed = 0;
    Flavor flavor = Flavor::Calm;
    unsigned hosts = 1;
    unsigned networks = 1;
    std::vector<platform::sim::Weather> calm;  ///< each network's weather when nothing is wrong
    std::vector<TimePoint> clients;            ///< when each starts
    Piece piece;
    Duration jitter_buffer{};
    Duration between_phrases{};  ///< on average
    TimePoint music_from{};
    TimePoint faults_end{};  ///< and music's
    std::vector<Fault> faults;
    bool hosts_die_at_end = false;
    // Of redundant shows:
    Topology topology = Topology::Standby;
    Deaths deaths = Deaths::Anywhere;
    bool fair_networks = false;  ///< none ever loses anything
    bool returns = false;        ///< switch-back policy "auto", without a lockout
    bool relay_has_device = false;
    Duration skew{};  ///< by so much one mirror gets a byte later than the other, at most

    /// What the client plays must be what the device played, to the byte.
    bool is_exact() const noexcept {
        return flavor == Flavor::Calm || flavor == Flavor::OneBadPath;
    }
    bool is(Topology of) const noexcept { return flavor == Flavor::Redundant && topology == of; }
    /// Whether host `id` has a device of its own to play.
    bool has_device(unsigned id) const noexcept {
        return !is(Topology::Relay) || id == 1 || relay_has_device;
    }
};

/// Two kinds of shows. Each has random numbers of its own, so that neither changes the other's.
enum class Kind : std::uint8_t { Plain, Redundant };
Plan make_plan(std::uint64_t seed, Kind kind);
/// The kind is drawn from the seed too.
Plan make_plan(std::uint64_t seed);
/// For people.
std::string describe(const Plan& plan);

}  // namespace midinet::simtest
