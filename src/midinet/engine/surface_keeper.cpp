#include "engine/surface_keeper.hpp"

#include <fmt/core.h>

namespace midinet::engine {

void SurfaceKeeper::on_timer(const io::DeviceInfo* device, TimePoint now) {
    constexpr Duration kRetry = 100ms;
    if (!opener_) return;
    opener_->service();
    if (port_ != nullptr && opener_->replaced()) {
        (void)engine_.command({.what = HostCommand::What::UseSurface});
        port_ = nullptr;
    }
    if (port_ != nullptr || device == nullptr || now < next_try_) return;
    next_try_ = now + kRetry;
    open(*device);
}

void SurfaceKeeper::open(const io::DeviceInfo& device) {
    auto port = opener_->open(device);
    if (!port) {
        if (port.error().message != last_refusal_)
            logger_.warning("no feedback: " + port.error().message);
        last_refusal_ = port.error().message;
        return;
    }
    last_refusal_.clear();
    logger_.info(fmt::format("feedback goes to \"{}\"", (*port)->info().name));
    if (!engine_.command({.what = HostCommand::What::UseSurface, .port = port->get()})) return;
    port_ = port->release();
}

void SurfaceKeeper::on_event(const HostEvent& event) {
    if (event.port == nullptr || event.port != port_) return;
    port_ = nullptr;
    if (event.what == HostEvent::What::SurfaceLost)
        logger_.warning(fmt::format("\"{}\" takes no more feedback; looking for it again",
                                    event.port->info().name));
}

}  // namespace midinet::engine
