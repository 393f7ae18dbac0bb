#include "engine/host_daemon.hpp"

#include "base/verify.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr Duration kTick = 50ms;
/// A device that is gone is looked for this often.
constexpr Duration kRetry = 100ms;
/// After a file's end the stream stays up this long, so that its last events are repeated and
/// repaired everywhere.
constexpr Duration kLinger = 300ms;

}  // namespace

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
