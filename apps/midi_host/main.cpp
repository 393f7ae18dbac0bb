// midi-host: reads a MIDI device and multicasts it.
#include "control/daemon_flags.hpp"
#include "engine/device_logger.hpp"
#include "engine/fleet.hpp"
#include "engine/host_daemon.hpp"
#include "io/shared_network.hpp"
#include "platform/linux/alsa_book.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/realtime.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/ports.hpp"
#include "platform/posix/state_store.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_listener.hpp"
#include "platform/posix/udp_network.hpp"
#include "platform/posix/whole_file.hpp"
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

platform::SourceOptions source_options(const control::HostConfig& config,
                                       platform::AlsaBook* book) {
    return {.baud = config.midi.baud,
            .rate = config.midi.file.rate,
            .loop = config.midi.file.loop,
            .lead_in = config.midi.file.lead_in,
            .warn = {},
            .place = {book, config.slot}};
}

/// Adds to what load() checked the form of the device; opens nothing.
int check(const control::HostConfig& config) {
    const auto try_one = [](const control::HostConfig& c) {
        return platform::make_source_opener(c.midi.device, source_options(c, nullptr));
    };
    for (const auto slot : control::devices_of(config))
        if (const auto opener = control::device_config(config, slot).and_then(try_one); !opener)
            return apps::complain("midi-host", opener.error());
    if (const auto standby = control::standby_input(config))
        if (const auto opener = try_one(*standby); !opener)
            return apps::complain("midi-host", opener.error());
    return apps::say("the configuration is good\n");
}

/// Not by the machine's own name: another responder may announce that. All hosts of a machine say
/// the same: they have the same addresses, and records that are alike are no conflict (RFC 6762,
/// section 9), where two names for one address would be, in its reverse record, for ever.
auto announcer(io::ServiceScope scope) {
    scope.host_label = "midinet-" + apps::machine_name();
    return platform::open_announcer(std::move(scope));
}

/// What all devices share.
struct House {
    const control::DaemonFlags& flags;
    const control::HostConfig& config;
    control::Logger& logger;
    platform::SteadyClock& clock;
    io::SharedNetwork& network;
    platform::AlsaBook& book;
    control::PipelineKeeper& pipelines;
    io::SystemMeter& meter;
    control::Pulse& pulse;
};

auto source_maker(House& house, control::Logger& logger) {
    return [&](const control::HostConfig& config) {
        auto options = source_options(config, &house.book);
        options.warn = [&logger](const std::string& warning) { logger.warning(warning); };
        return platform::make_source_opener(config.midi.device, options);
    };
}

auto surface_maker(House& house) {
    return [&](const control::HostConfig& config) {
        return platform::make_surface_opener(config.midi.feedback, config.midi.device,
                                             source_options(config, &house.book));
    };
}

auto epoch_counter(platform::StateStore& store, control::Logger& logger) {
    return [&](HostId host, Epoch heard) {
        const auto epoch = store.next_epoch(host, heard);
        apps::tell_trouble(store, logger);
        return epoch;
    };
}

/// The device's part of the file as it is now.
auto reloader(const control::DaemonFlags& flags, DeviceSlot slot) {
    return [&flags, slot] {
        return load(flags).and_then([slot](const control::HostConfig& loaded) {
            return control::device_config(loaded, slot);
        });
    };
}

/// One device, from its start to its end. Thread: its own.
Result<void> run_device(House& house, engine::Fleet& fleet, engine::FleetMember& member) {
    const auto& flags = house.flags;
    const auto slot = member.slot();
    engine::DeviceLogger prefixed(house.logger, slot);
    const bool alone = house.config.device_count() == 1;
    control::Logger& logger = alone ? house.logger : prefixed;
    auto config = control::device_config(house.config, slot);
    if (!config) return tl::unexpected(config.error());
    auto store = platform::StateStore::open(platform::state_directories(flags.state_dir));
    logger.debug(store.report());
    io::SharedNetwork::View network(house.network);
    engine::HostDaemon daemon(
        *config, {.network = network,
                  .clock = house.clock,
                  .engine_waiter = member.engine_waiter(),
                  .control_waiter = member.control_waiter(),
                  .signals = member,
                  .logger = logger,
                  .next_epoch = epoch_counter(store, logger),
                  .version = MIDINET_VERSION,
                  .unix_ms = apps::unix_ms,
                  .open_osc = platform::UdpListener::open,
                  .begin_engine_thread = [&] { apps::begin_engine_thread(flags, logger, slot); },
                  .make_opener = source_maker(house, logger),
                  .make_surface_opener = surface_maker(house),
                  .make_announcer = [&](const io::ServiceScope& scope) { return announcer(scope); },
                  .reload = reloader(flags, slot),
                  .pipelines = &house.pipelines,
                  .siblings = fleet.siblings_of(member),
                  .tell_turn = apps::turn_teller(house.pulse, house.clock, slot),
                  .meter = slot.value == 1 ? &house.meter : nullptr});
    auto result = daemon.run();
    house.pulse.leave(slot);
    return result;
}

Result<void> run(const control::DaemonFlags& flags, const control::HostConfig& config,
                 control::Logger& logger) {
    auto signals = platform::SignalInbox::open();
    auto waiter = platform::EpollWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!waiter) return tl::unexpected(waiter.error());
    const auto pulse = apps::make_pulse();
    if (!pulse) return tl::unexpected(pulse.error());
    for (const auto slot : control::devices_of(config)) (*pulse)->join(slot);
    platform::UdpNetwork udp{platform::UdpNetwork::Absent::Await};
    platform::SteadyClock clock;
    const auto store = platform::StateStore::open(platform::state_directories(flags.state_dir));
    io::SharedNetwork network(udp, clock);
    platform::AlsaBook book;
    for (const auto slot : control::devices_of(config))
        if (const auto own = control::device_config(config, slot))
            platform::expect_source(own->midi.device, {&book, slot});
    if (const auto standby = control::standby_input(config))
        platform::expect_source(standby->midi.device, {&book, standby->slot});
    control::PipelineKeeper pipelines(
        {.config = apps::config_path(flags, kDefaultConfig),
         .state = store.file_for("pipeline-host-" + std::to_string(config.id.value) + ".toml")},
        {.read = platform::read_whole_file, .replace = platform::replace_whole_file},
        control::with_pipeline);
    platform::ProcMeter meter(apps::state_disks(store));
    House house{flags, config, logger, clock, network, book, pipelines, meter, **pulse};
    engine::Fleet fleet(
        {.signals = *signals, .waiter = **waiter, .make_waiter = apps::make_waiter},
        [&](engine::FleetMember& member) { return run_device(house, fleet, member); });
    return fleet.run(control::devices_of(config));
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
    if (!config) return apps::complain_of_config("midi-host", config.error());
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
