// midi-client: hears the hosts and plays them into a virtual port.
#include "control/daemon_flags.hpp"
#include "engine/client_daemon.hpp"
#include "engine/status_line.hpp"
#include "io/lossy_network.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/ports.hpp"
#include "platform/posix/state_store.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "startup.hpp"

#include <cstdio>
#include <cstdlib>

namespace midinet {
namespace {

std::filesystem::path default_config() {
    const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): before any thread
    return std::filesystem::path(home != nullptr ? home : "/") / ".midinet/config/client.toml";
}

Result<control::ClientConfig> load(const control::DaemonFlags& flags) {
    const auto path = apps::config_path(flags, default_config());
    auto config = path ? control::load_client_config(*path)
                       : Result<control::ClientConfig>(control::ClientConfig{});
    if (config) apps::apply(flags, config->log);
    return config;
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_opener(const control::ClientConfig& config) {
    return platform::make_port_opener(config.midi.port, {.baud = config.midi.baud,
                                                         .device_name = config.midi.device_name,
                                                         .gadget_udc = config.midi.gadget_udc});
}

/// Nothing where it is the port's own, or there is to be none.
Result<std::unique_ptr<io::MidiSourceOpener>> make_feedback_opener(
    const control::ClientConfig& config) {
    if (config.midi.feedback == "port" || config.midi.feedback == "none") return nullptr;
    return platform::make_source_opener(config.midi.feedback, {.baud = config.midi.baud});
}

/// Adds to what load() checked the form of the port; opens nothing.
int check(const control::ClientConfig& config) {
    if (const auto opener = make_opener(config); !opener)
        return apps::complain("midi-client", opener.error());
    return apps::say("the configuration is good\n");
}

Result<void> run(const control::DaemonFlags& flags, const control::ClientConfig& config,
                 control::Logger& logger) {
    auto signals = platform::SignalInbox::open();
    auto engine_waiter = platform::EpollWaiter::create();
    auto control_waiter = platform::EpollWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!engine_waiter) return tl::unexpected(engine_waiter.error());
    if (!control_waiter) return tl::unexpected(control_waiter.error());
    auto store = platform::StateStore::open(platform::state_directories(flags.state_dir));
    logger.debug(store.report());
    const auto client_id = store.client_id();
    apps::tell_trouble(store, logger);
    platform::UdpNetwork udp{platform::UdpNetwork::Absent::Await};
    io::LossyNetwork lossy(udp, flags.inject_loss, flags.inject_seed);
    platform::SteadyClock clock;
    std::function<void(const engine::ClientStatus&)> on_status;
    if (flags.status_lines)
        on_status = [&](const engine::ClientStatus& status) {
            apps::say(engine::status_line(status, lossy.dropped()) + "\n");
        };
    engine::ClientDaemon daemon(
        config, {.network = flags.inject_loss > 0 ? static_cast<io::Network&>(lossy) : udp,
                 .clock = clock,
                 .engine_waiter = **engine_waiter,
                 .control_waiter = **control_waiter,
                 .signals = *signals,
                 .logger = logger,
                 .client_id = client_id,
                 .epoch = store.next_epoch(client_id),
                 .machine = apps::machine_name(),
                 .version = MIDINET_VERSION,
                 .begin_engine_thread = [&] { apps::begin_engine_thread(flags, logger); },
                 .make_opener = make_opener,
                 .make_feedback_opener = make_feedback_opener,
                 .make_browser = platform::open_browser,
                 .reload = [&] { return load(flags); },
                 .on_status = on_status});
    return daemon.run();
}

int midi_client(int argc, char** argv) {
    apps::set_last_words("midi-client");
    const auto flags = control::parse_daemon_flags(
        {.name = "midi-client",
         .purpose = "Plays the MIDI that hosts multicast into a virtual port",
         .version = MIDINET_VERSION,
         .client = true},
        argc, argv);
    if (!flags) return apps::leave(flags.error());
    const auto config = load(*flags);
    if (!config) return apps::complain("midi-client", config.error());
    if (flags->print_config) return apps::say(control::print_config(*config));
    if (flags->check_config) return check(*config);
    const auto logger = control::make_logger(config->log.level, config->log.format);
    if (auto ran = run(*flags, *config, *logger); !ran)
        return apps::complain("midi-client", ran.error());
    return 0;
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midi_client(argc, argv); }
