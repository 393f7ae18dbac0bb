// midi-host: reads a MIDI device and multicasts it.
#include "control/daemon_flags.hpp"
#include "engine/host_daemon.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/ports.hpp"
#include "platform/posix/state_store.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_listener.hpp"
#include "platform/posix/udp_network.hpp"
#include "startup.hpp"

namespace midinet {
namespace {

constexpr const char* kDefaultConfig = "/etc/midinet/midinet.toml";

Result<control::HostConfig> load(const control::DaemonFlags& flags) {
    const auto path = apps::config_path(flags, kDefaultConfig);
    auto config = path ? control::load_host_config(*path)
                       : Result<control::HostConfig>(control::default_host_config());
    if (config) apps::apply(flags, config->log);
    return config;
}

Result<std::unique_ptr<io::MidiSourceOpener>> make_opener(
    const control::HostConfig& config, std::function<void(const std::string&)> warn) {
    return platform::make_source_opener(config.midi.device, {.baud = config.midi.baud,
                                                             .rate = config.midi.file.rate,
                                                             .loop = config.midi.file.loop,
                                                             .lead_in = config.midi.file.lead_in,
                                                             .warn = std::move(warn)});
}

auto make_surface_opener(const control::HostConfig& config) {
    return platform::make_surface_opener(config.midi.feedback, config.midi.device,
                                         config.midi.baud);
}

/// Adds to what load() checked the form of the device; opens nothing.
int check(const control::HostConfig& config) {
    if (const auto opener = make_opener(config, {}); !opener)
        return apps::complain("midi-host", opener.error());
    if (const auto standby = control::standby_input(config))
        if (const auto opener = make_opener(*standby, {}); !opener)
            return apps::complain("midi-host", opener.error());
    return apps::say("the configuration is good\n");
}

/// Not by the machine's own name: another responder may announce that.
auto announcer(HostId id, io::ServiceScope scope) {
    scope.host_label = "midinet-" + std::to_string(id.value) + "-" + apps::machine_name();
    return platform::open_announcer(std::move(scope));
}

Result<void> run(const control::DaemonFlags& flags, const control::HostConfig& config,
                 control::Logger& logger) {
    auto signals = platform::SignalInbox::open();
    auto engine_waiter = platform::EpollWaiter::create();
    auto control_waiter = platform::EpollWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!engine_waiter) return tl::unexpected(engine_waiter.error());
    if (!control_waiter) return tl::unexpected(control_waiter.error());
    auto store = platform::StateStore::open(platform::state_directories(flags.state_dir));
    logger.debug(store.report());
    platform::UdpNetwork network{platform::UdpNetwork::Absent::Await};
    platform::SteadyClock clock;
    engine::HostDaemon daemon(
        config, {.network = network,
                 .clock = clock,
                 .engine_waiter = **engine_waiter,
                 .control_waiter = **control_waiter,
                 .signals = *signals,
                 .logger = logger,
                 .next_epoch =
                     [&](HostId host, Epoch heard) {
                         const auto epoch = store.next_epoch(host, heard);
                         apps::tell_trouble(store, logger);
                         return epoch;
                     },
                 .version = MIDINET_VERSION,
                 .unix_ms = apps::unix_ms,
                 .open_osc = platform::UdpListener::open,
                 .begin_engine_thread = [&] { apps::begin_engine_thread(flags, logger); },
                 .make_opener =
                     [&](const control::HostConfig& c) {
                         return make_opener(c, [&](const std::string& w) { logger.warning(w); });
                     },
                 .make_surface_opener = make_surface_opener,
                 .make_announcer =
                     [&](const io::ServiceScope& scope) { return announcer(config.id, scope); },
                 .reload = [&] { return load(flags); }});
    return daemon.run();
}

int midi_host(int argc, char** argv) {
    apps::set_last_words("midi-host");
    const auto flags = control::parse_daemon_flags(
        {.name = "midi-host",
         .purpose = "Reads a MIDI device and multicasts it to every client",
         .version = MIDINET_VERSION},
        argc, argv);
    if (!flags) return apps::leave(flags.error());
    const auto config = load(*flags);
    if (!config) return apps::complain("midi-host", config.error());
    if (flags->print_config) return apps::say(control::print_config(*config));
    if (flags->check_config) return check(*config);
    const auto logger = control::make_logger(config->log.level, config->log.format);
    if (auto ran = run(*flags, *config, *logger); !ran)
        return apps::complain("midi-host", ran.error());
    return 0;
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midi_host(argc, argv); }
