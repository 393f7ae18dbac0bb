#include "path/answering.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr std::size_t kJournalHeadRoom = 64;
constexpr std::size_t kRecordsPerFragment =
    (wire::kMaxPayload - kJournalHeadRoom) / wire::kStateRecordSize;

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

}  // namespace

bool send_journal(const midi::StreamState& state, wire::JournalHead head,
                  const wire::Header& header, Peer to, DatagramOut& out) noexcept {
    CountRecords records;
    state.for_each(head.taken_us, records);
    const auto fragments =
        std::max<std::size_t>(1, (records.count + kRecordsPerFragment - 1) / kRecordsPerFragment);
    if (!MIDINET_VERIFY(fragments <= wire::kMaxJournalFragments)) return false;
    head.digest = state.digest();
    head.index = 0;
    head.count = static_cast<std::uint8_t>(fragments);
    SendRecords send{header, head, to, out};
    state.for_each(head.taken_us, send);
    send.send();
    return true;
}

}  // namespace midinet::path
