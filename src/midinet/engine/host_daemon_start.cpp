// How a host begins: HostDaemon's first half.
#include "engine/host_daemon.hpp"
#include "engine/interface_wait.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr io::Token kSignalToken = 0;
constexpr io::Token kEarToken = 1;
/// How long a host listens for its own id before it starts: three of the specification's
/// heartbeats, and some.
constexpr Duration kListen = 12ms;

}  // namespace

Result<std::vector<std::unique_ptr<io::DatagramSocket>>> HostDaemon::open_sockets(
    std::uint16_t port, bool shared) {
    std::vector<std::unique_ptr<io::DatagramSocket>> sockets;
    for (const auto& interface : interfaces_) {
        auto socket = s_.network.open_unicast(interface, port, shared);
        if (!socket) return tl::unexpected(socket.error());
        sockets.push_back(std::move(*socket));
    }
    return sockets;
}

/// What hears the clients' feedback.
Result<void> HostDaemon::open_feedback_ears(HostSockets& sockets) {
    const auto& n = config_.network;
    for (const auto& interface : interfaces_) {
        auto ear = s_.network.open_group({n.control_group, n.focus_port}, interface);
        if (!ear) return tl::unexpected(ear.error());
        sockets.sockets.push_back(std::move(*ear));
        ++sockets.feedback_ears;
    }
    return {};
}

Result<void> HostDaemon::open_surface() {
    auto opener = make_surface_opener();
    if (!opener) return tl::unexpected(opener.error());
    surface_ = std::make_unique<SurfaceKeeper>(*engine_, s_.logger, std::move(*opener));
    return {};
}

/// For a relay: what hears the other host's two groups.
Result<void> HostDaemon::open_ears(HostSockets& sockets) {
    if (config_.failover.mode != control::FailoverMode::Relay) return {};
    for (const auto& interface : interfaces_)
        for (const auto port : {config_.network.data_port, config_.network.heartbeat_port}) {
            auto ear = s_.network.open_group({config_.failover.relay_group, port}, interface);
            if (!ear) return tl::unexpected(ear.error());
            sockets.sockets.push_back(std::move(*ear));
            ++sockets.ears;
        }
    return {};
}

/// Whether somebody else performs under our id, for as long as a few heartbeats take. Clients
/// believe the highest epoch: ours must be it.
Epoch HostDaemon::hear_own_id() {
    control::OwnId own(SourceId{config_.id.value});
    std::vector<std::unique_ptr<io::DatagramSocket>> ears;
    for (const auto& interface : interfaces_)
        if (auto ear = s_.network.open_group(
                {config_.multicast_group, config_.network.heartbeat_port}, interface)) {
            (void)s_.control_waiter.watch((*ear)->handle(), kEarToken, true, false);
            ears.push_back(std::move(*ear));
        }
    std::array<io::Ready, 4> ready;
    for (const auto until = s_.clock.now() + kListen; s_.clock.now() < until;) {
        (void)s_.control_waiter.wait(until, ready);
        for (const auto& ear : ears) own.listen(*ear);
    }
    for (const auto& ear : ears) s_.control_waiter.unwatch(ear->handle());
    if (own.heard())
        s_.logger.warning(fmt::format(
            "another host with id {} is sending from {}: give one of the two another host.id",
            config_.id.value, io::to_string(own.from())));
    return own.epoch();
}

/// What a start may have to wait for. Afterwards there are interfaces, or it was told to stop.
Result<void> HostDaemon::prepare() {
    auto opener = make_source_opener(config_);
    if (!opener) return tl::unexpected(opener.error());
    opener_ = std::move(*opener);
    if (auto watched = s_.control_waiter.watch(s_.signals.handle(), kSignalToken, true, false);
        !watched)
        return watched;
    auto interfaces = await_interfaces({.network = s_.network,
                                        .clock = s_.clock,
                                        .waiter = s_.control_waiter,
                                        .signals = s_.signals,
                                        .logger = s_.logger,
                                        .reload = [this] { reload_before_start(); },
                                        .waiting =
                                            [this] {
                                                if (s_.tell_turn) s_.tell_turn(std::nullopt);
                                            }},
                                       config_.network);
    if (!interfaces) return tl::unexpected(interfaces.error());
    interfaces_ = std::move(*interfaces);
    stopping_ = interfaces_.empty();
    return {};
}

HostEngineOptions HostDaemon::engine_options() const {
    const auto& trigger = config_.failover.midi;
    return {.transmit = {.source = SourceId{config_.id.value},
                         .sender = SenderId{config_.id.value},
                         .epoch = epoch_,
                         .epoch_start = s_.clock.now(),
                         .beat_interval = config_.heartbeat.interval,
                         .role = control::role(config_),
                         .failover = control::failover_policy(config_)},
            .data_group = {config_.multicast_group, config_.network.data_port},
            .heartbeat_group = {config_.multicast_group, config_.network.heartbeat_port},
            .relay_of = config_.failover.relay_of,
            .trigger = {.enabled = trigger.enabled,
                        .channel = trigger.channel,
                        .note = trigger.note,
                        .velocity_threshold = trigger.velocity_threshold,
                        .guard_note = trigger.guard_note},
            .attention = &s_.control_waiter};
}

/// The one that was kept last, unless the configuration was changed since.
midi::PipelineSettings HostDaemon::wanted_pipeline(const control::HostConfig& config) const {
    return s_.pipelines != nullptr ? s_.pipelines->recall(config.pipeline) : config.pipeline;
}

Result<void> HostDaemon::open_plane() {
    decltype(HostPlaneSurroundings::keep_pipeline) keeper;
    if (s_.pipelines != nullptr)
        keeper = [&pipelines = *s_.pipelines](const auto& s) { return pipelines.keep(s); };
    auto plane = HostPlane::open(config_, interfaces_, epoch_,
                                 {.network = s_.network,
                                  .clock = s_.clock,
                                  .waiter = s_.control_waiter,
                                  .logger = s_.logger,
                                  .engine = *engine_,
                                  .unix_ms = s_.unix_ms,
                                  .open_osc = s_.open_osc,
                                  .select_input = [this](auto i) { return select_input(i); },
                                  .inputs = [this] { return inputs(); },
                                  .keep_pipeline = keeper,
                                  .version = s_.version,
                                  .siblings = s_.siblings,
                                  .meter = s_.meter});
    if (!plane) return tl::unexpected(plane.error());
    plane_ = std::move(*plane);
    return {};
}

Result<void> HostDaemon::start() {
    epoch_ = s_.next_epoch(config_.id, hear_own_id());
    HostSockets sockets;
    auto senders = open_sockets(0, false);
    if (!senders) return tl::unexpected(senders.error());
    auto doors = open_sockets(config_.network.data_port, true);
    if (!doors) return tl::unexpected(doors.error());
    auto beacons = open_sockets(0, false);
    if (!beacons) return tl::unexpected(beacons.error());
    sockets.senders = senders->size();
    sockets.sockets = std::move(*senders);
    for (auto& door : *doors) sockets.sockets.push_back(std::move(door));
    if (auto ears = open_feedback_ears(sockets); !ears) return ears;
    if (auto ears = open_ears(sockets); !ears) return ears;

    const SenderId sender{config_.id.value};
    beacon_ = std::make_unique<control::IdentityBeacon>(
        io::Endpoint{config_.network.control_group, config_.network.control_port}, sender,
        std::move(*beacons));
    engine_ = std::make_unique<HostEngine>(engine_options(), std::move(sockets), s_.engine_waiter,
                                           s_.clock);
    if (auto opened = open_plane(); !opened) return opened;
    config_.pipeline = wanted_pipeline(config_);
    if (config_.pipeline != midi::PipelineSettings{}) (void)plane_->use_pipeline(config_.pipeline);
    if (auto opened = open_surface(); !opened) return opened;
    if (auto opened = open_announcement(); !opened) return opened;
    announce({});
    if (auto opened = open_source(); !opened && !waits(*opener_)) return opened;
    return engine_->start();
}

}  // namespace midinet::engine
