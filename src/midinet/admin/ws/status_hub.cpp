#include "admin/ws/status_hub.hpp"

#include "admin/http/target.hpp"
#include "control/report/focus.hpp"
#include "control/report/overview.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace midinet::admin {
namespace {

/// What people want to know at once. Two states with the same news differ in ages and counters.
std::string news_of(const Picture& picture, const DevicePicture& device) {
    const auto overview = control::overview_of(device.roster, picture.now);
    std::string news = fmt::format("{} {} {} {}", overview.hosts, overview.clients, overview.term,
                                   overview.armed ? int{*overview.armed} : -1);
    for (const auto& [source, clients] : overview.played)
        news += fmt::format(" {}:{}", source.value, clients);
    for (const auto& finding : control::judge(device.roster, picture.now, device.slot).findings)
        news += '\n' + finding.text;
    return news + fmt::format("\n{:x}", control::focus_of(device.roster, picture.now).holder.value);
}

std::optional<Feed::Place> place_in(const Parameters& parameters) {
    const auto run = parameters.find("run");
    const auto seq = parameters.find("seq");
    if (run == parameters.end() || seq == parameters.end()) return std::nullopt;
    Feed::Place place{run->second, 0};
    const auto* end = seq->second.data() + seq->second.size();
    const auto [read, error] = std::from_chars(seq->second.data(), end, place.seq);
    if (error != std::errc{} || read != end) return std::nullopt;
    return place;
}

}  // namespace

class StatusHub::Member final : public SocketEnd {
  public:
    Member(StatusHub& hub, DeviceSlot slot, std::optional<Feed::Place> place)
        : hub_(hub), slot_(slot), place_(std::move(place)) {}
    ~Member() override { hub_.members_.erase(this); }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    void on_open(SocketLine& line) override {
        line_ = &line;
        for (auto& text : hub_.channel(slot_).feed.catch_up(place_)) send(std::move(text));
        hub_.members_.insert(this);
    }
    void on_room() override {
        if (missed_ == 0 || line_->queued() > 0) return;
        const auto missed = std::exchange(missed_, 0);
        send(hub_.channel(slot_).feed.snapshot(missed));
    }
    void tell(DeviceSlot slot, const SocketText& text) {
        if (slot == slot_) send(text);
    }

  private:
    /// Once it missed one, the next deltas are of no use to it.
    void send(SocketText text) {
        if (missed_ == 0 && line_->send(std::move(text))) return;
        ++missed_;
        ++hub_.dropped_;
    }

    StatusHub& hub_;
    DeviceSlot slot_;
    std::optional<Feed::Place> place_;
    SocketLine* line_ = nullptr;
    std::uint64_t missed_ = 0;
};

StatusHub::StatusHub(PictureRoute::Latest latest, Parts parts, std::string run)
    : latest_(std::move(latest)), parts_(std::move(parts)), run_(std::move(run)) {}

StatusHub::~StatusHub() = default;

control::JsonValue StatusHub::state_of(const Picture& picture, const DevicePicture& device) const {
    control::JsonValue state;
    for (const auto& [name, part] : parts_) state[name] = part->document(picture, device);
    return state;
}

StatusHub::Channel& StatusHub::channel(DeviceSlot slot) {
    auto& channel = channels_.try_emplace(slot, run_).first->second;
    if (!channel.feed.has_state()) {
        const auto picture = latest_();
        if (const auto* device = picture->device(slot))
            (void)channel.feed.advance(state_of(*picture, *device));
    }
    return channel;
}

void StatusHub::on_picture(const Picture& picture) {
    for (auto& [slot, channel] : channels_) {
        const auto* device = picture.device(slot);
        if (device == nullptr) continue;
        auto news = news_of(picture, *device);
        if (news == channel.news && picture.now < channel.told + kInterval) continue;
        channel.news = std::move(news);
        channel.told = picture.now;
        const auto text = channel.feed.advance(state_of(picture, *device));
        for (auto* member : members_) member->tell(slot, text);
    }
}

tl::expected<std::unique_ptr<SocketEnd>, Response> StatusHub::join(const Request& request) {
    const auto picture = latest_();
    const auto parameters = parse_query(request.query);
    if (!parameters)
        return tl::unexpected(
            problem_response({ProblemKind::BadParameter, parameters.error().message + "."}));
    auto others = *parameters;
    others.erase("run");
    others.erase("seq");
    const auto slot = device_of(others, *picture);
    if (!slot) return tl::unexpected(problem_response(slot.error()));
    return std::make_unique<Member>(*this, *slot, place_in(*parameters));
}

}  // namespace midinet::admin
