// Pipeline settings, made into tables.
#pragma once

#include "midi/pipeline_settings.hpp"

#include <array>
#include <cstdint>

namespace midinet::path {

/// A note or a controller of a channel. `channel`: 0..15, or kNowhere for what is not let through.
struct Place {
    static constexpr std::uint8_t kNowhere = 0xFF;
    std::uint8_t channel = kNowhere;
    std::uint8_t number = 0;
    constexpr bool exists() const noexcept { return channel != kNowhere; }
    friend constexpr bool operator==(const Place&, const Place&) = default;
};

/// The velocity that each becomes: 0 stays 0, and nothing else becomes 0. Thread: any.
std::array<std::uint8_t, 128> velocity_table(const midi::VelocityCurve& curve);

/// Never changes once it is made. The constructor's thread: any but a hot one. Everything else is
/// RT-safe.
class PipelineMap {
  public:
    /// Precondition: midi::fault_of(settings) finds none.
    explicit PipelineMap(const midi::PipelineSettings& settings = {});

    /// 0: everything stays as it is.
    std::uint32_t fingerprint() const noexcept { return fingerprint_; }
    /// Whether messages with this status byte pass, by channel and type; F0: SysEx.
    bool passes(std::uint8_t status) const noexcept { return passes_[status]; }
    bool passes(midi::MessageType type) const noexcept {
        return (types_ >> static_cast<unsigned>(type) & 1U) != 0;
    }
    std::uint8_t channel(unsigned channel) const noexcept { return channels_[channel]; }
    /// Where a note-on of this note goes.
    Place note(unsigned channel, unsigned note) const noexcept;
    std::uint8_t velocity(unsigned velocity) const noexcept { return velocities_[velocity]; }
    struct Control {
        Place to;
        std::uint8_t value = 0;
    };
    /// Where a controller's value goes. Range: controller 0..119.
    Control control(unsigned channel, unsigned controller, unsigned value) const noexcept;

  private:
    static constexpr std::uint8_t kSame = 0xFF;
    struct Remap {
        Place to;  ///< kNowhere: on the channel's own
        std::array<std::uint8_t, 128> values{};
    };

    std::uint32_t fingerprint_;
    std::uint16_t types_;
    std::int8_t transpose_;
    std::array<bool, 256> passes_{};
    std::array<std::uint8_t, 16> channels_{};
    std::array<std::uint8_t, 128> velocities_{};
    std::array<std::array<std::uint8_t, 128>, 16> remap_of_{};  ///< index, or kSame
    std::array<Remap, midi::kMostRemaps> remaps_{};
};

}  // namespace midinet::path
