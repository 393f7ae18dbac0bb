#include "admin/ws/midi_hub.hpp"

#include "control/report/focus.hpp"
#include "control/report/tap_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::admin {

namespace {

using control::JsonValue;
using control::plane::TapPoint;

const control::plane::Roster* roster_of(const DevicePicture* device) noexcept {
    return device != nullptr ? &device->roster : nullptr;
}

}  // namespace

class MidiHub::Member final : public SocketEnd {
  public:
    Member(MidiHub& hub, MidiFilter filter, SenderId box, io::IpAddress from)
        : hub_(hub), filter_(std::move(filter)), box_(box), from_(from) {}
    ~Member() override {
        hub_.members_.erase(this);
        hub_.refresh(*hub_.latest_());
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    const io::IpAddress& from() const noexcept { return from_; }

    void on_open(SocketLine& line) override {
        line_ = &line;
        hub_.members_.insert(this);
        look_anew();
    }
    void on_text(std::string_view text) override {
        auto filter = filter_of(text);
        const auto box = filter ? hub_.box_of(*filter) : tl::unexpected(filter.error());
        if (!box) {
            auto json = message("problem");
            json["detail"] = box.error() + "; what is shown stays as it is.";
            send(json);
            return;
        }
        filter_ = std::move(*filter);
        box_ = *box;
        look_anew();
    }
    /// What was dropped is said as soon as it can be.
    void on_room() override {
        if (dropped_ > 0 && line_->queued() == 0) show({}, 0);
    }
    /// Tells what is tapped, where that is another than was told last.
    void tell_taps(const Picture& picture) {
        auto taps = hub_.taps_of(*this, picture);
        if (taps == taps_) return;
        auto json = message("snapshot");
        json["filter"] = json_of(filter_);
        json["taps"] = taps;
        if (send(json)) taps_ = std::move(taps);
    }
    /// `events`: texts, joined by commas; so many they are.
    void show(const std::string& events, std::uint64_t count) {
        if (count == 0 && dropped_ == 0 && lost_ == 0) return;
        const auto text =
            fmt::format(R"({{"seq":{},"type":"midi","events":[{}],"dropped":{},"lost":{}}})",
                        seq_ + 1, events, dropped_, lost_);
        if (line_->send(std::make_shared<const std::string>(text))) {
            ++seq_;
            dropped_ = lost_ = 0;
        } else {
            drop(count);
        }
    }
    void drop(std::uint64_t events) {
        dropped_ += events;
        hub_.dropped_ += events;
    }
    void miss(const control::TapNews& news) {
        drop(news.dropped);
        lost_ += news.lost;
    }
    const MidiFilter& filter() const noexcept { return filter_; }
    /// 0: all hosts.
    SenderId box() const noexcept { return box_; }

  private:
    JsonValue message(const char* type) const { return {{"seq", seq_ + 1}, {"type", type}}; }
    bool send(const JsonValue& json) {
        if (!line_->send(std::make_shared<const std::string>(control::dump(json)))) return false;
        ++seq_;
        return true;
    }
    void look_anew() {
        const auto picture = hub_.latest_();
        taps_ = nullptr;
        hub_.refresh(*picture);
        tell_taps(*picture);
    }

    MidiHub& hub_;
    MidiFilter filter_;
    SenderId box_;
    io::IpAddress from_;
    SocketLine* line_ = nullptr;
    std::uint64_t seq_ = 0;
    std::uint64_t dropped_ = 0;  ///< not told yet
    std::uint64_t lost_ = 0;     ///< likewise
    JsonValue taps_;             ///< as told last
};

MidiHub::~MidiHub() = default;

/// The one box that a filter names; 0 where it means all hosts. Errors: nobody is called so.
tl::expected<SenderId, std::string> MidiHub::box_of(const MidiFilter& filter) const {
    const auto picture = latest_();
    const auto* device = picture->device(filter.device);
    if (device == nullptr)
        return tl::unexpected(fmt::format("no host has a device {}", filter.device.value));
    if (filter.tap == TapPoint::Delivered)
        return control::find_client(filter.client, device->roster);
    if (!filter.host) return SenderId{};
    if (device->roster.host(*filter.host) == nullptr)
        return tl::unexpected(fmt::format("host {} is not heard", filter.host->value));
    return SenderId{filter.host->value};
}

std::set<SenderId> MidiHub::boxes_of(const Member& member, const Picture& picture) const {
    if (member.box().value != 0) return {member.box()};
    std::set<SenderId> boxes;
    if (const auto* device = picture.device(member.filter().device))
        for (const auto& [id, host] : device->roster.hosts())
            if (!host.gone(picture.now)) boxes.insert(SenderId{id.value});
    return boxes;
}

/// A box that tells of one place may not have been heard of another yet.
std::string_view MidiHub::state_of(const Box& box, TapPoint point) noexcept {
    const bool waits = box.state == control::TapState::Live && (box.points & bit(point)) == 0;
    return to_string(waits ? control::TapState::Asked : box.state);
}

JsonValue MidiHub::taps_of(const Member& member, const Picture& picture) const {
    auto taps = JsonValue::array();
    const auto slot = member.filter().device;
    const auto* roster = roster_of(picture.device(slot));
    for (const auto box : boxes_of(member, picture)) {
        const auto found = boxes_.find({slot, box});
        const Box known = found == boxes_.end() ? Box{} : found->second;
        const bool gone = control::is_gone(box, roster, picture.now);
        JsonValue why;
        if (gone)
            why = control::kGoneWhy;
        else if (!known.why.empty())
            why = known.why;
        taps.push_back(
            {{"tap", to_string(member.filter().tap)},
             {"device", slot.value},
             {"source", control::source_json(box, roster)},
             {"state", gone ? std::string_view("gone") : state_of(known, member.filter().tap)},
             {"why", why}});
    }
    return taps;
}

void MidiHub::refresh(const Picture& picture) {
    TapWants wants;
    for (const auto* member : members_)
        for (const auto box : boxes_of(*member, picture))
            wants[member->filter().device][box] |= bit(member->filter().tap);
    if (wants == wanted_) return;
    const auto wanted_at = [&wants](const Place& place) -> control::plane::TapPoints {
        const auto device = wants.find(place.first);
        if (device == wants.end()) return 0;
        const auto box = device->second.find(place.second);
        return box == device->second.end() ? control::plane::TapPoints{0} : box->second;
    };
    for (auto& [place, box] : boxes_) box.points &= wanted_at(place);
    std::erase_if(boxes_, [&](const auto& entry) { return wanted_at(entry.first) == 0; });
    wanted_ = std::move(wants);
    want_(wanted_);
}

void MidiHub::on_picture(const Picture& picture) {
    if (members_.empty()) return;
    refresh(picture);
    for (auto* member : members_) member->tell_taps(picture);
}

std::string MidiHub::text_of(const Passed& passed, const TapBatch& batch, const Picture& picture) {
    const auto& event = *passed.event;
    const auto unix_us =
        batch.unix_ms * 1000 - static_cast<std::int64_t>(to_us(batch.now - event.at));
    const auto [slot, box] = passed.place;
    const auto* roster = roster_of(picture.device(slot));
    return control::dump(
        control::tap_event_json(event, control::source_json(box, roster), slot, unix_us));
}

void MidiHub::on_batch(const TapBatch& batch) {
    const auto picture = latest_();
    std::vector<Passed> all;
    for (const auto& [device, news] : batch.parts) {
        const auto device_wants = wanted_.find(device);
        const bool wanted =
            device_wants != wanted_.end() && device_wants->second.contains(news.box);
        if (!wanted) continue;  // somebody just left
        if (news.changed) boxes_[{device, news.box}] = {news.state, news.why, news.points};
        for (const auto& event : news.events) all.push_back({{device, news.box}, &event, {}});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Passed& a, const Passed& b) { return a.event->at < b.event->at; });
    for (auto* member : members_) {
        member->tell_taps(*picture);
        show(*member, batch, all, *picture);
    }
}

void MidiHub::show(Member& member, const TapBatch& batch, std::vector<Passed>& all,
                   const Picture& picture) {
    const auto boxes = boxes_of(member, picture);
    const auto& filter = member.filter();
    const auto is_seen = [&](const Place& place) {
        return place.first == filter.device && boxes.contains(place.second);
    };
    for (const auto& [device, news] : batch.parts)
        if (is_seen({device, news.box})) member.miss(news);
    std::string events;
    std::uint64_t count = 0;
    for (auto& passed : all) {
        if (!is_seen(passed.place) || !filter.shows(*passed.event)) continue;
        if (count == kMostEvents) {
            member.drop(1);
            continue;
        }
        if (passed.text.empty()) passed.text = text_of(passed, batch, picture);
        if (count++ > 0) events += ',';
        events += passed.text;
    }
    member.show(events, count);
}

tl::expected<std::unique_ptr<SocketEnd>, Response> MidiHub::join(const Request& request) {
    const auto refuse = [](ProblemKind kind, const std::string& why) {
        return tl::unexpected(problem_response({kind, why + "."}));
    };
    const auto parameters = parse_query(request.query);
    if (!parameters) return refuse(ProblemKind::BadParameter, parameters.error().message);
    auto filter = filter_of(*parameters);
    if (!filter) return refuse(ProblemKind::BadParameter, filter.error());
    const auto box = box_of(*filter);
    if (!box) return refuse(ProblemKind::NotFound, box.error());
    if (members_.size() >= kMostReaders)
        return refuse(
            ProblemKind::TooMany,
            fmt::format("{} monitors are open, which is the most: close one", members_.size()));
    const auto own = std::count_if(members_.begin(), members_.end(), [&](const Member* member) {
        return member->from() == request.from;
    });
    if (static_cast<std::size_t>(own) >= kMostOfOneAddress)
        return refuse(ProblemKind::TooMany,
                      fmt::format("{} monitors are open from this address, which is the most of "
                                  "one: close one",
                                  own));
    return std::make_unique<Member>(*this, std::move(*filter), *box, request.from);
}

}  // namespace midinet::admin
