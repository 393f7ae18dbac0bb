// MIDI that a command brings. Normative: docs/wire_format.md §14.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/types.hpp"
#include "midi/message.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace midinet::control::plane {

/// Whole messages in full-status form, one behind the other: each a channel message, or a SysEx of
/// at most midi::Message::kMaxInline bytes. Always well-formed. RT-safe.
class PlayedMidi {
  public:
    static constexpr std::size_t kMaxBytes = 192;

    /// False, and nothing is added: it is no such message, or there is no room.
    bool add(std::span<const std::uint8_t> message) noexcept;
    std::size_t count() const noexcept { return count_; }
    std::span<const std::uint8_t> bytes() const noexcept { return bytes_.view(); }
    /// Nothing when they are not such messages.
    static std::optional<PlayedMidi> of(std::span<const std::uint8_t> bytes) noexcept;

    /// Tells each message, the first first. `take(const midi::Message&)` must not throw.
    template <typename Take>
    void for_each(Take&& take) const noexcept {
        for (auto rest = bytes(); !rest.empty();) {
            const auto size = size_of_first(rest);
            take(midi::Message{rest.first(size)});
            rest = rest.subspan(size);
        }
    }
    friend bool operator==(const PlayedMidi&, const PlayedMidi&) = default;

  private:
    /// 0: there is no whole one.
    static std::size_t size_of_first(std::span<const std::uint8_t> bytes) noexcept;

    FixedVector<std::uint8_t, kMaxBytes> bytes_;
    std::size_t count_ = 0;
};

}  // namespace midinet::control::plane
