// What the sockets want to see of the boxes' MIDI, asked for and collected.
#pragma once

#include "control/plane/message.hpp"
#include "control/taps/tap_asker.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace midinet::admin {

/// Which boxes of which device's show, and what of them.
using TapWants = std::map<DeviceSlot, control::TapAsker::Wants>;

/// What is new since the last one.
struct TapBatch {
    struct Part {
        DeviceSlot device{1};
        control::TapNews news;
    };
    std::vector<Part> parts;
    TimePoint now;
    std::int64_t unix_ms = 0;  ///< the same moment by the wall clock
};

/// Wants cross to the watch's thread, batches leave from it, 30 a second at most. Nobody is asked
/// while nothing is wanted.
class TapWatch {
  public:
    static constexpr Duration kInterval = 34ms;
    using Say = std::function<void(DeviceSlot, const control::plane::Tap&)>;

    TapWatch(SenderId own, std::uint64_t seed) : own_(own), seed_(seed) {}

    /// From now on these. Thread: any.
    void want(TapWants wants);

    // Thread: the watch's.
    /// Takes reports, and passes over everything else.
    void take(DeviceSlot device, const control::plane::Message& message, TimePoint now);
    /// Says what is due, and gives what is new to `give`, when that is due.
    void serve(TimePoint now, std::int64_t unix_ms, const Say& say,
               const std::function<void(TapBatch)>& give);
    TimePoint next_due() const;

  private:
    void take_wants(TimePoint now);
    bool has_news() const;

    SenderId own_;
    std::uint64_t seed_;
    std::map<DeviceSlot, control::TapAsker> askers_;
    TimePoint next_batch_{};

    std::mutex shared_;
    TapWants wants_;          ///< guarded by shared_
    bool wants_new_ = false;  ///< likewise
};

}  // namespace midinet::admin
