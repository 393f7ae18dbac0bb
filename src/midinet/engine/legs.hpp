// What each path of the network delivered.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "wire/header.hpp"

namespace midinet::engine {

/// One leg: a sender heard on one of our interfaces (or by unicast, all interfaces together).
struct Leg {
    SenderId sender;
    std::uint8_t interface = 0;
    bool unicast = false;
    Epoch boot{};              ///< the sender's run that is counted
    std::uint32_t newest = 0;  ///< highest packet number of that run
    std::uint64_t datagrams = 0;
    std::uint64_t missing = 0;    ///< numbers jumped over, less those that came late
    std::uint64_t reordered = 0;  ///< numbers that came after a higher one
    TimePoint last{};
};

/// The legs heard. Bounded; the first ones keep their places. RT-safe.
class Legs {
  public:
    static constexpr std::size_t kMax = 8;

    void count(const wire::Header& header, std::uint8_t interface, bool unicast,
               TimePoint now) noexcept {
        Leg* leg = find(header.sender, interface, unicast);
        if (leg == nullptr) return;
        ++leg->datagrams;
        leg->last = now;
        if (header.packet_number == wire::kUncounted) return;
        const auto ahead = static_cast<std::int32_t>(header.packet_number - leg->newest);
        if (leg->newest == 0 || header.boot != leg->boot || ahead > kRestart || ahead < -kRestart) {
            leg->boot = header.boot;
            leg->newest = header.packet_number;
        } else if (ahead > 0) {
            leg->missing += static_cast<std::uint64_t>(ahead) - 1;
            leg->newest = header.packet_number;
        } else if (ahead < 0) {
            ++leg->reordered;
            if (leg->missing > 0) --leg->missing;
        }
    }
    const Leg* begin() const noexcept { return legs_.begin(); }
    const Leg* end() const noexcept { return legs_.end(); }

  private:
    static constexpr std::int32_t kRestart =
        100'000;  ///< a jump this wide is another run, too: clients do not count theirs

    Leg* find(SenderId sender, std::uint8_t interface, bool unicast) noexcept {
        for (auto& leg : legs_)
            if (leg.sender == sender && leg.unicast == unicast &&
                (unicast || leg.interface == interface))
                return &leg;
        if (!legs_.push_back({.sender = sender, .interface = interface, .unicast = unicast}))
            return nullptr;
        return &legs_.back();
    }
    FixedVector<Leg, kMax> legs_;
};

}  // namespace midinet::engine
