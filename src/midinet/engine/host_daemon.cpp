#include "engine/host_daemon.hpp"

#include "base/verify.hpp"
#include "engine/interface_wait.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr io::Token kSignalToken = 0;
constexpr io::Token kEarToken = 1;
constexpr Duration kTick = 50ms;
/// How long a host listens for its own id before it starts: three of the specification's
/// heartbeats, and some.
constexpr Duration kListen = 12ms;
/// A device that is gone is looked for this often.
constexpr Duration kRetry = 100ms;
/// After a file's end the stream stays up this long, so that its last events are repeated and
/// repaired everywhere.
constexpr Duration kLinger = 300ms;

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

Result<void> HostDaemon::run() {
    if (auto prepared = prepare(); !prepared || stopping_) return prepared;
    if (auto started = start(); !started) return started;
    s_.logger.info(fmt::format(
        "host {} \"{}\": epoch {}, sending to {} ports {} and {}, heartbeat every {} ms",
        config_.id.value, config_.name, epoch_.value,
        io::to_string({config_.multicast_group, config_.network.data_port}),
        config_.network.data_port, config_.network.heartbeat_port,
        to_ms(config_.heartbeat.interval)));
    Result<void> result;
    {
        EngineThread<HostEngine> thread(*engine_, s_.begin_engine_thread,
                                        [this] { s_.control_waiter.wake(); });
        result = loop(thread);
        if (!result && !thread.ended())
            std::_Exit(result.error().exit_code);  // stuck: it would never be joined
    }
    announcement_.reset();
    on_events();
    summarize();
    return result;
}

Result<void> HostDaemon::loop(EngineThread<HostEngine>& thread) {
    std::array<io::Ready, 4> ready;
    while (!thread.ended()) {
        (void)s_.control_waiter.wait(std::min(s_.clock.now() + kTick, plane_->next_due()), ready);
        const auto now = s_.clock.now();
        on_signals();
        on_events();
        plane_->service();
        retry_source(now);
        surface_->on_timer(source_ != nullptr ? &source_->info() : nullptr, now);
        beacon_->on_timer(now);
        if (announcement_) announcement_->service();
        tend_network(now);
        if (now >= stop_at_) stop();
        if (s_.tell_turn) s_.tell_turn(engine_->last_turn());
        if (watchdog_.stuck(engine_->last_turn(), now)) {
            s_.logger.error("the engine thread is stuck; ending so that the host can be restarted");
            return fail("the engine thread is stuck");
        }
    }
    return {};
}

void HostDaemon::tend_network(TimePoint now) {
    if (!care_.on_timer(now)) return;
    auto watched = engine_->watch_sockets();
    if (watched) watched = plane_->watch_sockets();
    if (!watched) s_.logger.error(watched.error().message);
}

/// Of several devices one that is missing keeps the others from nothing.
bool HostDaemon::waits(const io::MidiSourceOpener& opener) const noexcept {
    return opener.waits_for_device() || config_.device_count() > 1;
}

Result<void> HostDaemon::open_source() {
    auto source = opener_->open(s_.clock.now());
    if (!source) {
        if (source.error().message != last_refusal_ && waits(*opener_))
            s_.logger.warning("waiting for the device: " + source.error().message);
        last_refusal_ = source.error().message;
        return tl::unexpected(source.error());
    }
    use(std::move(*source));
    return {};
}

void HostDaemon::use(std::unique_ptr<io::MidiSource> source) {
    last_refusal_.clear();
    announce(source->info());
    const auto& device = seat_.active == 0 ? config_.midi.device : config_.midi.pair.standby;
    s_.logger.info(fmt::format("reading \"{}\" ({})", source->info().name, device));
    if (!engine_->command({HostCommand::What::UseSource, source.get()})) return;
    source_ = source.release();
}

/// Lets the device at hand go, for one that is not there yet.
void HostDaemon::let_go() {
    announce({});
    if (source_ == nullptr || !engine_->command({HostCommand::What::UseSource, nullptr})) return;
    s_.logger.info(fmt::format("\"{}\" is let go; its notes are released", source_->info().name));
    source_ = nullptr;
}

void HostDaemon::retry_source(TimePoint now) {
    if (pair() != nullptr) pair()->service(now);
    if (source_ != nullptr && opener_->replaced()) {
        s_.logger.warning(fmt::format("what was read as \"{}\" {}", source_->info().name,
                                      opener_->what_happened()));
        // Of a pair the other one takes its place, and clients see one instrument all the time.
        if (pair() == nullptr || !open_source()) let_go();
        next_try_ = {};
    }
    if (source_ != nullptr || ended_ || stopping_ || now < next_try_) return;
    next_try_ = now + kRetry;
    (void)open_source();
}

void HostDaemon::on_signals() {
    while (const auto signal = s_.signals.next()) {
        if (*signal == io::Signal::Stop)
            stop();
        else
            reload();
    }
}

void HostDaemon::stop() {
    if (stopping_) return;
    stopping_ = true;
    s_.logger.info("stopping: releasing notes and saying goodbye");
    plane_->leave();
    (void)engine_->command({HostCommand::What::Shutdown});
}

void HostDaemon::on_events() {
    HostEvent event;
    while (engine_->poll(event)) {
        const std::unique_ptr<io::MidiSource> retired(event.source);
        const std::unique_ptr<io::VirtualPort> retired_port(event.port);
        const std::unique_ptr<const path::PipelineMap> retired_map(event.pipeline);
        surface_->on_event(event);
        const bool is_ours = retired != nullptr && retired.get() == source_;
        if (is_ours) source_ = nullptr;
        switch (event.what) {
            case HostEvent::What::TriggerPressed:
            case HostEvent::What::TriggerPressedUnguarded:
                plane_->on_note(event.what == HostEvent::What::TriggerPressed);
                break;
            case HostEvent::What::PipelineReplaced:
                plane_->on_pipeline();
                break;
            case HostEvent::What::IdentityAsked:
                beacon_->asked();
                break;
            case HostEvent::What::DeviceAnswered:
            case HostEvent::What::DeviceUnidentified:
                identify(event);
                break;
            case HostEvent::What::Finished:
            case HostEvent::What::SourceReplaced:
            case HostEvent::What::SurfaceLost:
            case HostEvent::What::SurfaceReplaced:
                break;
            case HostEvent::What::SourceLost:
            case HostEvent::What::SourceEnded:
                if (is_ours) tell_of_end(event.what, retired->info().name);
                break;  // else another one took its place meanwhile
        }
    }
}

/// The device that was read is gone, or was a file.
void HostDaemon::tell_of_end(HostEvent::What what, const std::string& device) {
    if (what == HostEvent::What::SourceLost) {
        s_.logger.warning(
            fmt::format("\"{}\" went away; its notes are released, looking for it again", device));
        return;
    }
    ended_ = true;
    s_.logger.info(fmt::format("\"{}\" played to its end", device));
    if (config_.midi.file.exit_at_end) stop_at_ = s_.clock.now() + kLinger;
}

/// Nothing runs yet: all of the file is taken.
void HostDaemon::reload_before_start() {
    auto loaded = s_.reload();
    auto opener = loaded ? make_source_opener(*loaded) : tl::unexpected(loaded.error());
    if (!opener) {
        s_.logger.error("reload refused, nothing changed: " + opener.error().message);
        return;
    }
    opener_ = std::move(*opener);
    config_ = *loaded;
    s_.logger.set_level(config_.log.level);
    s_.logger.set_format(config_.log.format);
    s_.logger.info("reloaded");
}

/// What can change while the stream goes on changes; the rest is named.
void HostDaemon::reload() {
    auto loaded = s_.reload();
    auto changed = loaded ? change_source(*loaded) : tl::unexpected(loaded.error());
    if (!changed) {
        s_.logger.error("reload refused, nothing changed: " + changed.error().message);
        return;
    }
    s_.logger.set_level(loaded->log.level);
    s_.logger.set_format(loaded->log.format);
    config_.log = loaded->log;
    config_.failover = control::after_reload(config_.failover, loaded->failover);
    config_.heartbeat.miss_threshold = loaded->heartbeat.miss_threshold;
    plane_->configure(config_);
    if (const auto wanted = wanted_pipeline(*loaded); wanted != plane_->pipeline())
        (void)plane_->use_pipeline(wanted);
    (void)engine_->command(
        {.what = HostCommand::What::SetFailover, .failover = control::failover_policy(config_)});
    const auto waits = control::waits_for_restart(config_, *loaded);
    if (waits.empty())
        s_.logger.info("reloaded");
    else
        s_.logger.warning("reloaded; changes to " + waits + " take effect at the next start");
}

/// A device that is waited for takes over at once, there or not. Errors: any other cannot be
/// opened; the one at hand is kept.
Result<void> HostDaemon::change_source(control::HostConfig loaded) {
    loaded.midi.pair = config_.midi.pair;  // at the next start
    if (loaded.midi == config_.midi) return {};
    auto opener = make_source_opener(loaded);
    if (!opener) return tl::unexpected(opener.error());
    auto source = (*opener)->open(s_.clock.now());
    if (!source && !waits(**opener)) return tl::unexpected(source.error());
    opener_ = std::move(*opener);
    config_.midi = loaded.midi;
    ended_ = false;
    stop_at_ = kNever;
    if (source) {
        use(std::move(*source));
        return {};
    }
    let_go();
    next_try_ = {};
    last_refusal_.clear();  // so that what is waited for is said
    return {};
}

void HostDaemon::summarize() {
    const auto& status = engine_->status();
    const auto& t = status.transmit;
    s_.logger.info(
        fmt::format("summary: events={} datagrams={} heartbeats={} late_heartbeats={} fragments={} "
                    "nacks={} retransmitted={} "
                    "journals={} garbage={} stray_bytes={} send_failures={} longest_turn_us={} "
                    "internal_faults={}",
                    t.events, t.data_datagrams, t.beats, t.late_beats, t.fragments, t.nacks,
                    t.retransmitted, t.journals, status.garbage, status.parser.stray_bytes,
                    status.send_failures, to_us(status.longest_turn), internal_faults()));
}

}  // namespace midinet::engine
