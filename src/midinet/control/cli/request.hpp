// What somebody asked of midinet-cli: what is heard of a show, or a command to its hosts.
#pragma once

#include "control/daemon_flags.hpp"
#include "control/plane/message.hpp"
#include "io/datagram_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::control::cli {

enum class Task : std::uint8_t {
    Status,
    Hosts,
    Clients,
    Focus,
    Input,
    Rehearsals,  ///< the API alone tells
    Switch,
    FailoverStatus,
    Arm,
    Disarm,
    Audit,
    GiveFocus,
    FocusNobody,
    FocusAuto,
    SwitchInput,
    Rehearse,
    RehearseEnd,
};
/// Whether it takes a command to a host; the others only listen.
constexpr bool asks(Task task) noexcept { return task >= Task::Switch; }
/// Whether that command is one about the focus.
constexpr bool asks_for_focus(Task task) noexcept {
    return task >= Task::GiveFocus && task <= Task::FocusAuto;
}
constexpr bool asks_to_rehearse(Task task) noexcept {
    return task == Task::Rehearse || task == Task::RehearseEnd;
}
/// Whether it has to know who is there before it can ask: people name a client by its number or
/// name, and mean the host that has two inputs.
constexpr bool looks_first(Task task) noexcept {
    return task == Task::GiveFocus || task == Task::SwitchInput;
}

struct Request {
    /// A status comes every second; some are late.
    static constexpr Duration kListen = 1300ms;

    Task task = Task::Status;
    bool json = false;
    std::vector<std::string> interfaces;  ///< empty: all usable ones
    io::Endpoint group;                   ///< the control group; its port is that of the device
    std::vector<io::Endpoint> peers;      ///< spoken to by unicast, too
    DeviceSlot device{1};                 ///< whose show it is about
    bool all_devices = true;  ///< Switch, Arm, Disarm, Rehearse…: the hosts' others follow
    /// To listen, or for an answer at most once it was asked for. Range: 100 ms .. 10 min.
    Duration wait = kListen;
    SourceId target{};           ///< Switch. 0: the best standby. Rehearse…: the host
    std::uint8_t max_audit = 0;  ///< Audit. 0: as many as fit
    std::uint8_t input = 0;      ///< SwitchInput. Range: 1, 2
    std::uint32_t hold_ms = 0;   ///< Rehearse. Range: 1000..60000
    bool force = false;          ///< Rehearse: also if nobody could take over
    std::string client;          ///< GiveFocus: as somebody named it, see find_client()
};

/// What is sent for it, but for the client that GiveFocus names and the host
/// of SwitchInput. Precondition: asks(request.task).
/// `id`, `from`: random ones.
plane::Command command_of(const Request& request, std::uint64_t id, SenderId from,
                          const std::string& who);

}  // namespace midinet::control::cli
