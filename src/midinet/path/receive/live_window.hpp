// The merge: every number once, wherever it came from.
#pragma once

#include "base/lazy_array.hpp"
#include "base/time.hpp"
#include "wire/event.hpp"

namespace midinet::path {

/// A ring of the events around the next one to deliver: those that wait behind a gap, and the
/// delivered ones that a journal may need replayed. Memory is bounded by kDepth whatever arrives.
/// RT-safe after construction.
class LiveWindow {
  public:
    static constexpr std::uint32_t kDepth = 8192;
    enum class State : std::uint8_t { Waiting, Early, Delivered };
    struct Slot {
        wire::Event event;
        TimePoint arrived;
        State state = State::Waiting;
    };

    LiveWindow() : slots_(kDepth), lives_(kDepth) {}

    /// Forgets everything.
    void reset() noexcept {
        if (++life_ != 0) return;
        for (std::uint32_t i = 0; i < kDepth; ++i) lives_[i] = 0;
        life_ = 1;
    }
    /// The slot that holds `sequence`, or nothing.
    Slot* find(Sequence sequence) noexcept {
        const auto place = sequence.value % kDepth;
        const bool held = lives_[place] == life_ && slots_[place].event.sequence == sequence;
        return held ? &slots_[place] : nullptr;
    }
    /// Puts `event` into its slot, over what an older number left there. Precondition: not held
    /// yet, and within kDepth of the next one.
    Slot& put(const wire::Event& event, TimePoint now) noexcept {
        const auto place = event.sequence.value % kDepth;
        lives_[place] = life_;
        slots_[place] = {.event = event, .arrived = now};
        return slots_[place];
    }

  private:
    UnsetArray<Slot> slots_;
    LazyArray<std::uint32_t> lives_;  ///< between which two resets the slot was written
    std::uint32_t life_ = 1;
};

}  // namespace midinet::path
