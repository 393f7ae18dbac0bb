#include "io/lossy_network.hpp"

namespace midinet::io {

class LossyNetwork::Socket final : public DatagramSocket {
  public:
    Socket(std::unique_ptr<DatagramSocket> socket, LossyNetwork& network, std::uint64_t seed)
        : socket_(std::move(socket)), network_(network), random_(seed) {}
    Handle handle() const noexcept override { return socket_->handle(); }
    Endpoint local() const noexcept override { return socket_->local(); }
    bool send(Endpoint to, ByteView bytes) noexcept override { return socket_->send(to, bytes); }
    std::optional<Received> receive(std::span<std::byte> buffer) noexcept override {
        while (auto received = socket_->receive(buffer)) {
            if (!random_.chance(network_.loss_)) return received;
            network_.dropped_.fetch_add(1, std::memory_order_relaxed);
        }
        return std::nullopt;
    }

  private:
    std::unique_ptr<DatagramSocket> socket_;
    LossyNetwork& network_;
    Random random_;
};

Result<std::unique_ptr<DatagramSocket>> LossyNetwork::wrap(
    Result<std::unique_ptr<DatagramSocket>> opened) {
    if (!opened) return opened;
    return std::make_unique<Socket>(std::move(*opened), *this, seed_++);
}

Result<std::unique_ptr<DatagramSocket>> LossyNetwork::open_group(Endpoint group,
                                                                 const std::string& interface) {
    return wrap(network_.open_group(group, interface));
}

Result<std::unique_ptr<DatagramSocket>> LossyNetwork::open_unicast(const std::string& interface,
                                                                   std::uint16_t port,
                                                                   bool shared) {
    return wrap(network_.open_unicast(interface, port, shared));
}

}  // namespace midinet::io
