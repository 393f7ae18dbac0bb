// The state of all ports of one stream.
#pragma once

#include "midi/state.hpp"

#include <array>
#include <memory>

namespace midinet::midi {

/// A PortState for every port. A port's memory is touched when the port is first used. All members
/// are RT-safe but the constructor.
class StreamState {
  public:
    explicit StreamState(Notes notes = Notes::Sound)
        : notes_(notes),
          storage_(static_cast<std::byte*>(::operator new(sizeof(PortState) * kMaxPorts))) {}
    StreamState(const StreamState&) = delete;
    StreamState& operator=(const StreamState&) = delete;

    /// Ports from 0 up to `count()` exist.
    std::uint8_t count() const noexcept { return count_; }
    /// Precondition: port.value < kMaxPorts.
    PortState& at(PortIndex port) noexcept {
        while (count_ <= port.value) {
            new (slot(count_)) PortState(PortIndex{count_}, notes_);
            ++count_;
        }
        return *slot(port.value);
    }
    /// Nothing when the port was never used: a state in which nothing is known.
    const PortState* find(PortIndex port) const noexcept {
        return port.value < count_ ? slot(port.value) : nullptr;
    }

    void apply(PortIndex port, const Message& message, std::uint64_t now_us) noexcept {
        at(port).apply(message, now_us);
    }
    std::uint64_t digest() const noexcept {
        std::uint64_t sum = 0;
        for (std::uint8_t p = 0; p < count_; ++p) sum += slot(p)->digest();
        return sum;
    }
    unsigned sounding_total() const noexcept {
        unsigned sum = 0;
        for (std::uint8_t p = 0; p < count_; ++p) sum += slot(p)->sounding_total();
        return sum;
    }
    void for_each(std::uint64_t now_us, RecordSink& sink) const noexcept {
        for (std::uint8_t p = 0; p < count_; ++p) slot(p)->for_each(now_us, sink);
    }
    void clear() noexcept {
        for (std::uint8_t p = 0; p < count_; ++p) slot(p)->clear();
    }
    void copy_from(const StreamState& other) noexcept {
        clear();
        for (std::uint8_t p = 0; p < other.count_; ++p) at(PortIndex{p}) = *other.slot(p);
    }

  private:
    struct Free {
        void operator()(std::byte* p) const noexcept { ::operator delete(p); }
    };
    PortState* slot(std::size_t i) const noexcept {
        return std::launder(
            static_cast<PortState*>(static_cast<void*>(storage_.get() + i * sizeof(PortState))));
    }

    static_assert(std::is_trivially_destructible_v<PortState>);
    Notes notes_;
    std::unique_ptr<std::byte, Free> storage_;
    std::uint8_t count_ = 0;
};

}  // namespace midinet::midi
