// midinet-cli from an order to its exit code.
#pragma once

#include "control/cli/conversation.hpp"
#include "control/cli/order.hpp"
#include "control/cli/terminal_fit.hpp"
#include "control/shared/local_check.hpp"
#include "io/child_program.hpp"
#include "io/http_client.hpp"
#include "io/machine.hpp"
#include "io/setting_files.hpp"
#include "io/signals.hpp"
#include "io/system_meter.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::control::cli {

/// What the program works with. Lifetime: all of it outlives the run.
struct Tools {
    Surroundings with;
    io::Machine* machine;  ///< null: nothing is known of this system
    io::SystemMeter& meter;
    ThisMachine here;
    io::HttpClient& web;
    std::function<Result<std::unique_ptr<io::QueryEar>>(const std::string& interface)> make_ear;
    std::string version;
    /// Of the terminal that standard output is, if it does more than lines: as it is now.
    std::function<std::optional<TerminalSize>()> terminal;
    io::StartProgram start_program;
    /// Asks the person at the terminal; nothing: there is none.
    std::function<std::optional<bool>(const std::string& question)> confirm;
    std::function<std::int64_t()> unix_ms;
    std::function<std::string()> time_of_day;  ///< "14:03:59"
    /// To standard output, at once. False: it is lost, which was said; whoever goes on printing may
    /// as well end.
    std::function<bool(std::string_view)> print;
    std::function<void(std::string_view)> complain;  ///< one sentence, to standard error
    /// From then on interrupts end nothing by themselves.
    std::function<Result<std::unique_ptr<io::Signals>>()> make_signals;
    /// Of the machine whose files are below a folder. Empty: this system keeps none in files.
    std::function<Result<std::unique_ptr<io::SettingFiles>>(const std::string& root)> open_settings;
};

/// Gives the exit code: 1, whatever came of it, where some of what was printed is lost.
int run(const Order& order, const Tools& tools);

}  // namespace midinet::control::cli
