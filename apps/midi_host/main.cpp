// midi-host: reads a MIDI device and multicasts it.
#include "control/daemon_flags.hpp"
#include "engine/host_daemon.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/ports.hpp"
#include "platform/posix/state_store.hpp"
#include "platform/posix/steady_clock.hpp"
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
    platform::UdpNetwork network;
    platform::SteadyClock clock;
    engine::HostDaemon daemon(
        config, {.network = network,
                 .clock = clock,
                 .engine_waiter = **engine_waiter,
                 .control_waiter = **control_waiter,
                 .signals = *signals,
                 .logger = logger,
                 .next_epoch = [&](Epoch heard) { return store.next_epoch(config.id, heard); },
                 .version = MIDINET_VERSION,
                 .begin_engine_thread = [&] { apps::begin_engine_thread(flags, logger); },
                 .make_opener =
                     [&](const control::HostConfig& c) {
                         return platform::make_source_opener(
                             c.midi.device,
                             {.baud = c.midi.baud,
                              .rate = c.midi.file.rate,
                              .loop = c.midi.file.loop,
                              .lead_in = c.midi.file.lead_in,
                              .warn = [&](const std::string& w) { logger.warning(w); }});
                     },
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
    if (flags->check_config) return apps::say("the configuration is good\n");
    const auto logger = control::make_logger(config->log.level, config->log.format);
    if (auto ran = run(*flags, *config, *logger); !ran)
        return apps::complain("midi-host", ran.error());
    return 0;
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midi_host(argc, argv); }
