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
    enum class State : std::uint8_t { Empty, Waiting, Early, Delivered };
    struct Slot {
        wire::Event event;
        TimePoint arrived;
        State state = State::Empty;
        std::uint32_t life = 0;  ///< between two resets; another one's slots are empty
    };

    LiveWindow() : slots_(kDepth) {}

    /// Forgets everything.
    void reset() noexcept {
        if (++life_ != 0) return;
        for (std::uint32_t i = 0; i < kDepth; ++i) slots_[i] = {};
        life_ = 1;
    }
    /// The slot that holds `sequence`, or nothing.
    Slot* find(Sequence sequence) noexcept {
        Slot& slot = slots_[sequence.value % kDepth];
        const bool held = slot.state != State::Empty && slot.life == life_;
        return held && slot.event.sequence == sequence ? &slot : nullptr;
    }
    /// Puts `event` into its slot, over what an older number left there. Precondition: not held
    /// yet, and within kDepth of the next one.
    Slot& put(const wire::Event& event, TimePoint now) noexcept {
        Slot& slot = slots_[event.sequence.value % kDepth];
        slot = {.event = event, .arrived = now, .state = State::Waiting, .life = life_};
        return slot;
    }

  private:
    LazyArray<Slot> slots_;
    std::uint32_t life_ = 1;
};

}  // namespace midinet::path
