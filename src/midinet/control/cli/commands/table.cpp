#include "control/cli/commands/specs.hpp"

#include <array>

namespace midinet::control::cli {

std::span<const CommandSpec* const> command_table() {
    static constexpr std::array kTable{
        &kStatusCommand,  &kHostsCommand,  &kClientsCommand,  &kFailoverCommand,
        &kFocusCommand,   &kInputCommand,  &kRehearseCommand, &kWatchCommand,
        &kMetricsCommand, &kAlertsCommand, &kPipelineCommand, &kMonitorCommand,
        &kRecordCommand,  &kVerifyCommand, &kSendCommand,     &kReplayCommand,
        &kConfigCommand,  &kDoctorCommand, &kTuneCommand,     &kCompletionsCommand};
    return kTable;
}

}  // namespace midinet::control::cli
