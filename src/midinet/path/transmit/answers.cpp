// What a host answers to a NACK: numbers again, or the journal.
#include "path/answering.hpp"
#include "path/transmit/transmit.hpp"

namespace midinet::path {

void Transmit::on_nack(const wire::Nack& nack, Peer from, TimePoint now,
                       DatagramOut& out) noexcept {
    if (nack.source != options_.source || nack.epoch != options_.epoch) return;
    ++counters_.nacks;
    resend_live(nack, from, now, out);
    resend_bulk(nack, from, out);
    if ((nack.flags & wire::nack_flags::kState) != 0 && journals_this_beat_ < kJournalsPerBeat) {
        ++journals_this_beat_;
        send_journal(from, now, out);
    }
}

void Transmit::resend_live(const wire::Nack& nack, Peer to, TimePoint now,
                           DatagramOut& out) noexcept {
    EventAnswer resend{header(wire::PacketKind::Data), data_head(now), to, out};
    for_numbers(nack.live.view(), kAnswerLimit, live_budget_, [&](Sequence s) {
        const auto* event = history_.find(s);
        if (event != nullptr) resend.add(*event);
        ++(event != nullptr ? counters_.retransmitted : counters_.too_old);
    });
}

void Transmit::resend_bulk(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept {
    for_numbers(nack.bulk.view(), kFragmentAnswerLimit, bulk_budget_, [&](Sequence s) {
        const auto* fragment = bulk_.find(s);
        if (fragment != nullptr) send_fragment(*fragment, &to, out);
        ++(fragment != nullptr ? counters_.retransmitted : counters_.too_old);
    });
}

void Transmit::send_journal(Peer to, TimePoint now, DatagramOut& out) noexcept {
    const wire::JournalHead head{.source = options_.source,
                                 .epoch = options_.epoch,
                                 .at = history_.newest(),
                                 .bulk_at = bulk_.newest_sent(),
                                 .taken_us = stream_time_at(options_.epoch_start, now)};
    if (path::send_journal(state_, head, header(wire::PacketKind::Journal), to, out))
        ++counters_.journals;
}

}  // namespace midinet::path
