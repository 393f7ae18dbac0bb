#include "path/transmit/transmit.hpp"

#include "midi/difference.hpp"
#include "path/outgoing.hpp"

#include <algorithm>
#include <array>

namespace midinet::path {
Transmit::Transmit(const TransmitOptions& options)
    : options_(options), state_(options.notes), next_beat_(options.epoch_start) {}

wire::Header Transmit::header(wire::PacketKind kind) const noexcept {
    return {.kind = kind, .sender = options_.sender, .boot = options_.epoch};
}

wire::DataHead Transmit::data_head(TimePoint now) const noexcept {
    return {.source = options_.source,
            .epoch = options_.epoch,
            .sent_us = stream_time_at(options_.epoch_start, now),
            .newest = first_unsent_.minus(1),
            .first_new = first_unsent_};
}

void Transmit::number(wire::Event& event, TimePoint stamp) noexcept {
    event.sequence = history_.newest().next();
    event.time_us = stream_time_at(options_.epoch_start, stamp);
    history_.push(event);
    ++counters_.events;
}

void Transmit::add_message(PortIndex port, const midi::Message& message, TimePoint stamp) noexcept {
    wire::Event event{.port = port, .message = message};
    number(event, stamp);
    state_.apply(port, message, event.time_us);
}

void Transmit::add_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first,
                               bool last, TimePoint stamp) noexcept {
    bulk_.add(port, bytes, first);
    if (!last) return;
    wire::Event event{.port = port, .kind = wire::EventKind::LongSysEx};
    event.extent = bulk_.finish(port);
    number(event, stamp);
}

void Transmit::abort_sysex(PortIndex port, TimePoint stamp) noexcept {
    wire::Event event{.port = port, .kind = wire::EventKind::AbortedSysEx};
    event.extent = bulk_.finish(port);
    number(event, stamp);
}

void Transmit::release_all(TimePoint stamp) noexcept {
    class Collect final : public midi::MessageSink {
      public:
        Collect(Transmit& transmit, PortIndex port, TimePoint stamp) noexcept
            : transmit_(transmit), port_(port), stamp_(stamp) {}
        void on_message(const midi::Message& message) noexcept override {
            wire::Event event{.port = port_, .message = message};
            transmit_.number(event, stamp_);
        }

      private:
        Transmit& transmit_;
        PortIndex port_;
        TimePoint stamp_;
    };
    const auto from = history_.newest();
    for (std::uint8_t p = 0; p < state_.count(); ++p) {
        Collect collect{*this, PortIndex{p}, stamp};
        midi::release(state_.at(PortIndex{p}), collect);
    }
    // The state must not change while it is walked: the events are applied afterwards.
    for (auto s = from.next(); !is_after(s, history_.newest()); s = s.next())
        if (const auto* event = history_.find(s))
            state_.apply(event->port, event->message, event->time_us);
}

void Transmit::flush(TimePoint now, DatagramOut& out) noexcept {
    send_due_fragments(
        now,
        out);  // first: a SysEx of a few fragments is then there before the event that plays it
    while (unsent() > 0 && now >= next_run_at_) {
        next_run_at_ = std::max(next_run_at_, now - kRunPace * (kRunBurst - 1)) + kRunPace;
        send_next_run(now, out);
    }
}

/// Oldest event before `before` that is young enough and, with all that follow it, fits into `room`
/// bytes.
Sequence Transmit::oldest_repeat(Sequence before, std::size_t room,
                                 wire::StreamTime now_us) const noexcept {
    const auto oldest_us = now_us - std::min<wire::StreamTime>(now_us, to_us(kRepeatWindow));
    Sequence first = before;
    while (const auto* event = history_.find(first.minus(1))) {
        const auto size = wire::EventWriter::encoded_size(*event);
        if (event->time_us < oldest_us || size > room) break;
        room -= size;
        first = event->sequence;
    }
    return first;
}

/// One datagram: as many new events as its share allows, and before them repeats in what is left.
void Transmit::send_next_run(TimePoint now, DatagramOut& out) noexcept {
    Outgoing datagram{header(wire::PacketKind::Data)};
    auto& writer = datagram.writer();
    auto head = data_head(now);

    constexpr std::size_t kHeadRoom = 64;  // the head and a block's header, generously
    std::size_t room = writer.room() - kHeadRoom;
    const std::size_t new_limit = room / kNewShare;
    std::size_t new_bytes = 0;
    Sequence end = first_unsent_;
    while (const auto* event = history_.find(end)) {
        const auto size = wire::EventWriter::encoded_size(*event);
        if (new_bytes + size > new_limit) break;
        new_bytes += size;
        end = end.next();
    }
    if (end == first_unsent_) {  // pushed out of the history before it was sent: can only be a bug
        (void)MIDINET_VERIFY(false);
        first_unsent_ = history_.newest().next();
        return;
    }
    room -= new_bytes;
    head.newest = end.minus(1);
    wire::encode_data_head(writer, head);
    wire::EventWriter events{writer, head.sent_us};
    for (auto s = oldest_repeat(first_unsent_, room, head.sent_us); s != end; s = s.next())
        (void)MIDINET_VERIFY(events.add(*history_.find(s)));
    first_unsent_ = end;
    echo_at_ = now + kEchoAfter;
    events_sent_ = now;
    ++counters_.data_datagrams;
    out.multicast(Group::Data, datagram.finish());
}

/// A datagram of repeats alone.
void Transmit::send_echo(TimePoint now, DatagramOut& out) noexcept {
    echo_at_ = kNever;
    Outgoing datagram{header(wire::PacketKind::Data)};
    auto& writer = datagram.writer();
    const auto head = data_head(now);
    wire::encode_data_head(writer, head);
    wire::EventWriter events{writer, head.sent_us};
    const auto room = writer.room() - wire::EventWriter::kBlockHeader;
    for (auto s = oldest_repeat(first_unsent_, room, head.sent_us); s != first_unsent_;
         s = s.next())
        (void)MIDINET_VERIFY(events.add(*history_.find(s)));
    ++counters_.data_datagrams;
    out.multicast(Group::Data, datagram.finish());
}

void Transmit::on_timer(TimePoint now, DatagramOut& out) noexcept {
    flush(now, out);
    if (now >= echo_at_) send_echo(now, out);
    if (now >= beat_due()) {
        const auto late = now - next_beat_;
        send_beat(now, flags_, out);
        journals_this_beat_ = 0;
        live_budget_ = kEventsAnsweredPerBeat;
        bulk_budget_ = kFragmentsAnsweredPerBeat;
        next_beat_ += options_.beat_interval;
        if (late > options_.beat_interval) {  // after a stall: one beat, not a burst of missed ones
            ++counters_.late_beats;
            next_beat_ = now + options_.beat_interval;
        }
    }
}

void Transmit::send_due_fragments(TimePoint now, DatagramOut& out) noexcept {
    for (unsigned i = 0; i < BulkSender::kBurst; ++i) {
        const auto* fragment = bulk_.next(now);
        if (fragment == nullptr) return;
        ++counters_.fragments;
        send_fragment(*fragment, nullptr, out);
    }
}

void Transmit::send_beat(TimePoint now, std::uint8_t flags, DatagramOut& out) noexcept {
    Outgoing datagram{header(wire::PacketKind::Heartbeat)};
    auto& writer = datagram.writer();
    const wire::Heartbeat beat{.source = options_.source,
                               .epoch = options_.epoch,
                               .sent_us = stream_time_at(options_.epoch_start, now),
                               .beat = ++beat_,
                               .interval_us = static_cast<std::uint16_t>(
                                   std::min<std::uint64_t>(to_us(options_.beat_interval), 65535)),
                               .role = options_.role,
                               .flags = static_cast<std::uint8_t>(
                                   flags | (unsent() > 0 ? wire::heartbeat_flags::kNoDigest : 0)),
                               .health = health_,
                               .ports = options_.ports,
                               .newest = first_unsent_.minus(1),
                               .newest_bulk = bulk_.newest_sent(),
                               .digest = state_.digest(),
                               .failover = options_.failover,
                               .appointment = options_.appointment,
                               .focus = options_.focus};
    wire::encode_heartbeat(writer, beat);
    wire::EventWriter events{writer, beat.sent_us};
    const auto room = writer.room() - wire::EventWriter::kBlockHeader;
    for (auto s = oldest_repeat(first_unsent_, room, beat.sent_us); s != first_unsent_;
         s = s.next())
        (void)MIDINET_VERIFY(events.add(*history_.find(s)));
    ++counters_.beats;
    out.multicast(Group::Heartbeat, datagram.finish());
}

void Transmit::say_goodbye(TimePoint now, DatagramOut& out) noexcept {
    while (unsent() > 0)
        send_next_run(now, out);  // the last chance: the pace does not matter any more
    send_beat(now, static_cast<std::uint8_t>(flags_ | wire::heartbeat_flags::kGoodbye), out);
}

void Transmit::send_fragment(const Fragment& fragment, const Peer* only,
                             DatagramOut& out) noexcept {
    Outgoing datagram{header(wire::PacketKind::Bulk)};
    wire::encode_bulk(datagram.writer(), {.source = options_.source,
                                          .epoch = options_.epoch,
                                          .sequence = fragment.sequence,
                                          .port = fragment.port,
                                          .offset = fragment.offset,
                                          .bytes = fragment.view()});
    if (only != nullptr)
        out.unicast(*only, datagram.finish());
    else
        out.multicast(Group::Data, datagram.finish());
}

}  // namespace midinet::path
