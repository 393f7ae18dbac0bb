#include "path/relay/relay.hpp"

#include "base/crc32.hpp"
#include "path/answering.hpp"

#include <algorithm>

namespace midinet::path {

bool Relay::on_datagram(ByteView bytes, TimePoint now, DatagramOut& out) noexcept {
    const auto datagram = wire::decode_datagram(bytes);
    Said said;
    if (!datagram || !read(*datagram, said)) {
        ++counters_.malformed;
        return false;
    }
    const auto& header = datagram->header;
    if (said.source != options_.source || header.sender.value != said.source.value ||
        header.sender == options_.sender) {
        ++counters_.foreign;
        return false;
    }
    if (header.packet_number == wire::kUncounted) {
        ++counters_.uncounted;
        return false;
    }
    if (said.epoch < epoch_) {
        ++counters_.old_epochs;
        return false;
    }
    enter(said.epoch);
    heard_at_ = now;
    if (!is_new(header, datagram->payload)) {
        ++counters_.duplicates;
        return false;
    }
    pass_on(*datagram, out);  // first: what is kept can wait
    keep(said);
    return true;
}

/// False when it is malformed, or of a kind that is not relayed.
bool Relay::read(const wire::Datagram& datagram, Said& said) noexcept {
    switch (datagram.header.kind) {
        case wire::PacketKind::Data:
            if (const auto data = wire::decode_data(datagram.payload)) {
                const auto& head = data->head;
                said = {.source = head.source,
                        .epoch = head.epoch,
                        .sent_us = head.sent_us,
                        .newest = head.newest,
                        .blocks = data->blocks};
                return true;
            }
            return false;
        case wire::PacketKind::Heartbeat:
            if (const auto heard = wire::decode_heartbeat(datagram.payload)) {
                const auto& beat = heard->beat;
                said = {.source = beat.source,
                        .epoch = beat.epoch,
                        .sent_us = beat.sent_us,
                        .newest = beat.newest,
                        .newest_bulk = beat.newest_bulk,
                        .blocks = heard->blocks};
                return true;
            }
            return false;
        case wire::PacketKind::Bulk:
            if (const auto bulk = wire::decode_bulk(datagram.payload)) {
                said = {.source = bulk->source, .epoch = bulk->epoch, .bulk = *bulk};
                return true;
            }
            return false;
        default:
            return false;
    }
}

void Relay::enter(Epoch epoch) noexcept {
    if (epoch == epoch_) return;
    epoch_ = epoch;
    sent_us_ = 0;
    keep_.reset();
    ++counters_.epochs;
}

/// The number finds the place, boot and content decide: networks count each on their own.
bool Relay::is_new(const wire::Header& header, ByteView payload) noexcept {
    const Seen now{header.packet_number, header.boot,
                   crc32_finish(crc32_update(kCrc32Init, payload))};
    auto& there = seen_[header.packet_number % kWindow];
    if (there.number == now.number && there.boot == now.boot && there.check == now.check)
        return false;
    there = now;
    return true;
}

void Relay::pass_on(const wire::Datagram& datagram, DatagramOut& out) noexcept {
    const auto kind = datagram.header.kind;
    Outgoing letter{header(kind, datagram.header.flags)};
    letter.writer().bytes(datagram.payload);
    const auto group = kind == wire::PacketKind::Heartbeat ? Group::Heartbeat : Group::Data;
    ++counters_.relayed;
    out.multicast(group, letter.finish());
}

void Relay::keep(const Said& said) noexcept {
    if (!said.bulk.bytes.empty()) {
        keep_.put(said.bulk);
        return;
    }
    keep_.exists(said.newest);
    if (said.newest_bulk) keep_.bulk_exists(*said.newest_bulk);
    sent_us_ = std::max(sent_us_, said.sent_us);
    wire::EventReader reader{said.blocks, said.sent_us};
    wire::Event event;
    while (reader.next(event)) keep_.put(event);
}

void Relay::on_nack(const wire::Nack& nack, Peer from, const KnownState* known, TimePoint now,
                    DatagramOut& out) noexcept {
    if (!heard() || nack.source != options_.source || nack.epoch != epoch_) return;
    ++counters_.nacks;
    refill(now);
    resend_live(nack, from, out);
    resend_bulk(nack, from, out);
    const bool asked = (nack.flags & wire::nack_flags::kState) != 0;
    if (asked && known != nullptr && known->epoch == epoch_ && journals_++ < kJournalsPerSpan)
        send_state(*known, from, out);
}

void Relay::refill(TimePoint now) noexcept {
    if (now - answering_since_ < kSpan) return;
    answering_since_ = now;
    journals_ = 0;
    live_budget_ = kEventsPerSpan;
    bulk_budget_ = kFragmentsPerSpan;
}

void Relay::send_state(const KnownState& known, Peer to, DatagramOut& out) noexcept {
    const wire::JournalHead head{.source = options_.source,
                                 .epoch = epoch_,
                                 .at = known.at,
                                 .bulk_at = keep_.newest_bulk(),
                                 .taken_us = known.taken_us};
    if (send_journal(known.state, head, header(wire::PacketKind::Journal), to, out))
        ++counters_.journals;
}

/// As of when the source spoke last, which is never before the time of an event that is kept. Of
/// later it said nothing: who hears a later time takes it for living, also when it is dead.
void Relay::resend_live(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept {
    const wire::DataHead head{.source = options_.source,
                              .epoch = epoch_,
                              .sent_us = sent_us_,
                              .newest = keep_.newest(),
                              .first_new = keep_.newest().next()};
    EventAnswer answer{header(wire::PacketKind::Data), head, to, out};
    for_numbers(nack.live.view(), kAnswerLimit, live_budget_, [&](Sequence number) {
        const auto* event = keep_.event(number);
        if (event != nullptr) answer.add(*event);
        ++(event != nullptr ? counters_.retransmitted : counters_.too_old);
    });
}

void Relay::resend_bulk(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept {
    for_numbers(nack.bulk.view(), kFragmentAnswerLimit, bulk_budget_, [&](Sequence number) {
        wire::Bulk bulk{.source = options_.source, .epoch = epoch_};
        if (!keep_.fragment(number, bulk)) {
            ++counters_.too_old;
            return;
        }
        ++counters_.retransmitted;
        Outgoing letter{header(wire::PacketKind::Bulk)};
        wire::encode_bulk(letter.writer(), bulk);
        out.unicast(to, letter.finish());
    });
}

void Relay::forget() noexcept {
    epoch_ = {};
    sent_us_ = 0;
    keep_.reset();
}

}  // namespace midinet::path
