// What control tells the host's engine.
#include "engine/host_feed.hpp"
#include "engine/host_out.hpp"

#include <algorithm>

namespace midinet::engine {

using control::plane::TapPoint;

void HostEngine::take_commands(TimePoint now) noexcept {
    leases_.expire(now);
    HostCommand command;
    while (commands_.pop(command)) do_command(command, now);
}

void HostEngine::do_command(const HostCommand& command, TimePoint now) noexcept {
    switch (command.what) {
        case HostCommand::What::UseSource:
            return use_source(command.source, now);
        case HostCommand::What::SetFailover:
            return transmit_.set_failover(command.failover);
        case HostCommand::What::Appoint:
            transmit_.appoint(command.appointment, now);
            next_publish_ = publish_by_ = now;
            return;
        case HostCommand::What::SetFocus:
            transmit_.set_focus(command.focus, now);
            surface_.set_holder(transmit_.options().focus.holder);
            next_publish_ = publish_by_ = now;
            return;
        case HostCommand::What::UseSurface:
            return use_surface(command.port, HostEvent::What::SurfaceReplaced, now);
        case HostCommand::What::SetPipeline:
            return use_pipeline(command.pipeline);
        case HostCommand::What::Hold:
            held_until_ = command.until;
            held_ = now < held_until_;
            return;
        case HostCommand::What::Play:
            return play(command.played_on, command.midi, now);
        case HostCommand::What::Shutdown:
            return begin_goodbyes(now);
    }
}

void HostEngine::begin_goodbyes(TimePoint now) noexcept {
    if (goodbyes_left_ > 0 || finished_) return;
    // Where another host goes on with the performance its notes go on too, and where none does the
    // goodbye ends them.
    if (transmit_.options().role != wire::Role::Mirror) release_all(now);
    goodbyes_left_ = kGoodbyes;
    next_goodbye_ = now;
}

void HostEngine::use_source(io::MidiSource* source, TimePoint now) noexcept {
    drop_source(HostEvent::What::SourceReplaced, now);
    source_.reset(source);
    if (!source_) return;
    transmit_.set_ports(static_cast<std::uint8_t>(
        std::clamp<std::size_t>(source->info().ports.size(), 1, kMaxPorts)));
    source_watched_ = true;
    for (const auto handle : source_->handles())
        if (!waiter_.watch(handle, kSourceToken, true, false)) ++counts_.watch_failures;
    begin_questions(now);
}

void HostEngine::release_all(TimePoint now) noexcept {
    const auto from = transmit_.newest();
    transmit_.release_all(now);
    if (!tap_feed_.wants(TapPoint::Out)) return;
    for (auto s = from.next(); !is_after(s, transmit_.newest()); s = s.next())
        if (const auto* event = transmit_.event(s))
            tap_feed_.take(TapPoint::Out, event->port, event->message.bytes(), now);
}

/// The device is gone: what it held ends, and the dead object goes back to where it can be
/// destroyed.
void HostEngine::drop_source(HostEvent::What why, TimePoint now) noexcept {
    if (!source_) return;
    for (const auto handle : source_->handles()) waiter_.unwatch(handle);
    Feed feed{*this};
    capture_.reset(now, feed);
    questioner_.stop();
    trigger_.reset();
    pipeline_.reset();
    release_all(now);
    transmit_.flush(now, *out_);
    HostEvent event{why, source_.release()};
    (void)events_.push(
        event);  // the ring holds more than one source ever can fill between two polls
    // A standby must not wait for the control thread's next tick.
    if (why == HostEvent::What::SourceLost && options_.attention != nullptr)
        options_.attention->wake();
}

void HostEngine::use_surface(io::VirtualPort* port, HostEvent::What why, TimePoint now) noexcept {
    if (surface_.port() != nullptr) surface_writes_.unwatch(*surface_.port());
    auto old = surface_.use_port(std::unique_ptr<io::VirtualPort>(port));
    if (surface_.port() != nullptr)
        counts_.watch_failures += surface_writes_.watch(*surface_.port());
    if (old) (void)events_.push({why, nullptr, old.release()});
    begin_questions(now);
}

/// Between two events. Whoever asked waits for word of it, and says it in a status of the same
/// moment: that tells of it first.
void HostEngine::use_pipeline(const path::PipelineMap* map) noexcept {
    auto old = pipeline_.use(std::unique_ptr<const path::PipelineMap>(map), transmit_.state());
    counts_.pipeline = pipeline_.fingerprint();
    status_.publish(counts_);
    (void)events_.push({.what = HostEvent::What::PipelineReplaced, .pipeline = old.release()});
    if (options_.attention != nullptr) options_.attention->wake();
}

/// Between two reads. Where nothing is taken from the device nothing is taken for it either: it
/// would play behind a goodbye, or beside a long SysEx that waits.
void HostEngine::play(PortIndex port, const control::plane::PlayedMidi& midi,
                      TimePoint now) noexcept {
    if (!listens()) return;
    Feed feed{*this};
    midi.for_each(
        [&](const midi::Message& message) noexcept { feed.on_message(port, message, now); });
    transmit_.flush(now, *out_);
}

}  // namespace midinet::engine
