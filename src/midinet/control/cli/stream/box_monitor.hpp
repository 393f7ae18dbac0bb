// The MIDI that passes in boxes, as they tell it.
#pragma once

#include "control/cli/conversation.hpp"
#include "control/cli/stream/box_choice.hpp"
#include "control/taps/tap_asker.hpp"
#include "io/signals.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midinet::control::cli {

/// Where it is shown.
struct MonitorOutput {
    std::function<std::int64_t()> unix_ms;
    std::function<std::string()> time_of_day;  ///< "14:03:59"
    /// Lines, for people or of JSON. False: they are lost, and it ends.
    std::function<bool(std::string_view)> print;
    std::function<void(std::string_view)> complain;  ///< sentences, of the boxes and of what misses
};

/// From the first request to be told to the last word, which gives the place to others. Thread:
/// one. Lifetime: the surroundings, the order and the signals outlive it.
class BoxMonitor {
  public:
    /// `signals`: ends it; may be null. Precondition: the order has a tap. Errors: no usable
    /// interface, or one that cannot be used.
    static Result<std::unique_ptr<BoxMonitor>> open(const Surroundings& with, const Order& order,
                                                    MonitorOutput to, io::Signals* signals);
    ~BoxMonitor();
    BoxMonitor(const BoxMonitor&) = delete;
    BoxMonitor& operator=(const BoxMonitor&) = delete;

    /// Waits for what comes next and shows it. False: it is over, and nobody is listened to any
    /// more.
    bool turn();
    ExitCode exit_code() const;

  private:
    BoxMonitor(const Surroundings& with, const Order& order, MonitorOutput to,
               io::Signals* signals);
    Result<void> watch();
    void take(const plane::Station::Heard& heard);
    void choose();
    void say();
    void enter(SenderId box, TapState state, std::string_view why);
    void tell_source(SenderId box, std::string_view state, std::string_view why);
    void show_news();
    void show(SenderId box, const plane::TapEvent& event);
    std::string line(SenderId box, const plane::TapEvent& event) const;
    std::string who(SenderId box) const;
    void tell_missing(bool last);
    bool nobody_tells() const;
    bool over() const;
    TimePoint next_due() const;

    const Surroundings& with_;
    const Order& order_;
    MonitorOutput to_;
    io::Signals* signals_;
    std::unique_ptr<plane::Station> station_;
    plane::Roster roster_;
    BoxChoice choice_;
    TapAsker asker_;
    std::map<SenderId, TapState> boxes_;  ///< that are listened to
    TimePoint start_;
    TimePoint look_until_;
    TimePoint end_ = kNever;
    TimePoint now_;
    TimePoint tell_missing_at_;
    unsigned shown_ = 0;
    std::uint64_t dropped_ = 0;  ///< not told yet
    std::uint64_t lost_ = 0;     ///< likewise
    bool misses_ = false;
    bool was_live_ = false;
    bool was_refused_ = false;
    bool stopped_ = false;
    ExitCode nobody_ = ExitCode::Ok;  ///< Ok: somebody was meant
};

}  // namespace midinet::control::cli
