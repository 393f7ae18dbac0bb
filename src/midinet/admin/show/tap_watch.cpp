#include "admin/show/tap_watch.hpp"

#include <algorithm>

namespace midinet::admin {

void TapWatch::want(TapWants wants) {
    const std::lock_guard lock(shared_);
    wants_ = std::move(wants);
    wants_new_ = true;
}

void TapWatch::take_wants(TimePoint now) {
    TapWants wants;
    {
        const std::lock_guard lock(shared_);
        if (!wants_new_) return;
        wants_new_ = false;
        wants = wants_;
    }
    for (auto& [device, asker] : askers_)
        if (!wants.contains(device)) asker.want({}, now);
    for (const auto& [device, boxes] : wants) {
        const auto asker = askers_.try_emplace(device, own_, seed_ + device.value).first;
        asker->second.want(boxes, now);
        // Who let go and wanted again at once has forgotten it, and only the last word came here.
        asker->second.tell_anew();
    }
}

void TapWatch::take(DeviceSlot device, const control::plane::Message& message, TimePoint now) {
    const auto* report = std::get_if<control::plane::TapReport>(&message);
    const auto asker = askers_.find(device);
    if (report != nullptr && asker != askers_.end()) asker->second.on_report(*report, now);
}

bool TapWatch::has_news() const {
    return std::any_of(askers_.begin(), askers_.end(),
                       [](const auto& entry) { return entry.second.has_news(); });
}

void TapWatch::serve(TimePoint now, std::int64_t unix_ms, const Say& say,
                     const std::function<void(TapBatch)>& give) {
    take_wants(now);
    for (auto& [device, asker] : askers_)
        asker.say(now, [&, slot = device](const auto& tap) { say(slot, tap); });
    if (now < next_batch_ || !has_news()) return;
    next_batch_ = now + kInterval;
    TapBatch batch{{}, now, unix_ms};
    for (auto& [device, asker] : askers_)
        for (auto& news : asker.take_news()) batch.parts.push_back({device, std::move(news)});
    give(std::move(batch));
}

TimePoint TapWatch::next_due() const {
    TimePoint due = has_news() ? next_batch_ : kNever;
    for (const auto& [device, asker] : askers_) due = std::min(due, asker.next_due());
    return due;
}

}  // namespace midinet::admin
