// What was played against what was heard, event by event.
#pragma once

#include "midi_model.hpp"

#include <vector>

namespace midinet::simtest {

/// Message number `n` of a show: notes on and off, their pressure, and controllers. Each of
/// `kUnique` consecutive ones is another.
inline constexpr std::uint32_t kUnique = 1U << 17U;
Bytes numbered(std::uint32_t n);

/// Numbered events of one port. Every event must be heard once, in order.
class Ledger {
  public:
    void played(TimePoint now) { played_at_.push_back(now); }
    /// One message, full status.
    void heard(BytesView message, TimePoint now);

    std::uint32_t next() const noexcept { return static_cast<std::uint32_t>(played_at_.size()); }
    std::uint64_t missing() const noexcept { return played_at_.size() - found_; }
    std::uint64_t out_of_order() const noexcept { return out_of_order_; }
    std::uint64_t doubled() const noexcept { return doubled_; }
    /// Messages that were not played at all.
    std::uint64_t foreign() const noexcept { return foreign_; }
    std::uint64_t wrong() const noexcept { return missing() + out_of_order_ + doubled_ + foreign_; }
    /// From play to the first hearing, of every event heard, in the order of hearing.
    const std::vector<Duration>& latencies() const noexcept { return latencies_; }

  private:
    std::vector<TimePoint> played_at_;
    std::vector<bool> seen_;
    std::vector<Duration> latencies_;
    std::uint32_t expected_ = 0;
    std::uint64_t found_ = 0;
    std::uint64_t out_of_order_ = 0;
    std::uint64_t doubled_ = 0;
    std::uint64_t foreign_ = 0;
};

/// How often each note is on.
class NoteLedger {
  public:
    void apply(BytesView message);
    bool is_on(unsigned channel, unsigned key) const noexcept {
        return on_[channel * 128 + key] > 0;
    }
    /// Notes on here that `source` does not hold.
    unsigned stuck(const NoteLedger& source) const noexcept;
    unsigned sounding() const noexcept;

  private:
    std::array<unsigned, 16 * 128> on_{};
};

}  // namespace midinet::simtest
