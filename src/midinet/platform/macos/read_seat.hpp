// Who is told what comes into a virtual destination.
#pragma once

#include "base/types.hpp"

#include <CoreMIDI/CoreMIDI.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace midinet::platform {

class CoreMidiFeedback;

/// CoreMIDI promises nothing about calls of its thread that come while, or after, a destination is
/// disposed. So what it is given to hand back is no pointer but a number of a seat, in a table that
/// is never freed: who is late finds the seat empty. Once the destructor is through, nobody is in
/// push() any more. Move-only.
class ReadSeat {
  public:
    /// Nothing when all seats are taken. Thread: any. Lifetime: `feedback`'s.
    static std::optional<ReadSeat> take(CoreMidiFeedback& feedback, PortIndex port);
    ReadSeat(ReadSeat&& other) noexcept : token_(std::exchange(other.token_, 0)) {}
    ReadSeat& operator=(ReadSeat&&) = delete;
    ~ReadSeat();

    /// What on_packets() is to be told as its second argument.
    void* token() const noexcept;
    /// A MIDIReadProc. Thread: CoreMIDI's. RT-safe.
    static void on_packets(const MIDIPacketList* list, void* token, void* source) noexcept;

  private:
    explicit ReadSeat(std::uintptr_t token) noexcept : token_(token) {}
    std::uintptr_t token_;  ///< 0: none
};

}  // namespace midinet::platform
