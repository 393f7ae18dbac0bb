#include "admin/routes/picture_route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace midinet::admin {
namespace {

std::optional<std::uint8_t> number_in(const std::string& text) {
    std::uint8_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || read != end || value < 1 || value > wire::kMaxDevices)
        return std::nullopt;
    return value;
}

tl::unexpected<Problem> wrong(std::string detail) {
    return tl::unexpected(Problem{ProblemKind::BadParameter, std::move(detail)});
}

}  // namespace

tl::expected<DeviceSlot, Problem> device_of(const Request& request, const Picture& picture) {
    const auto parameters = parse_query(request.query);
    if (!parameters) return wrong(parameters.error().message + ".");
    return device_of(*parameters, picture);
}

tl::expected<DeviceSlot, Problem> device_of(const Parameters& parameters, const Picture& picture) {
    DeviceSlot slot{1};
    for (const auto& [name, value] : parameters) {
        if (name != "device")
            return wrong(fmt::format("{} is not known here; the only parameter is device.", name));
        const auto number = number_in(value);
        if (!number)
            return wrong(fmt::format("device is \"{}\"; expected 1 to {}.", value,
                                     unsigned{wire::kMaxDevices}));
        slot.value = *number;
    }
    if (picture.device(slot) == nullptr)
        return tl::unexpected(Problem{
            ProblemKind::NotFound,
            fmt::format("No host has a device {}; there {} {}.", unsigned{slot.value},
                        picture.devices.size() == 1 ? "is" : "are", picture.devices.size())});
    return slot;
}

control::JsonValue PictureRoute::document(const Picture& picture,
                                          const DevicePicture& device) const {
    control::JsonValue json{{"as_of", time_text(picture.unix_ms)}};
    if (is_of_device()) json["device"] = device.slot.value;
    render(json, picture, device);
    return json;
}

void PictureRoute::answer(const Request& request, const Respond& respond) {
    const auto picture = latest_();
    if (!is_of_device() && !request.query.empty())
        return respond(problem_response(
            {ProblemKind::BadParameter, fmt::format("{} has no parameters.", path())}));
    const auto slot = device_of(request, *picture);
    if (!slot) return respond(problem_response(slot.error()));
    auto& rendered = rendered_[*slot];
    if (rendered.picture != picture->number) {
        rendered = {picture->number,
                    control::dump(document(*picture, *picture->device(*slot))) + '\n'};
    }
    auto response = live_json_response(rendered.body);
    respond(std::move(response));
}

}  // namespace midinet::admin
