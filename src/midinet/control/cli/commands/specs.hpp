// One a file.
#pragma once

#include "control/cli/commands/words.hpp"

namespace midinet::control::cli {

extern const CommandSpec kStatusCommand;
extern const CommandSpec kHostsCommand;
extern const CommandSpec kClientsCommand;
extern const CommandSpec kFailoverCommand;
extern const CommandSpec kFocusCommand;
extern const CommandSpec kInputCommand;
extern const CommandSpec kDoctorCommand;

}  // namespace midinet::control::cli
