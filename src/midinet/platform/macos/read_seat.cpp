#include "platform/macos/read_seat.hpp"

#include "platform/macos/coremidi_feedback.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <thread>

namespace midinet::platform {
namespace {

/// More than eight devices with sixteen ports can have at once.
constexpr std::size_t kSeats = 256;

struct Seat {
    std::atomic<bool> is_taken{false};
    /// Which of those who sat here is meant; odd while somebody does.
    std::atomic<std::uintptr_t> turn{0};
    std::atomic<int> inside{0};  ///< calls that look at this seat now
    // Written while nobody sits here.
    CoreMidiFeedback* feedback = nullptr;
    PortIndex port;
};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): it has to outlive every call
constinit std::array<Seat, kSeats> seats;

Seat& seat_of(std::uintptr_t token) noexcept { return seats[token % kSeats]; }
std::uintptr_t turn_of(std::uintptr_t token) noexcept { return token / kSeats; }

void deliver(const Seat& seat, const MIDIPacketList& list) noexcept {
    const MIDIPacket* packet = &list.packet[0];
    for (UInt32 i = 0; i < list.numPackets; ++i) {
        seat.feedback->push(seat.port, {&packet->data[0], packet->length});
        packet = MIDIPacketNext(packet);
    }
    seat.feedback->wake();
}

}  // namespace

std::optional<ReadSeat> ReadSeat::take(CoreMidiFeedback& feedback, PortIndex port) {
    for (std::size_t at = 0; at < kSeats; ++at) {
        Seat& seat = seats[at];
        if (seat.is_taken.exchange(true)) continue;
        seat.feedback = &feedback;
        seat.port = port;
        const auto turn = seat.turn.load() + 1;
        seat.turn.store(turn);
        return ReadSeat(turn * kSeats + at);
    }
    return std::nullopt;
}

ReadSeat::~ReadSeat() {
    if (token_ == 0) return;
    Seat& seat = seat_of(token_);
    seat.turn.store(turn_of(token_) + 1);
    // Sequentially consistent on both sides: whoever is not seen here sees the other turn there.
    while (seat.inside.load() != 0) std::this_thread::yield();
    seat.is_taken.store(false);
}

void* ReadSeat::token() const noexcept { return std::bit_cast<void*>(token_); }

void ReadSeat::on_packets(const MIDIPacketList* list, void* token, void* /*source*/) noexcept {
    const auto number = std::bit_cast<std::uintptr_t>(token);
    Seat& seat = seat_of(number);
    seat.inside.fetch_add(1);
    if (seat.turn.load() == turn_of(number)) deliver(seat, *list);
    seat.inside.fetch_sub(1);
}

}  // namespace midinet::platform
