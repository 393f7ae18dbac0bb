#include "focus_checker.hpp"

#include "base/time.hpp"

#include <fmt/core.h>

namespace midinet::simtest {
namespace {

constexpr std::size_t kMostViolations = 5;
/// What was sent when the path was cut counts as late as this: a heartbeat while it is 50 ms old,
/// by a clock that the weather made uncertain, and a stall is noticed when it outlasts what the
/// engine would have slept.
constexpr Duration kUnderWay = 200ms;

std::uint64_t number(SenderId client) { return client.value & 0xFFU; }

}  // namespace

std::string to_words(const wire::Focus& focus) {
    return fmt::format("term {}+{} of host {}/{}: client {}{}", focus.term / wire::Focus::kChoice,
                       focus.term % wire::Focus::kChoice, focus.by.value, focus.epoch.value,
                       number(focus.holder), focus.manual ? ", by hand" : "");
}

void FocusChecker::fail(TimePoint now, const std::string& what) {
    if (violations_.size() < kMostViolations)
        violations_.push_back(
            fmt::format("at {:.3f} s: {}", to_ms(now.time_since_epoch()) / 1e3, what));
}

void FocusChecker::on_register(const wire::Focus& focus, TimePoint now) {
    if (focus.term == 0) return;
    const Term term{focus.term, focus.by.value, focus.epoch.value};
    const auto [known, is_new] = holders_.emplace(term, focus);
    if (known->second != focus)
        fail(now,
             "one term, two registers: " + to_words(known->second) + " and " + to_words(focus));
    if (!is_new) return;
    const auto choice = focus.term / wire::Focus::kChoice;
    const bool by_hand = focus.term % wire::Focus::kChoice == 0;
    if (by_hand) ++choices_;
    if (!focus.manual) on_free_term(focus.term);
    if (!by_hand && (focus.manual || !open_choices_.contains(choice)))
        fail(now, "a choice by hand was not kept: " + to_words(focus));
}

void FocusChecker::on_free_term(std::uint32_t term) {
    if (term % wire::Focus::kChoice == 0) open_choices_.insert(term / wire::Focus::kChoice);
}

void FocusChecker::on_seats(const std::vector<SeatView>& seats, TimePoint now) {
    const wire::Focus* held = nullptr;
    for (const auto& [client, seat] : seats) {
        on_register(seat->focus(), now);
        if (!seat->holds(now)) continue;
        const auto& focus = seat->focus();
        if (focus.holder != client) fail(now, "a client holds what is another's");
        if (held != nullptr && held->term == focus.term && held->by == focus.by &&
            held->epoch == focus.epoch)
            fail(now, "two clients hold one term: " + to_words(*held) + " and " + to_words(focus));
        held = &focus;
    }
}

void FocusChecker::on_feedback(SenderId from, TimePoint deaf_since, TimePoint now) {
    if (now - deaf_since > control::FocusSeat::kExpires + kUnderWay)
        fail(now, fmt::format("client {} hears no host since {:.3f} s and still sends feedback",
                              number(from), to_ms(deaf_since.time_since_epoch()) / 1e3));
}

void FocusChecker::on_light(HostId host, SenderId by, SenderId holder, TimePoint now) {
    ++lit_;
    if (by != holder)
        fail(now, fmt::format("client {} lit host {}'s device while client {} had the focus",
                              number(by), host.value, number(holder)));
}

}  // namespace midinet::simtest
