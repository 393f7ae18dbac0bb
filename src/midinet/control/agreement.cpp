#include "control/agreement.hpp"

namespace midinet::control {
namespace {

/// 32-bit FNV-1a over numbers, their high bytes first.
class Hash {
  public:
    template <typename T>
    void add(T number) noexcept {
        for (std::size_t left = sizeof(T); left > 0; --left)
            value_ = (value_ ^ static_cast<std::uint8_t>(number >> 8 * (left - 1))) * kPrime;
    }
    std::uint32_t value() const noexcept { return value_; }

  private:
    static constexpr std::uint32_t kPrime = 16'777'619;
    std::uint32_t value_ = 2'166'136'261;
};

}  // namespace

std::uint32_t agreement_of(const HostConfig& config) noexcept {
    const auto& n = config.network;
    const auto& f = config.failover;
    Hash hash;
    hash.add(n.control_group);
    for (const auto port : {n.data_port, n.heartbeat_port, n.control_port, n.focus_port})
        hash.add(port);
    hash.add(static_cast<std::uint32_t>(to_us(config.heartbeat.interval)));
    hash.add(static_cast<std::uint8_t>(config.heartbeat.miss_threshold));
    hash.add(static_cast<std::uint8_t>(f.switch_back_policy));
    hash.add(static_cast<std::uint8_t>(f.values));
    hash.add(static_cast<std::uint16_t>(f.lockout / 1s));
    hash.add(static_cast<std::uint8_t>(f.confirmation_mode));
    return hash.value() == 0 ? 1 : hash.value();
}

}  // namespace midinet::control
