// What makes two events of different numberings the same event.
#pragma once

#include "base/random.hpp"
#include "wire/event.hpp"

namespace midinet::path {

/// Port, kind and content of an event, without its number and time. Messages of up to eight bytes
/// are held whole; of longer ones the length and 64 bits of hash, of a long SysEx the length and
/// the CRC it carries. Equal events have equal likenesses; unequal ones of more than eight bytes
/// too with probability 2^-64 (long SysEx 2^-32). Value type, RT-safe.
class Likeness {
  public:
    constexpr Likeness() noexcept = default;
    explicit constexpr Likeness(const wire::Event& event) noexcept {
        const bool message = event.kind == wire::EventKind::Message;
        const std::uint64_t length = message ? event.message.size() : event.extent.bytes;
        head_ = kPresent | std::uint64_t{event.port.value} << 40U |
                std::uint64_t{static_cast<std::uint8_t>(event.kind)} << 32U | length;
        body_ = message ? body_of(event.message) : event.extent.crc;
    }

    friend constexpr bool operator==(const Likeness&, const Likeness&) noexcept = default;

  private:
    static constexpr std::uint64_t kPresent = 1ULL << 63U;

    static constexpr std::uint64_t body_of(const midi::Message& message) noexcept {
        std::uint64_t word = 0;
        std::uint64_t hash = 0;
        unsigned filled = 0;
        for (const std::uint64_t byte : message.bytes()) {
            if (filled == 8) {
                hash = Random::mix(hash ^ word) + 1;
                word = filled = 0;
            }
            word |= byte << (8U * filled++);
        }
        return message.size() <= 8 ? word : Random::mix(hash ^ word);
    }

    std::uint64_t head_ = 0;
    std::uint64_t body_ = 0;
};

}  // namespace midinet::path
