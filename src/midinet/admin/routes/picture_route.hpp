// A resource that tells of the show.
#pragma once

#include "admin/http/problem.hpp"
#include "admin/http/router.hpp"
#include "admin/http/target.hpp"
#include "admin/show/picture.hpp"
#include "control/report/show_json.hpp"
#include "control/report/wall_time.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::admin {

using control::parse_time;
using control::time_text;

/// GET, with the parameter "device" (1 to 8; absent: 1) where it tells of one device. Each picture
/// is rendered once, however often it is asked for.
class PictureRoute : public Route {
  public:
    using Latest = std::function<PicturePtr()>;
    explicit PictureRoute(Latest latest) : latest_(std::move(latest)) {}
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request& request, const Respond& respond) override;
    /// What it says of a device.
    control::JsonValue document(const Picture& picture, const DevicePicture& device) const;

  protected:
    /// Whether what it says differs from device to device.
    virtual bool is_of_device() const noexcept { return true; }
    /// Adds to an object that has "as_of", and "device" where it tells of one.
    virtual void render(control::JsonValue& json, const Picture& picture,
                        const DevicePicture& device) const = 0;
    PicturePtr latest() const { return latest_(); }

  private:
    struct Rendered {
        std::uint64_t picture = 0;
        std::string body;
    };
    Latest latest_;
    std::map<DeviceSlot, Rendered> rendered_;
};

/// The device that a request is about. Errors: the problem to answer with: no such parameter, or no
/// host has it.
tl::expected<DeviceSlot, Problem> device_of(const Request& request, const Picture& picture);
tl::expected<DeviceSlot, Problem> device_of(const Parameters& parameters, const Picture& picture);

}  // namespace midinet::admin
