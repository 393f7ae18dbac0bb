// Pictures into samples.
#pragma once

#include "admin/show/picture.hpp"
#include "admin/store/metrics.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace midinet::admin {

/// One sample a second of the machine and of each device. Rates are taken between the counters of
/// two samples, so that over any time they add up to what was counted. Pure. Thread: one.
class Sampler {
  public:
    /// Empty: this second has its sample already.
    std::vector<Sample> take(const Picture& picture);

  private:
    using Counts = std::map<std::pair<std::uint8_t, std::uint64_t>, std::uint64_t>;
    /// How much a counter grew since the sample before; nothing for a box that is new.
    static double growth(const Counts& before, Counts& now, Counts::key_type key,
                         std::uint64_t value);
    Sample of_device(const Picture& picture, const DevicePicture& device);
    Sample of_machine(const Picture& picture);

    std::int64_t last_ = 0;  ///< second; 0: there was none
    double elapsed_s_ = 0;   ///< between the sample before and this one; 0: there was none
    TimePoint last_time_{};
    struct Counters {
        Counts events, played, lost, network;
    };
    Counters before_;
    Counters now_;
};

}  // namespace midinet::admin
