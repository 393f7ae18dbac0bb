// Which device of a host has which sound card, so that no two have the same one.
#pragma once

#include "platform/linux/alsa_devices.hpp"

#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace midinet::platform {

/// What one device of the host wants, and what it has.
struct AlsaSeat {
    AlsaWish wish{};
    std::optional<AlsaCard> card{};  ///< the one it has, or had last
    bool has_it = false;             ///< as far as is known: the card may have been pulled out
};

/// Which of `cards` (by its index) each seat is to have, if any. Who has one keeps it. Then in this
/// order: a card goes to whoever had it (equal serial before equal place before equal kind), to
/// whoever names it (address before name before "auto"), and to the first seat. Only those who
/// address a card may share it: its ports may be different devices. Pure.
std::vector<std::optional<std::size_t>> seat_cards(const std::vector<AlsaCard>& cards,
                                                   std::span<const AlsaSeat> seats);

/// All devices of a host. Thread: any but a hot one; asks the kernel under a lock.
class AlsaBook {
  public:
    static constexpr std::size_t kMostDevices = 9;  ///< eight, and a standby

    /// Before any of them looks: which device wants what, so that the same one gets the same card
    /// whoever is first. Precondition: slot 1..kMostDevices, here and below.
    void expect(DeviceSlot slot, const AlsaWish& wish);
    /// A card for a device. `before`: what it had. Errors: what was looked for, and the cards there
    /// are.
    Result<AlsaChoice> choose(DeviceSlot slot, const AlsaWish& wish,
                              const std::optional<AlsaCard>& before);
    /// It was opened.
    void hold(DeviceSlot slot, const AlsaWish& wish, const AlsaCard& card);
    /// The outputs of the card that the device holds. Errors: it is not there, or has none.
    Result<AlsaChoice> outputs_of(DeviceSlot slot, AlsaWish wish);

  private:
    std::mutex mutex_;
    std::array<std::optional<AlsaSeat>, kMostDevices> seats_;
};

/// A device's place in a book. Lifetime: the book outlives it.
struct AlsaPlace {
    AlsaBook* book = nullptr;
    DeviceSlot slot{1};
};

}  // namespace midinet::platform
