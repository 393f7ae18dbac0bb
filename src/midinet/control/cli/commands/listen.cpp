#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

template <Task task>
std::string read_listen(const Words&, Order& order) {
    order.request.task = task;
    return {};
}

}  // namespace

const CommandSpec kStatusCommand{"status", "Whether the show is safe, and why not", nullptr,
                                 read_listen<Task::Status>};
const CommandSpec kHostsCommand{"hosts", "The hosts that are heard", nullptr,
                                read_listen<Task::Hosts>};
const CommandSpec kClientsCommand{"clients", "The clients that are heard", nullptr,
                                  read_listen<Task::Clients>};

}  // namespace midinet::control::cli
