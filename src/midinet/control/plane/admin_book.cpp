#include "control/plane/admin_book.hpp"

namespace midinet::control::plane {

void AdminBook::on_status(const AdminStatus& status, io::Endpoint from, TimePoint now) {
    if (status.leaving) {
        admins_.erase(status.id);
        return;
    }
    const auto known = admins_.find(status.id);
    if (known == admins_.end()) {
        if (admins_.size() < kMost) admins_.emplace(status.id, Entry{status, from, now});
        return;
    }
    auto& entry = known->second;
    entry.heard = now;
    if (entry.status == status) return;  // the copy of another network
    entry.status = status;
    entry.from = from;
}

void AdminBook::on_timer(TimePoint now) {
    std::erase_if(admins_,
                  [now](const auto& item) { return now - item.second.heard >= kGoneAfter; });
}

}  // namespace midinet::control::plane
