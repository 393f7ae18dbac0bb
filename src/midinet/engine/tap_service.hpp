// What passes an engine, told to those who asked.
#pragma once

#include "control/plane/station.hpp"
#include "control/taps/tap_desk.hpp"
#include "engine/tap_feed.hpp"

#include <vector>

namespace midinet::engine {

/// Between an engine's feed and the control plane. Lifetime: feed and station outlive it. Thread:
/// control.
class TapService {
  public:
    struct Surroundings {
        TapFeed& feed;
        control::plane::Station& station;
        SenderId own;
        Epoch boot;
        control::plane::TapPoints offered = 0;
    };
    /// `now`: makes each run's draws its own.
    TapService(const Surroundings& with, TimePoint now);

    /// Takes requests, answers them to where they came from, and passes over everything else.
    void take(const control::plane::Message& message, const control::plane::Station::Heard& heard,
              TimePoint now);
    /// Tells what passed, when that is due.
    void service(TimePoint now);
    TimePoint next_due() const noexcept { return desk_.next_due(); }

  private:
    Surroundings with_;
    control::TapDesk desk_;
    std::vector<control::plane::TapEvent> events_;
};

}  // namespace midinet::engine
