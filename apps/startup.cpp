#include "startup.hpp"

#include "control/unreadable_config.hpp"
#include "platform/native.hpp"
#include "platform/posix/interfaces.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>

namespace midinet::apps {

std::optional<std::filesystem::path> config_path(const control::DaemonFlags& flags,
                                                 const std::filesystem::path& usual) {
    if (flags.config) return flags.config;
    std::error_code ignored;
    return std::filesystem::exists(usual, ignored) ? std::optional{usual} : std::nullopt;
}

void apply(const control::DaemonFlags& flags, control::LogConfig& log) {
    if (flags.log_level) log.level = *flags.log_level;
    if (flags.log_format) log.format = *flags.log_format;
}

void begin_engine_thread(const control::DaemonFlags& flags, control::Logger& logger,
                         DeviceSlot slot) {
    if (flags.no_realtime) return;
    platform::RealtimeOptions options;
    if (slot.value > 1) options.thread_name += std::to_string(slot.value);
    const auto report = platform::enter_realtime(options);
    for (const auto& refusal : report.refusals) logger.warning(refusal);
    if (const auto how = platform::describe(report); !how.empty())
        logger.debug("the engine thread runs " + how);
}

std::function<void(std::optional<TimePoint>)> turn_teller(control::Pulse& pulse,
                                                          const io::Clock& clock, DeviceSlot slot) {
    return [&pulse, &clock, slot](std::optional<TimePoint> last_turn) {
        if (last_turn)
            pulse.turned(slot, *last_turn, clock.now());
        else
            pulse.waits(slot, clock.now());
    };
}

Result<std::unique_ptr<io::Waiter>> make_waiter() { return platform::NativeWaiter::create(); }

void tell_trouble(platform::StateStore& store, control::Logger& logger) {
    if (const auto trouble = store.take_trouble(); !trouble.empty()) logger.warning(trouble);
}

std::vector<std::string> state_disks(const platform::StateStore& store) {
    const auto any_file = store.file_for("any");
    if (!any_file) return {};
    return {any_file->parent_path().string()};
}

namespace {
const char* g_program = "midinet";
}

void set_last_words(const char* program) {
    g_program = program;
    std::set_terminate([] {
        const char* what = "unknown fault";
        try {
            if (const auto fault = std::current_exception()) std::rethrow_exception(fault);
        } catch (const std::exception& e) {
            what = e.what();
        } catch (...) {  // what() is all there is to say
        }
        std::fprintf(stderr, "%s: ended by an internal fault: %s\n", g_program, what);
        std::_Exit(1);
    });
}

std::string machine_name() { return platform::machine_name(); }

control::ThisMachine this_machine() {
    return {.find_interface = [](const std::string& name) -> Result<void> {
                const auto found = platform::find_interface(platform::list_interfaces(), name);
                if (!found) return tl::unexpected(found.error());
                return {};
            },
            .has_address = platform::has_address,
            .can_read = platform::can_read};
}

std::int64_t unix_ms() {
    using std::chrono::milliseconds;
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

int say(const std::string& text) {
    errno = 0;
    if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return 0;
    const int why = errno;
    if (why == EPIPE) return 0;  // its reader has left: he wants no more, and no complaint
    static std::atomic_flag told = ATOMIC_FLAG_INIT;
    if (!told.test_and_set())
        (void)complain(g_program, Error{"standard output cannot be written: " +
                                        std::generic_category().message(why) +
                                        "; what it should hold is lost"});
    return 1;
}

int complain(const std::string& program, const Error& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.message.c_str());
    return error.exit_code;
}

int complain_of_config(const std::string& program, const Error& error) {
    if (!error.message.starts_with(control::kUnreadableConfig)) return complain(program, error);
    return complain(program,
                    Error{error.message + "; name another one with --config", error.exit_code});
}

int leave(const control::DaemonExit& exit) {
    if (exit.code == 0) return say(exit.text);
    std::fputs(exit.text.c_str(), stderr);
    return exit.code;
}

}  // namespace midinet::apps
