// A command that a request is about, from the show's rooms to the answer.
#pragma once

#include "admin/routes/command_routes.hpp"

namespace midinet::admin {

/// What the audit of hosts knows of who asked.
control::plane::Name asker_of(const Request& request);

struct Errand {
    DeviceSlot device{1};
    control::plane::Command command{};
    bool noted = true;  ///< in the audit
};
/// Asks the hosts, answers the request when one did, and has it noted. With nobody
/// there, or too many waiting, it is answered at once.
void run_errand(const Hands& hands, const Request& request, const Errand& errand,
                const Respond& respond);

}  // namespace midinet::admin
