// What a host answers to a NACK: numbers again, or the journal.
#include "base/verify.hpp"
#include "path/transmit/outgoing.hpp"
#include "path/transmit/transmit.hpp"

#include <algorithm>
#include <optional>

namespace midinet::path {
namespace {

constexpr std::size_t kJournalHeadRoom = 64;
constexpr std::size_t kRecordsPerFragment =
    (wire::kMaxPayload - kJournalHeadRoom) / wire::kStateRecordSize;

/// Fills Data datagrams with repeats for one peer.
class Resend {
  public:
    Resend(wire::Header header, wire::DataHead head, Peer to, DatagramOut& out) noexcept
        : header_(header), head_(head), to_(to), out_(out) {}
    ~Resend() { send(); }
    Resend(const Resend&) = delete;
    Resend& operator=(const Resend&) = delete;

    void add(const wire::Event& event) noexcept {
        if (events_ && events_->add(event)) return;
        send();
        datagram_.emplace(header_);
        wire::encode_data_head(datagram_->writer(), head_);
        events_.emplace(datagram_->writer(), head_.sent_us);
        (void)MIDINET_VERIFY(events_->add(event));
    }

  private:
    void send() noexcept {
        if (datagram_) out_.unicast(to_, datagram_->finish());
    }

    wire::Header header_;
    wire::DataHead head_;
    Peer to_;
    DatagramOut& out_;
    std::optional<Outgoing> datagram_;
    std::optional<wire::EventWriter> events_;
};

class CountRecords final : public midi::RecordSink {
  public:
    void on_record(const midi::StateRecord&) noexcept override { ++count; }
    std::size_t count = 0;
};

/// Fills Journal datagrams with records for one peer.
class SendRecords final : public midi::RecordSink {
  public:
    SendRecords(wire::Header header, wire::JournalHead head, Peer to, DatagramOut& out) noexcept
        : header_(header), head_(head), to_(to), out_(out) {
        begin();
    }
    void on_record(const midi::StateRecord& record) noexcept override {
        if (in_fragment_ == kRecordsPerFragment) {
            send();
            begin();
        }
        wire::encode_state_record(datagram_->writer(), record);
        ++in_fragment_;
    }
    void send() noexcept {
        out_.unicast(to_, datagram_->finish());
        ++head_.index;
    }

  private:
    void begin() noexcept {
        datagram_.emplace(header_);
        wire::encode_journal_head(datagram_->writer(), head_);
        in_fragment_ = 0;
    }

    wire::Header header_;
    wire::JournalHead head_;
    Peer to_;
    DatagramOut& out_;
    std::optional<Outgoing> datagram_;
    std::size_t in_fragment_ = 0;
};

/// Calls `each` for the numbers of `ranges`, at most `limit` of them, while `budget` lasts.
template <typename Each>
void for_numbers(std::span<const wire::Range> ranges, unsigned limit, unsigned& budget,
                 Each each) noexcept {
    for (const auto& range : ranges)
        for (auto s = range.first; !is_after(s, range.last); s = s.next()) {
            if (limit-- == 0 || budget == 0) return;
            --budget;
            each(s);
        }
}

}  // namespace

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
    Resend resend{header(wire::PacketKind::Data), data_head(now), to, out};
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
    const auto now_us = stream_time_at(options_.epoch_start, now);
    CountRecords records;
    state_.for_each(now_us, records);
    const auto fragments =
        std::max<std::size_t>(1, (records.count + kRecordsPerFragment - 1) / kRecordsPerFragment);
    if (!MIDINET_VERIFY(fragments <= wire::kMaxJournalFragments)) return;
    const wire::JournalHead head{.source = options_.source,
                                 .epoch = options_.epoch,
                                 .at = history_.newest(),
                                 .bulk_at = bulk_.newest_sent(),
                                 .taken_us = now_us,
                                 .digest = state_.digest(),
                                 .count = static_cast<std::uint8_t>(fragments)};
    SendRecords send{header(wire::PacketKind::Journal), head, to, out};
    state_.for_each(now_us, send);
    send.send();
    ++counters_.journals;
}

}  // namespace midinet::path
