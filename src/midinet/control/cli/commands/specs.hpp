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
extern const CommandSpec kRehearseCommand;
extern const CommandSpec kWatchCommand;
extern const CommandSpec kMetricsCommand;
extern const CommandSpec kAlertsCommand;
extern const CommandSpec kPipelineCommand;
extern const CommandSpec kMonitorCommand;
extern const CommandSpec kRecordCommand;
extern const CommandSpec kVerifyCommand;
extern const CommandSpec kSendCommand;
extern const CommandSpec kReplayCommand;
extern const CommandSpec kConfigCommand;
extern const CommandSpec kDoctorCommand;
extern const CommandSpec kTuneCommand;
extern const CommandSpec kCompletionsCommand;

}  // namespace midinet::control::cli
