// Who supervises a program on Linux: systemd, or another one that speaks as it does.
#include "platform/linux/supervisor.hpp"
#include "startup.hpp"

namespace midinet::apps {

Result<std::unique_ptr<control::Pulse>> make_pulse() {
    auto found = platform::Supervisor::from_environment();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return std::make_unique<control::Pulse>(control::Pulse::Tell{}, Duration{});
    // Told four times as often as it must be: one that is lost restarts nothing.
    constexpr int kMargin = 4;
    const auto interval = (*found)->patience().value_or(kMargin * 1s) / kMargin;
    auto supervisor = std::make_shared<const platform::Supervisor>(std::move(**found));
    return std::make_unique<control::Pulse>(
        [supervisor](std::string_view state) { supervisor->tell(state); }, interval);
}

}  // namespace midinet::apps
