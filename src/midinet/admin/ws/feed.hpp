// A document that changes, told as numbered messages.
#pragma once

#include "admin/serve/http_server.hpp"
#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

/// Messages are JSON objects with "run", "seq" and "type":
/// - "snapshot": "state" is the whole document at "seq", "dropped" how many messages the reader
///   missed for being slow;
/// - "delta": "patch" (RFC 6902) turns the document at seq - 1 into that at "seq".
///
/// Whoever has "run" and "seq" of the last message it took goes on from there, if it was not too
/// long ago. Pure. Thread: one.
class Feed {
  public:
    static constexpr std::size_t kRemembered =
        60;  ///< deltas; a minute, where they come once a second
    struct Place {
        std::string run;
        std::uint64_t seq = 0;
    };

    /// `run`: another one each time the program starts.
    explicit Feed(std::string run) : run_(std::move(run)) {}

    /// The document is `state` now. Gives the message for all that are in step.
    SocketText advance(control::JsonValue state);
    /// For one that is not. Precondition: there is a state.
    SocketText snapshot(std::uint64_t dropped = 0) const;
    /// For one that comes, from where it was: deltas, where all that it lacks are remembered; else
    /// a snapshot. Precondition: there is a state.
    std::vector<SocketText> catch_up(const std::optional<Place>& place) const;
    bool has_state() const noexcept { return seq_ > 0; }

  private:
    control::JsonValue message(const char* type) const;

    std::string run_;
    std::uint64_t seq_ = 0;  ///< of the last message; 0: there was none
    control::JsonValue state_;
    std::deque<SocketText> deltas_;  ///< the last one is that of seq_
};

}  // namespace midinet::admin
