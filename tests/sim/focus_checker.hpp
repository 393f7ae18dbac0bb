// What must always hold of the focus, whatever the network and the machines do.
#pragma once

#include "control/focus_seat.hpp"
#include "wire/heartbeat.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace midinet::simtest {

/// A client as it is now: who, and what its seat says.
struct SeatView {
    SenderId client;
    const control::FocusSeat* seat = nullptr;
};

/// Keeps the first violations in words.
class FocusChecker {
  public:
    /// A host made `focus` its register.
    void on_register(const wire::Focus& focus, TimePoint now);
    /// A host made a register its own that is not by hand.
    void on_free_term(std::uint32_t term);
    /// All clients that run.
    void on_seats(const std::vector<SeatView>& seats, TimePoint now);
    /// A client sent feedback; it cannot have heard a host since `deaf_since`.
    void on_feedback(SenderId from, TimePoint deaf_since, TimePoint now);
    /// A host's device was lit by what `by` wanted, while `holder` was the last to hold the focus.
    void on_light(HostId host, SenderId by, SenderId holder, TimePoint now);
    void fail(TimePoint now, const std::string& what);

    const std::vector<std::string>& violations() const noexcept { return violations_; }
    std::size_t terms() const noexcept { return holders_.size(); }
    std::size_t choices() const noexcept { return choices_; }
    std::uint64_t lit() const noexcept { return lit_; }

  private:
    using Term = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t>;

    std::map<Term, wire::Focus> holders_;
    std::set<std::uint32_t> open_choices_{0};  ///< choices after which clients may take the focus
    std::size_t choices_ = 0;
    std::uint64_t lit_ = 0;
    std::vector<std::string> violations_;
};

std::string to_words(const wire::Focus& focus);

}  // namespace midinet::simtest
