#include "control/cli/stream/box_monitor.hpp"

#include "control/cli/stream/stream_choice.hpp"
#include "control/report/message_words.hpp"
#include "control/report/tap_json.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

/// One run, one random id: there is no earlier run to tell it from.
constexpr Epoch kOnlyBoot{1};
/// So often it is told what misses, and looked who is gone.
constexpr Duration kRound = 1s;

SenderId own_id(std::uint64_t seed) { return SenderId{Random(seed).next() | plane::kClientBit}; }

}  // namespace

BoxMonitor::BoxMonitor(const Surroundings& with, const Order& order, MonitorOutput to,
                       io::Signals* signals)
    : with_(with),
      order_(order),
      to_(std::move(to)),
      signals_(signals),
      choice_(order),
      asker_(own_id(with.seed), with.seed + 1),
      start_(with.clock.now()),
      look_until_(start_ + order.request.wait),
      now_(start_),
      tell_missing_at_(start_ + kRound) {
    if (order.lasts > Duration{}) end_ = start_ + order.lasts;
}

Result<std::unique_ptr<BoxMonitor>> BoxMonitor::open(const Surroundings& with, const Order& order,
                                                     MonitorOutput to, io::Signals* signals) {
    const auto interfaces = interfaces_of(with.network, order.request);
    if (!interfaces) return tl::unexpected(interfaces.error());
    auto station =
        plane::Station::open(with.network, {order.request.group, *interfaces, order.request.peers,
                                            /*has_door=*/false});
    if (!station) return tl::unexpected(station.error());
    std::unique_ptr<BoxMonitor> made(new BoxMonitor(with, order, std::move(to), signals));
    made->station_ = std::move(*station);
    if (auto watched = made->watch(); !watched) return tl::unexpected(watched.error());
    return made;
}

Result<void> BoxMonitor::watch() {
    auto handles = station_->handles();
    if (signals_ != nullptr) handles.push_back(signals_->handle());
    for (const auto handle : handles)
        if (auto watched = with_.waiter.watch(handle, 0, true, false); !watched) return watched;
    return {};
}

BoxMonitor::~BoxMonitor() {
    if (signals_ != nullptr) with_.waiter.unwatch(signals_->handle());
    for (const auto handle : station_->handles()) with_.waiter.unwatch(handle);
}

TimePoint BoxMonitor::next_due() const {
    const auto look = now_ < look_until_ ? look_until_ : kNever;
    return std::min({asker_.next_due(), look, end_, now_ + kRound});
}

bool BoxMonitor::turn() {
    std::array<io::Ready, 16> ready;
    (void)with_.waiter.wait(next_due(), ready);
    now_ = with_.clock.now();
    station_->receive([this](const auto& heard) { take(heard); });
    while (signals_ != nullptr && signals_->next()) stopped_ = true;
    roster_.on_timer(now_);
    choose();
    say();
    show_news();
    tell_missing(/*last=*/false);
    if (!over()) return true;
    tell_missing(/*last=*/true);
    if (nobody_ == ExitCode::Ok && !was_live_ && !was_refused_ && !nobody_tells())
        to_.complain("nobody answered in that time");
    asker_.want({}, now_);
    say();
    return false;
}

void BoxMonitor::say() {
    asker_.say(now_, [this](const plane::Tap& tap) { station_->say(tap, kOnlyBoot); });
}

void BoxMonitor::take(const plane::Station::Heard& heard) {
    const auto datagram = plane::decode_datagram(heard.bytes);
    if (!datagram) return;
    (void)roster_.on_message(datagram->message, heard.from, now_);
    if (const auto* report = std::get_if<plane::TapReport>(&datagram->message))
        asker_.on_report(*report, now_);
}

void BoxMonitor::choose() {
    const auto chosen = choice_.choose(roster_, now_, now_ >= look_until_);
    if (!chosen) {
        nobody_ = chosen.error().code;
        to_.complain(chosen.error().why);
        return;
    }
    for (auto at = boxes_.begin(); at != boxes_.end();) {
        const auto box = at->first;
        at = chosen->contains(box) ? std::next(at) : boxes_.erase(at);
        if (!chosen->contains(box)) tell_source(box, "gone", kGoneWhy);
    }
    TapAsker::Wants wants;
    for (const auto box : *chosen) {
        wants[box] = bit(*order_.tap);
        boxes_.try_emplace(box, TapState::Asked);
    }
    asker_.want(wants, now_);
}

void BoxMonitor::enter(SenderId box, TapState state, std::string_view why) {
    boxes_[box] = state;
    was_live_ = was_live_ || state == TapState::Live;
    was_refused_ = was_refused_ || state == TapState::Refused;
    if (state != TapState::Asked) tell_source(box, to_string(state), why);
}

void BoxMonitor::tell_source(SenderId box, std::string_view state, std::string_view why) {
    const auto tap = to_string(*order_.tap);
    if (order_.request.json) {
        JsonValue json{{"tap", tap},
                       {"device", order_.request.device.value},
                       {"source", source_json(box, &roster_)},
                       {"state", state},
                       {"why", nullptr}};
        if (!why.empty()) json["why"] = why;
        (void)to_.print(dump(json) + '\n');
    }
    const bool is_live = state == to_string(TapState::Live);
    to_.complain(is_live ? fmt::format("{} tells what passes at {}", who(box), tap)
                         : fmt::format("{} is {}: {}", who(box), state, why));
}

void BoxMonitor::show_news() {
    std::vector<std::pair<SenderId, plane::TapEvent>> all;
    for (const auto& news : asker_.take_news()) {
        if (news.changed) enter(news.box, news.state, news.why);
        dropped_ += news.dropped;
        lost_ += news.lost;
        for (const auto& event : news.events) all.emplace_back(news.box, event);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
    for (const auto& [box, event] : all) show(box, event);
}

void BoxMonitor::show(SenderId box, const plane::TapEvent& event) {
    const bool enough = order_.count != 0 && shown_ >= order_.count;
    if (enough || !is_chosen(order_.stream, event.head.view())) return;
    ++shown_;
    if (!to_.print(line(box, event))) stopped_ = true;
}

std::string BoxMonitor::line(SenderId box, const plane::TapEvent& event) const {
    if (order_.request.json) {
        const auto unix_us =
            to_.unix_ms() * 1000 - static_cast<std::int64_t>(to_us(now_ - event.at));
        return dump(tap_event_json(event, source_json(box, &roster_), order_.request.device,
                                   unix_us)) +
               '\n';
    }
    const auto at_s = static_cast<double>((event.at - start_) / 1us) / 1e6;
    const auto source = is_client(box) ? fmt::format("client {}", name_of(box, &roster_))
                                       : fmt::format("host {}", box.value);
    return fmt::format(
        "{} {:>12.6f}  {} port {}  {}{}{}\n", to_.time_of_day(), at_s, source, event.port.value,
        message_words(event.head.view(), event.length), event.cut_off ? ", cut off" : "",
        order_.stream.raw
            ? "  " + hex_words(event.head.view(), plane::TapEvent::kMaxHead, event.length)
            : "");
}

/// "host 1 (stage-left)".
std::string BoxMonitor::who(SenderId box) const {
    const auto name = name_of(box, &roster_);
    const auto id = is_client(box) ? "client " + id_text(box) : fmt::format("host {}", box.value);
    return name.empty() ? id : fmt::format("{} ({})", id, name);
}

void BoxMonitor::tell_missing(bool last) {
    if (dropped_ == 0 && lost_ == 0) return;
    misses_ = true;
    if (now_ < tell_missing_at_ && !last) return;
    tell_missing_at_ = now_ + kRound;
    if (order_.request.json)
        (void)to_.print(dump(JsonValue{{"dropped", dropped_}, {"lost", lost_}}) + '\n');
    to_.complain(
        fmt::format("{} messages are not shown, for there were too many to be told; {} were lost "
                    "on the way here",
                    dropped_, lost_));
    dropped_ = lost_ = 0;
}

bool BoxMonitor::nobody_tells() const {
    return std::none_of(boxes_.begin(), boxes_.end(), [](const auto& box) {
        return box.second == TapState::Asked || box.second == TapState::Live;
    });
}

bool BoxMonitor::over() const {
    if (stopped_ || now_ >= end_ || nobody_ != ExitCode::Ok) return true;
    if (order_.count != 0 && shown_ >= order_.count) return true;
    return now_ >= look_until_ && nobody_tells();
}

ExitCode BoxMonitor::exit_code() const {
    if (nobody_ != ExitCode::Ok) return nobody_;
    const bool ended = stopped_ || now_ >= end_ || (order_.count != 0 && shown_ >= order_.count);
    if (!was_live_ || !ended) return was_refused_ ? ExitCode::Refused : ExitCode::Unreachable;
    return misses_ ? ExitCode::Degraded : ExitCode::Ok;
}

}  // namespace midinet::control::cli
