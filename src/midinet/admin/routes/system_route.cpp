#include "admin/routes/show_routes.hpp"
#include "control/report/system_json.hpp"

namespace midinet::admin {
namespace {

class SystemMetricsRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/metrics/system"; }

  private:
    bool is_of_device() const noexcept override { return false; }
    void render(control::JsonValue& json, const Picture& picture,
                const DevicePicture&) const override {
        json.update(control::system_json(picture.system));
        json["machines"] = control::machines_json(picture.machines, picture.now);
    }
};

}  // namespace

std::unique_ptr<PictureRoute> make_system_metrics_route(PictureRoute::Latest latest) {
    return std::make_unique<SystemMetricsRoute>(std::move(latest));
}

}  // namespace midinet::admin
