#include "control/cli/stream/stream_tap.hpp"

#include "base/crc32.hpp"

#include <algorithm>

namespace midinet::control::cli {

StreamTap::Stream* StreamTap::enter(SourceId source, Epoch epoch, Sequence join_at) {
    const auto known = streams_.find(source);
    if (known == streams_.end() && streams_.size() >= kMaxSources) return nullptr;
    auto& stream = streams_[source];
    if (epoch < stream.epoch) return nullptr;  // of a run that is over
    if (epoch != stream.epoch) {
        stream = {};
        stream.epoch = epoch;
        stream.next = join_at;
        stream.newest = join_at.minus(1);
    }
    return &stream;
}

void StreamTap::on_datagram(ByteView bytes, TimePoint now) {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram) return;
    if (datagram->header.kind == wire::PacketKind::Data) {
        const auto data = wire::decode_data(datagram->payload);
        auto* stream =
            data ? enter(data->head.source, data->head.epoch, data->head.first_new) : nullptr;
        if (stream == nullptr) return;
        take_blocks(*stream, data->blocks, data->head.sent_us);
        give_ready(data->head.source, *stream, now);
    } else if (datagram->header.kind == wire::PacketKind::Heartbeat) {
        const auto view = wire::decode_heartbeat(datagram->payload);
        auto* stream =
            view ? enter(view->beat.source, view->beat.epoch, view->beat.newest.next()) : nullptr;
        if (stream == nullptr) return;
        take_blocks(*stream, view->blocks, view->beat.sent_us);
        if (is_after(view->beat.newest, stream->newest)) stream->newest = view->beat.newest;
        give_ready(view->beat.source, *stream, now);
    } else if (datagram->header.kind == wire::PacketKind::Bulk) {
        const auto bulk = wire::decode_bulk(datagram->payload);
        if (bulk) on_bulk(*bulk, now);
    }
}

void StreamTap::on_bulk(const wire::Bulk& bulk, TimePoint now) {
    const auto known = streams_.find(bulk.source);
    if (known == streams_.end() || known->second.epoch != bulk.epoch) return;
    auto& fragments = known->second.fragments;
    Fragment fragment{bulk.port, std::vector<std::uint8_t>(bulk.bytes.size())};
    std::transform(bulk.bytes.begin(), bulk.bytes.end(), fragment.bytes.begin(),
                   [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    fragments[bulk.sequence.value] = std::move(fragment);
    if (fragments.size() > kMaxFragments) fragments.erase(fragments.begin());
    give_ready(bulk.source, known->second, now);
}

void StreamTap::take_blocks(Stream& stream, ByteView blocks, wire::StreamTime sent_us) {
    wire::EventReader reader(blocks, sent_us);
    wire::Event event;
    while (reader.next(event)) {
        if (is_after(event.sequence, stream.newest)) stream.newest = event.sequence;
        if (is_after(stream.next, event.sequence) || stream.early.size() >= kMaxEarly) continue;
        stream.early.emplace(event.sequence.value, event);
    }
}

void StreamTap::give_ready(SourceId source, Stream& stream, TimePoint now) {
    for (auto at = stream.early.find(stream.next.value); at != stream.early.end();
         at = stream.early.find(stream.next.value)) {
        // Its fragments come by another socket than a heartbeat that repeats the event.
        const bool awaits_fragments =
            at->second.kind == wire::EventKind::LongSysEx && joined(stream, at->second).empty();
        if (awaits_fragments) break;
        give(source, stream, at->second);
        step(stream, at);
    }
    if (is_after(stream.next, stream.newest))
        stream.gap_since = kNever;
    else if (stream.gap_since == kNever)
        stream.gap_since = now;
}

void StreamTap::step(Stream& stream, std::map<std::uint32_t, wire::Event>::iterator given) {
    stream.early.erase(given);
    stream.next = stream.next.next();
    stream.gap_since = kNever;
}

void StreamTap::give_up_gap(SourceId source, Stream& stream, TimePoint now) {
    stream.gap_since = kNever;
    if (const auto at = stream.early.find(stream.next.value); at != stream.early.end()) {
        give(source, stream, at->second);
        step(stream, at);
    } else {
        // On to the next that came, or behind all that exist.
        auto to = stream.newest.next();
        for (const auto& [number, event] : stream.early)
            if (is_after(to, Sequence{number})) to = Sequence{number};
        lost_ += static_cast<std::uint64_t>(distance(stream.next, to));
        stream.next = to;
    }
    give_ready(source, stream, now);
}

void StreamTap::on_timer(TimePoint now) {
    for (auto& [source, stream] : streams_)
        while (stream.gap_since != kNever && now - stream.gap_since >= kHold)
            give_up_gap(source, stream, now);
}

TimePoint StreamTap::next_due() const {
    TimePoint due = kNever;
    for (const auto& [source, stream] : streams_)
        if (stream.gap_since != kNever) due = std::min(due, stream.gap_since + kHold);
    return due;
}

std::vector<SourceId> StreamTap::sources() const {
    std::vector<SourceId> all;
    for (const auto& [source, stream] : streams_) all.push_back(source);
    return all;
}

std::vector<std::uint8_t> StreamTap::joined(const Stream& stream, const wire::Event& event) {
    std::vector<std::uint8_t> bytes;
    const auto& extent = event.extent;
    const auto count = distance(extent.first_fragment, extent.last_fragment);
    for (std::int32_t n = 0; n <= count && n < static_cast<std::int32_t>(kMaxFragments); ++n) {
        const auto number = extent.first_fragment.plus(static_cast<std::uint32_t>(n)).value;
        const auto at = stream.fragments.find(number);
        // One that is not there was missed, or is another port's: the CRC tells.
        if (at == stream.fragments.end() || at->second.port != event.port) continue;
        bytes.insert(bytes.end(), at->second.bytes.begin(), at->second.bytes.end());
    }
    const auto crc = crc32_update(kCrc32Init, std::as_bytes(std::span{bytes}));
    if (bytes.size() != extent.bytes || crc32_finish(crc) != extent.crc) bytes.clear();
    return bytes;
}

void StreamTap::give(SourceId source, Stream& stream, const wire::Event& event) {
    TapEvent told{source,
                  stream.epoch,
                  event.port,
                  std::chrono::microseconds(static_cast<std::int64_t>(event.time_us)),
                  {}};
    if (event.kind == wire::EventKind::Message) {
        const auto bytes = event.message.bytes();
        told.bytes.assign(bytes.begin(), bytes.end());
    } else if (event.kind == wire::EventKind::LongSysEx) {
        told.bytes = joined(stream, event);
        if (told.bytes.empty()) ++lost_;
    }
    take_(told);
}

}  // namespace midinet::control::cli
