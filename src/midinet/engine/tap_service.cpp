#include "engine/tap_service.hpp"

namespace midinet::engine {

namespace plane = control::plane;

TapService::TapService(const Surroundings& with, TimePoint now)
    : with_(with),
      desk_(with.own, with.offered,
            with.own.value ^ static_cast<std::uint64_t>(now.time_since_epoch().count())) {}

void TapService::take(const plane::Message& message, const plane::Station::Heard& heard,
                      TimePoint now) {
    const auto* tap = std::get_if<plane::Tap>(&message);
    if (tap == nullptr) return;
    const bool nobody = desk_.askers() == 0;
    const auto answer =
        desk_.on_tap(*tap, {heard.from, heard.interface}, now, with_.feed.overflowed());
    if (nobody) {  // what is left from before is not for them
        plane::TapEvent old;
        while (with_.feed.poll(old)) {
        }
    }
    with_.feed.want(desk_.wanted(now));
    if (answer) with_.station.reply(heard, *answer, with_.boot);
}

void TapService::service(TimePoint now) {
    if (now < desk_.next_due()) return;
    events_.clear();
    plane::TapEvent event;
    while (events_.size() < TapFeed::kDepth && with_.feed.poll(event)) events_.push_back(event);
    desk_.report(events_, with_.feed.overflowed(), now,
                 [this](const control::TapDesk::Seat& to, const plane::TapReport& report) {
                     with_.station.reply({{}, to.from, to.interface}, report, with_.boot);
                 });
    with_.feed.want(desk_.wanted(now));
}

}  // namespace midinet::engine
