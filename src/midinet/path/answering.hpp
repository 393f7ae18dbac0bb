// Answers to a NACK, for whoever may answer for a source: its host, and who relays it.
#pragma once

#include "midi/stream_state.hpp"
#include "path/outgoing.hpp"
#include "path/types.hpp"
#include "wire/data.hpp"

#include <optional>

namespace midinet::path {

/// Fills Data datagrams with repeats for one peer. What is left goes with the object. RT-safe.
class EventAnswer {
  public:
    EventAnswer(wire::Header header, wire::DataHead head, Peer to, DatagramOut& out) noexcept
        : header_(header), head_(head), to_(to), out_(out) {}
    ~EventAnswer() { send(); }
    EventAnswer(const EventAnswer&) = delete;
    EventAnswer& operator=(const EventAnswer&) = delete;

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

/// Sends `state` to one peer, in as many fragments as it takes. `head` says of which moment it is;
/// index and count are filled in. False when it would take more fragments than there are, which is
/// a bug. RT-safe.
bool send_journal(const midi::StreamState& state, wire::JournalHead head,
                  const wire::Header& header, Peer to, DatagramOut& out) noexcept;

/// Calls `each` for the numbers of `ranges`, at most `limit` of them, while `budget` lasts.
/// RT-safe.
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

}  // namespace midinet::path
