// The host's control loop: its input, or its pair of them.
#include "engine/host_daemon.hpp"

#include <fmt/core.h>

namespace midinet::engine {

Result<std::unique_ptr<io::MidiSourceOpener>> HostDaemon::make_source_opener(
    const control::HostConfig& config) {
    auto first = s_.make_opener(config);
    const auto other = control::standby_input(config);
    if (!first || !other) return first;
    auto standby = s_.make_opener(*other);
    if (!standby) return standby;
    return std::make_unique<InputPair>(InputPair::Openers{std::move(*first), std::move(*standby)},
                                       config.midi.pair.returns, seat_, s_.logger);
}

Result<std::unique_ptr<io::VirtualPortOpener>> HostDaemon::make_surface_opener() {
    if (!s_.make_surface_opener) return nullptr;
    auto first = s_.make_surface_opener(config_);
    const auto other = control::standby_input(config_);
    if (!first || !other) return first;
    auto standby = s_.make_surface_opener(*other);
    if (!standby) return standby;
    if (*first == nullptr && *standby == nullptr) return nullptr;
    return std::make_unique<PairedSurface>(
        PairedSurface::Openers{std::move(*first), std::move(*standby)}, seat_);
}

/// What came of it, for whoever asked.
Result<std::string> HostDaemon::select_input(std::size_t input) {
    if (pair() == nullptr) return fail("this host has one input: midi.pair.standby is not set");
    const auto now = s_.clock.now();
    if (auto selected = pair()->select(input, now); !selected)
        return tl::unexpected(selected.error());
    retry_source(now);
    return fmt::format("input {} is read", input + 1);
}

control::plane::InputState HostDaemon::inputs() const {
    if (pair() == nullptr) return {};
    return {.active = static_cast<std::uint8_t>(seat_.active + 1),
            .standby_present = pair()->standby_is_there()};
}

}  // namespace midinet::engine
