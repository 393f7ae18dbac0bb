#include "io/shared_network.hpp"

#include <utility>

namespace midinet::io {

Result<std::unique_ptr<DatagramSocket>> SharedNetwork::View::open_group(
    Endpoint group, const std::string& interface) {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.network_.open_group(group, interface);
}

Result<std::unique_ptr<DatagramSocket>> SharedNetwork::View::open_unicast(
    const std::string& interface, std::uint16_t port, bool shared) {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.network_.open_unicast(interface, port, shared);
}

std::vector<std::string> SharedNetwork::View::usable_interfaces() {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.network_.usable_interfaces();
}

Result<void> SharedNetwork::View::check_interface(const std::string& interface) {
    const std::lock_guard lock(shared_.mutex_);
    return shared_.network_.check_interface(interface);
}

Network::Tended SharedNetwork::View::tend() {
    constexpr Duration kEvery = 900ms;  // views come once a second, each in its own time
    const std::lock_guard lock(shared_.mutex_);
    Tended tended;
    if (const auto now = shared_.clock_.now(); now >= shared_.next_) {
        shared_.next_ = now + kEvery;
        tended = shared_.network_.tend();
        if (tended.replaced) ++shared_.replaced_;
    }
    tended.replaced = std::exchange(seen_, shared_.replaced_) != shared_.replaced_;
    return tended;
}

}  // namespace midinet::io
