// What both daemons do between main and their daemon.
#pragma once

#include "control/config_sections.hpp"
#include "control/daemon_flags.hpp"
#include "control/pulse.hpp"
#include "control/shared/local_check.hpp"
#include "io/clock.hpp"
#include "io/waiter.hpp"
#include "platform/posix/state_store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::apps {

/// The file asked for, else `usual` when it is there, else none.
std::optional<std::filesystem::path> config_path(const control::DaemonFlags& flags,
                                                 const std::filesystem::path& usual);
/// Flags go before the file.
void apply(const control::DaemonFlags& flags, control::LogConfig& log);
/// Runs first on the engine thread.
void begin_engine_thread(const control::DaemonFlags& flags, control::Logger& logger,
                         DeviceSlot slot);
/// To whoever supervises this process; silent where nobody does. Errors: what the environment says
/// of him makes no sense. Thread: before there is another one.
Result<std::unique_ptr<control::Pulse>> make_pulse();
/// What one device's daemon tells of its engine's turns. Lifetime: the pulse's and the clock's.
std::function<void(std::optional<TimePoint>)> turn_teller(control::Pulse& pulse,
                                                          const io::Clock& clock, DeviceSlot slot);
/// For a thread's one wait.
Result<std::unique_ptr<io::Waiter>> make_waiter();
/// Warns of what the store could not do since it was asked last.
void tell_trouble(platform::StateStore& store, control::Logger& logger);
/// The directory whose file system a daemon tells of; empty where no state is kept.
std::vector<std::string> state_disks(const platform::StateStore& store);
/// From now on a fault in any thread ends the process with one sentence and exit code 1, so that
/// its supervisor sees it die.
void set_last_words(const char* program);
/// What this machine calls itself.
std::string machine_name();
/// To ask what a configuration names.
control::ThisMachine this_machine();
/// The wall clock. Units: ms since 1970.
std::int64_t unix_ms();
/// Prints to stdout, at once. Exit code 0; 1: it is lost, which stderr tells the first time.
/// Whoever reads it may leave.
int say(const std::string& text);
/// Prints an error to stderr; its exit code.
int complain(const std::string& program, const Error& error);
/// Of a file that load() found nothing good in: to say where another one is named is the daemons'.
int complain_of_config(const std::string& program, const Error& error);
/// Prints help, version or a usage error; its exit code.
int leave(const control::DaemonExit& exit);

}  // namespace midinet::apps
