#include "engine/surface.hpp"

#include "control/plane/message.hpp"
#include "midi/inquiry.hpp"
#include "path/outgoing.hpp"

namespace midinet::engine {
namespace {

/// A light that ought to be lit is lit, however long ago somebody lit it.
constexpr Duration kAnyAge = std::chrono::hours{24 * 365};

}  // namespace

Surface::Surface(SenderId own, path::DatagramOut& out, TapFeed& feed)
    : own_(own),
      out_(out),
      tap_feed_(feed),
      stream_({.notes = midi::Notes::Light, .from_the_first = false}, *this),
      queue_(*this),
      output_(queue_, midi::Notes::Light),
      recover_(profile_, output_, midi::Notes::Light) {
    output_.set_store(&stream_.sysex());
}

void Surface::set_holder(SenderId holder) noexcept {
    if (holder == holder_) return;
    holder_ = holder;
    // What the last one wanted is kept until another one wants something.
    if (holder.value == 0) return;
    stream_.forget();
    peers_.clear();
    output_.set_store(&stream_.sysex());
}

bool Surface::on_datagram(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept {
    now_ = now;
    if (datagram.header.sender != holder_) {
        const bool client = (datagram.header.sender.value & control::plane::kClientBit) != 0;
        if (client) ++foreign_;
        return client;
    }
    return take(datagram, from, now);
}

bool Surface::take(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept {
    bool current = false;
    switch (datagram.header.kind) {
        case wire::PacketKind::Data: {
            const auto data = wire::decode_data(datagram.payload);
            if (!data) return false;
            stream_.on_data(*data, now);
            current = stream_.is_current(data->head.epoch, data->head.sent_us, now);
            break;
        }
        case wire::PacketKind::Heartbeat: {
            const auto beat = wire::decode_heartbeat(datagram.payload);
            if (!beat) return false;
            stream_.on_heartbeat(*beat, now);
            current = stream_.is_current(beat->beat.epoch, beat->beat.sent_us, now);
            break;
        }
        case wire::PacketKind::Bulk: {
            const auto bulk = wire::decode_bulk(datagram.payload);
            if (!bulk) return false;
            stream_.on_bulk(*bulk);
            break;
        }
        case wire::PacketKind::Journal: {
            const auto journal = wire::decode_journal(datagram.payload);
            if (!journal) return false;
            stream_.on_journal(*journal);
            break;
        }
        default:
            return false;
    }
    peers_.remember(from, current, now);
    return true;
}

void Surface::on_timer(TimePoint now) noexcept {
    now_ = now;
    stream_.on_timer(now);
    if (port_ && !lost_) queue_.pump();
    output_.pump(now);
    mend(now);
}

TimePoint Surface::next_due() const noexcept {
    auto due = std::min(stream_.next_due(), output_.next_due());
    // A port that cannot tell when it takes more is asked again.
    if (port_ && !queue_.empty()) due = std::min(due, now_ + path::Output::kRetry);
    return due;
}

std::unique_ptr<io::VirtualPort> Surface::use_port(std::unique_ptr<io::VirtualPort> port) noexcept {
    std::swap(port_, port);
    lost_ = false;
    queue_.clear();
    output_.on_port_opened();
    return port;
}

bool Surface::ask(PortIndex port, TimePoint now) noexcept {
    if (!output_.idle()) return false;
    return queue_.write(port, midi::kInquiry.bytes(), now) == path::Wrote::Taken;
}

void Surface::flush() noexcept {
    if (port_ && !lost_ && port_->flush() == io::WriteResult::Lost) lost_ = true;
}

void Surface::repaint(TimePoint now) noexcept {
    recover_.resync(stream_.truth(), {.fresh = kAnyAge}, stream_.stream_time(now), now);
}

/// After something was dropped, or a device was opened: once it takes messages again it is told
/// what it does not know.
void Surface::mend(TimePoint now) noexcept {
    if (!output_.dirty() || !port_ || lost_ || !output_.idle() || !queue_.empty()) return;
    output_.clear_dirty();
    recover_.rebase(output_.told());
    if (stream_.whole()) repaint(now);
}

path::Wrote Surface::write(PortIndex port, std::span<const std::uint8_t> bytes,
                           TimePoint when) noexcept {
    if (!port_ || lost_) return path::Wrote::Lost;
    switch (port_->write(port, bytes, when)) {
        case io::WriteResult::Taken:
            tap_feed_.take_written(control::plane::TapPoint::Lights, port, bytes, now_);
            return path::Wrote::Taken;
        case io::WriteResult::Full:
            return path::Wrote::Full;
        case io::WriteResult::Refused:
            return path::Wrote::Refused;
        case io::WriteResult::Lost:
            break;
    }
    lost_ = true;
    return path::Wrote::Lost;
}

void Surface::on_event(const wire::Event& event, TimePoint when) noexcept {
    recover_.on_event(event, when);
}

void Surface::on_whole(bool /*joined*/) noexcept { repaint(now_); }

void Surface::on_request(const wire::Nack& nack) noexcept {
    path::Outgoing question({.kind = wire::PacketKind::Nack, .sender = own_});
    wire::encode_nack(question.writer(), nack);
    const auto datagram = question.finish();
    peers_.for_each(now_, [&](path::Peer peer) { out_.unicast(peer, datagram); });
}

SurfaceStatus Surface::status() const noexcept {
    return {.stream = stream_.counters(),
            .output = output_.counters(),
            .coalesced = queue_.coalesced(),
            .foreign = foreign_,
            .repaints = recover_.corrections(),
            .open = port_ != nullptr && !lost_,
            .whole = stream_.whole()};
}

}  // namespace midinet::engine
