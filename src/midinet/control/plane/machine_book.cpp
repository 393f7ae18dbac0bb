#include "control/plane/machine_book.hpp"

#include <algorithm>

namespace midinet::control::plane {

void MachineBook::on_status(const MachineStatus& status, TimePoint now) {
    const auto known = machines_.find(status.id);
    if (known != machines_.end())
        known->second = {status, now};
    else if (make_room(now))
        machines_.emplace(status.id, Entry{status, now});
}

bool MachineBook::make_room(TimePoint now) {
    if (machines_.size() < kMost) return true;
    const auto longest = std::min_element(
        machines_.begin(), machines_.end(),
        [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; });
    if (!longest->second.gone(now)) return false;
    machines_.erase(longest);
    return true;
}

void MachineBook::on_timer(TimePoint now) {
    std::erase_if(machines_,
                  [now](const auto& item) { return now - item.second.heard >= kForgottenAfter; });
}

}  // namespace midinet::control::plane
