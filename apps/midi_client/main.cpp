// midi-client: hears the hosts and plays them into a virtual port.
#include "control/daemon_flags.hpp"
#include "control/pipeline_keeper.hpp"
#include "control/report/words.hpp"
#include "engine/client_daemon.hpp"
#include "engine/client_devices.hpp"
#include "engine/device_logger.hpp"
#include "engine/fleet.hpp"
#include "engine/status_line.hpp"
#include "io/lossy_network.hpp"
#include "io/shared_network.hpp"
#include "platform/native.hpp"
#include "platform/ports.hpp"
#include "startup.hpp"

namespace midinet {
namespace {

Result<control::ClientConfig> load(const control::DaemonFlags& flags) {
    const auto path = apps::config_path(flags, platform::client_config_place());
    auto config = path ? control::load_client_config(*path)
                       : Result<control::ClientConfig>(control::ClientConfig{});
    if (config) apps::apply(flags, config->log);
    return config;
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_opener(const control::ClientConfig& config,
                                                           platform::PortMemory memory = {}) {
    return platform::make_port_opener(config.midi.port, {.baud = config.midi.baud,
                                                         .device_name = config.midi.device_name,
                                                         .gadget_udc = config.midi.gadget_udc,
                                                         .memory = std::move(memory)});
}

/// Nothing where it is the port's own, or there is to be none.
Result<std::unique_ptr<io::MidiSourceOpener>> make_feedback_opener(
    const control::ClientConfig& config) {
    if (config.midi.feedback == "port" || config.midi.feedback == "none") return nullptr;
    return platform::make_source_opener(config.midi.feedback, {.baud = config.midi.baud});
}

/// Adds to what load() checked the form of the ports; opens nothing. `here`: also whether this
/// machine can have such.
Result<void> check_ports(const control::ClientConfig& config, bool here) {
    for (std::uint8_t device = 1; device <= wire::kMaxDevices; ++device) {
        const auto own = control::device_config(config, {device});
        if (!own) continue;
        const auto opener = make_opener(*own);
        if (!opener) return tl::unexpected(opener.error());
        if (!here) continue;
        if (auto possible = (*opener)->check(); !possible) return possible;
    }
    return {};
}

int check(const control::ClientConfig& config) {
    if (const auto checked = check_ports(config, /*here=*/false); !checked)
        return apps::complain("midi-client", checked.error());
    return apps::say("the configuration is good\n");
}

/// What all devices share.
struct House {
    const control::DaemonFlags& flags;
    const control::ClientConfig& config;
    control::Logger& logger;
    platform::SteadyClock& clock;
    io::SharedNetwork& network;
    SenderId client_id;
    std::optional<std::filesystem::path> state;  ///< the directory; nothing: none can be written
    control::PipelineKeeper& pipelines;
    io::SystemMeter& meter;
    control::Pulse& pulse;
};

/// The device's part of the file as it is now.
auto reloader(const control::DaemonFlags& flags, DeviceSlot slot) {
    return [&flags, slot] {
        return load(flags).and_then([slot](const control::ClientConfig& loaded) {
            return control::device_config(loaded, slot);
        });
    };
}

std::function<void(const engine::ClientStatus&)> status_printer(const control::DaemonFlags& flags,
                                                                const io::LossyNetwork& lossy,
                                                                DeviceSlot slot) {
    if (!flags.status_lines) return {};
    return [&lossy, slot](const engine::ClientStatus& status) {
        (void)apps::say(engine::status_line(status, lossy.dropped(), slot) + "\n");
    };
}

/// The first device's count decides for all.
std::function<void(std::uint8_t)> device_counter(engine::ClientDevices& devices, bool first) {
    if (!first) return {};
    return [&devices](std::uint8_t count) { devices.on_devices(count); };
}

/// What is drawn once a run: it tells this one from earlier ones.
Epoch draw_epoch(const House& house, control::Logger& logger) {
    auto store = platform::StateStore::open(platform::state_directories(house.flags.state_dir));
    (void)store.take_trouble();  // run() told of it
    const auto epoch = store.next_epoch(house.client_id);
    apps::tell_trouble(store, logger);
    return epoch;
}

/// As make_opener, for this device's log.
auto opener_maker(const House& house, control::Logger& logger) {
    return [&house, &logger](const control::ClientConfig& config) {
        return make_opener(config, {.directory = house.state,
                                    .warn = [&logger](const auto& news) { logger.warning(news); }});
    };
}

/// One device, from its start to its end. Thread: its own.
Result<void> run_device(House& house, engine::Fleet& fleet, engine::FleetMember& member) {
    const auto& flags = house.flags;
    const auto slot = member.slot();
    const bool first = slot == control::devices_at_start(house.config).front();
    engine::DeviceLogger prefixed(house.logger, slot);
    control::Logger& logger = first ? house.logger : prefixed;
    auto config = control::device_config(house.config, slot);
    if (!config) return tl::unexpected(config.error());
    io::SharedNetwork::View whole(house.network);
    io::LossyNetwork lossy(whole, flags.inject_loss, flags.inject_seed);
    engine::ClientDevices devices(house.config, logger,
                                  [&](DeviceSlot asked) { fleet.ask_for(asked); });
    engine::ClientDaemon daemon(
        *config, {.network = flags.inject_loss > 0 ? static_cast<io::Network&>(lossy) : whole,
                  .clock = house.clock,
                  .engine_waiter = member.engine_waiter(),
                  .control_waiter = member.control_waiter(),
                  .signals = member,
                  .logger = logger,
                  .client_id = house.client_id,
                  .epoch = draw_epoch(house, logger),
                  .machine = apps::machine_name(),
                  .version = MIDINET_VERSION,
                  .begin_engine_thread = [&] { apps::begin_engine_thread(flags, logger, slot); },
                  .make_opener = opener_maker(house, logger),
                  .make_feedback_opener = make_feedback_opener,
                  .make_browser = platform::open_browser,
                  .reload = reloader(flags, slot),
                  .on_status = status_printer(flags, lossy, slot),
                  .on_devices = device_counter(devices, first),
                  .waits_for_port = !first,
                  .pipelines = &house.pipelines,
                  .siblings = fleet.siblings_of(member),
                  .tell_turn = apps::turn_teller(house.pulse, house.clock, slot),
                  .meter = first ? &house.meter : nullptr});
    house.pulse.join(slot);  // it may be one that a host told of later
    auto result = daemon.run();
    house.pulse.leave(slot);
    return result;
}

Result<void> run(const control::DaemonFlags& flags, const control::ClientConfig& config,
                 control::Logger& logger) {
    if (auto checked = check_ports(config, /*here=*/true); !checked) return checked;
    auto signals = platform::SignalInbox::open();
    auto waiter = platform::NativeWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!waiter) return tl::unexpected(waiter.error());
    const auto pulse = apps::make_pulse();
    if (!pulse) return tl::unexpected(pulse.error());
    for (const auto slot : control::devices_at_start(config)) (*pulse)->join(slot);
    // Held for as long as this runs: the id is this client's.
    auto store = platform::StateStore::open(platform::state_directories(flags.state_dir));
    logger.debug(store.report());
    const auto client_id = store.client_id();
    apps::tell_trouble(store, logger);
    platform::UdpNetwork udp{platform::UdpNetwork::Absent::Await};
    platform::SteadyClock clock;
    io::SharedNetwork network(udp, clock);
    control::PipelineKeeper pipelines(
        {.config = apps::config_path(flags, platform::client_config_place()),
         .state = store.file_for("pipeline-client-" + control::id_text(client_id) + ".toml")},
        {.read = platform::read_whole_file, .replace = platform::replace_whole_file},
        control::with_client_pipeline);
    platform::NativeMeter meter(apps::state_disks(store));
    House house{flags,     config, logger, clock, network, client_id, store.directory(),
                pipelines, meter,  **pulse};
    engine::Fleet fleet(
        {.signals = *signals, .waiter = **waiter, .make_waiter = apps::make_waiter},
        [&](engine::FleetMember& member) { return run_device(house, fleet, member); });
    return fleet.run(control::devices_at_start(config));
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
    if (!config) return apps::complain_of_config("midi-client", config.error());
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
