#include "admin/ws/feed.hpp"

namespace midinet::admin {

control::JsonValue Feed::message(const char* type) const {
    return {{"run", run_}, {"seq", seq_}, {"type", type}};
}

SocketText Feed::advance(control::JsonValue state) {
    ++seq_;
    auto json = message("delta");
    json["patch"] = control::JsonValue::diff(state_, state);
    state_ = std::move(state);
    deltas_.push_back(std::make_shared<const std::string>(control::dump(json)));
    if (deltas_.size() > kRemembered) deltas_.pop_front();
    return deltas_.back();
}

SocketText Feed::snapshot(std::uint64_t dropped) const {
    auto json = message("snapshot");
    json["dropped"] = dropped;
    json["state"] = state_;
    return std::make_shared<const std::string>(control::dump(json));
}

std::vector<SocketText> Feed::catch_up(const std::optional<Place>& place) const {
    const bool known =
        place && place->run == run_ && place->seq <= seq_ && seq_ - place->seq <= deltas_.size();
    if (!known) return {snapshot()};
    return {deltas_.end() - static_cast<std::ptrdiff_t>(seq_ - place->seq), deltas_.end()};
}

}  // namespace midinet::admin
