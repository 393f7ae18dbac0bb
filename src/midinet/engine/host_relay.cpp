#include "engine/host_relay.hpp"

#include "engine/host_out.hpp"

namespace midinet::engine {

HostEngine::Relaying::Relaying(HostEngine& engine, SourceId source)
    : engine_(engine),
      source_(source),
      relay_({.source = source,
              .sender = engine.options_.transmit.sender,
              .boot = engine.options_.transmit.epoch}),
      stream_({}, *this) {}

void HostEngine::Relaying::on_multicast(ByteView bytes, path::Peer from, TimePoint now) noexcept {
    Out out{engine_};
    (void)relay_.on_datagram(bytes, now, out);  // first: who waits for it waits for us
    if (const auto datagram = wire::decode_datagram(bytes)) (void)on_answer(*datagram, from, now);
}

bool HostEngine::Relaying::on_answer(const wire::Datagram& datagram, path::Peer from,
                                     TimePoint now) noexcept {
    now_ = now;
    const auto remember = [&](Epoch epoch, wire::StreamTime sent_us) {
        peers_.remember(from, stream_.is_current(epoch, sent_us, now), now);
        return true;
    };
    switch (datagram.header.kind) {
        case wire::PacketKind::Data: {
            const auto data = wire::decode_data(datagram.payload);
            if (!data || data->head.source != source_) return false;
            stream_.on_data(*data, now);
            return remember(data->head.epoch, data->head.sent_us);
        }
        case wire::PacketKind::Heartbeat: {
            const auto heard = wire::decode_heartbeat(datagram.payload);
            if (!heard || heard->beat.source != source_) return false;
            stream_.on_heartbeat(*heard, now);
            return remember(heard->beat.epoch, heard->beat.sent_us);
        }
        case wire::PacketKind::Journal: {
            const auto journal = wire::decode_journal(datagram.payload);
            if (!journal || journal->head.source != source_) return false;
            stream_.on_journal(*journal);
            return true;
        }
        default:  // fragments say nothing of the state; relay_ keeps them
            return false;
    }
}

void HostEngine::Relaying::on_nack(const wire::Nack& nack, path::Peer from,
                                   TimePoint now) noexcept {
    Out out{engine_};
    const path::KnownState known{.state = stream_.truth(),
                                 .epoch = stream_.epoch(),
                                 .at = stream_.next().minus(1),
                                 .taken_us = stream_.stream_time(now)};
    relay_.on_nack(nack, from, stream_.whole() ? &known : nullptr, now, out);
}

void HostEngine::Relaying::on_timer(TimePoint now) noexcept {
    now_ = now;
    stream_.on_timer(now);
}

/// The stream takes a lower epoch when the higher one is dead for good; then the relay does too.
void HostEngine::Relaying::on_new_epoch() noexcept {
    if (stream_.epoch() < relay_.epoch()) relay_.forget();
}

/// What the state needs. Long SysEx is no part of it.
void HostEngine::Relaying::on_request(const wire::Nack& asked) noexcept {
    wire::Nack nack = asked;
    nack.bulk.clear();
    if (nack.live.empty() && nack.flags == 0) return;
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer{buffer};
    wire::begin_datagram(writer, {.kind = wire::PacketKind::Nack,
                                  .sender = engine_.options_.transmit.sender,
                                  .boot = engine_.options_.transmit.epoch});
    wire::encode_nack(writer, nack);
    if (!wire::end_datagram(writer)) return;
    Out out{engine_};
    const auto length = writer.written().size();
    peers_.for_each(now_,
                    [&](path::Peer peer) { out.unicast(peer, std::span{buffer}.first(length)); });
}

}  // namespace midinet::engine
