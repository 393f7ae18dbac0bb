#include "admin/ws/status_hub.hpp"

#include "admin/http/target.hpp"
#include "control/report/focus.hpp"
#include "control/report/overview.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace midinet::admin {
namespace {

/// What people want to know at once. Two states with the same news differ in ages and counters.
std::string news_of(const Picture& picture, const DevicePicture& device) {
    const auto overview = control::overview_of(device.roster, picture.now);
    std::string news = fmt::format("{} {} {} {}", overview.hosts, overview.clients, overview.term,
                                   overview.armed ? int{*overview.armed} : -1);
    for (const auto& [source, clients] : overview.played)
        news += fmt::format(" {}:{}", source.value, clients);
    for (const auto& finding : control::judge(picture.view(device)).findings)
        news += '\n' + finding.text;
    return news + fmt::format("\n{:x}", control::focus_of(device.roster, picture.now).holder.value);
}

}  // namespace

StatusHub::StatusHub(PictureRoute::Latest latest, Parts parts, std::string run)
    : latest_(std::move(latest)), parts_(std::move(parts)), run_(std::move(run)) {}

std::size_t StatusHub::members() const noexcept {
    std::size_t all = 0;
    for (const auto& [slot, channel] : channels_) all += channel.audience.members();
    return all;
}

std::uint64_t StatusHub::dropped() const noexcept {
    std::uint64_t all = 0;
    for (const auto& [slot, channel] : channels_) all += channel.audience.dropped();
    return all;
}

control::JsonValue StatusHub::state_of(const Picture& picture, const DevicePicture& device) const {
    control::JsonValue state;
    for (const auto& [name, part] : parts_) state[name] = part->document(picture, device);
    return state;
}

StatusHub::Channel& StatusHub::channel(DeviceSlot slot) {
    auto& channel = channels_.try_emplace(slot, run_).first->second;
    if (!channel.audience.has_state()) {
        const auto picture = latest_();
        if (const auto* device = picture->device(slot))
            channel.audience.advance(state_of(*picture, *device));
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
        channel.audience.advance(state_of(picture, *device));
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
    return channel(*slot).audience.join(place_in(*parameters));
}

}  // namespace midinet::admin
