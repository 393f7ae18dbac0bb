// Whose MIDI is looked at: hosts or clients, as somebody named them.
#pragma once

#include "control/cli/exit_code.hpp"
#include "control/cli/order.hpp"
#include "control/plane/roster.hpp"

#include <optional>
#include <set>
#include <string>

namespace midinet::control::cli {

/// All that are there, or the one that was named; whom a name means is found out once. Pure.
/// Precondition: the order has a tap. Lifetime: the order outlives it.
class BoxChoice {
  public:
    struct Nobody {
        ExitCode code = ExitCode::Unreachable;
        std::string why;
    };
    explicit BoxChoice(const Order& order) : order_(order) {}

    /// `looked`: everybody who is there was heard by now. Errors: then nobody is meant.
    tl::expected<std::set<SenderId>, Nobody> choose(const plane::Roster& roster, TimePoint now,
                                                    bool looked);

  private:
    tl::expected<void, Nobody> name(const plane::Roster& roster, bool looked);
    tl::expected<void, Nobody> name_host(const plane::Roster& roster, bool looked);
    bool of_clients() const noexcept { return order_.tap == plane::TapPoint::Delivered; }

    const Order& order_;
    std::optional<SenderId> named_;
};

}  // namespace midinet::control::cli
