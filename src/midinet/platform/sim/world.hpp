// A whole show in one process: virtual time, a seeded network, nodes that run real engines.
#pragma once

#include "base/random.hpp"
#include "io/clock.hpp"
#include "io/datagram_socket.hpp"
#include "io/waiter.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace midinet::platform::sim {

/// What a network does to each copy of a datagram on its way to one receiver.
struct Weather {
    double loss = 0;        ///< probability. Range: 0..1
    double duplicate = 0;
    double reorder = 0;     ///< probability of an extra delay of up to `reorder_by`
    Duration delay = 50us;  ///< one way
    Duration jitter = 20us; ///< uniform, on top
    Duration reorder_by = 2ms;
};

class World;
class Socket;

/// One machine: its waiter, its sockets, its program. Stopping its program drops its sockets.
class Node final : public io::Waiter, public io::Network, public io::Clock {
  public:
    Node(World& world, std::uint32_t address) : world_(world), address_(address) {}

    // io::Waiter: never blocks; the world calls the program's turn when there is something to wait for.
    Result<void> watch(io::Handle handle, io::Token token, bool read, bool write) override;
    void set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept override;
    void unwatch(io::Handle handle) noexcept override;
    std::size_t wait(TimePoint deadline, std::span<io::Ready> ready) noexcept override;
    void wake() noexcept override;
    // io::Network. An interface is the name of one of the world's networks: "net0", "net1"…
    Result<std::unique_ptr<io::DatagramSocket>> open_group(io::Endpoint group, const std::string& interface) override;
    Result<std::unique_ptr<io::DatagramSocket>> open_unicast(const std::string& interface, std::uint16_t port,
                                                             bool shared) override;
    std::vector<std::string> usable_interfaces() override;
    // io::Clock
    TimePoint now() const noexcept override;

    /// `turn` gives false when the program has ended. It is first called now.
    void run(std::function<bool()> turn);
    /// Kills the program: no more turns. Its sockets go with the objects that own them.
    void kill() noexcept { turn_ = nullptr; }
    bool running() const noexcept { return turn_ != nullptr; }
    /// No turn until then: a stopped or starved process. What arrives waits in its sockets.
    void stall_until(TimePoint until) noexcept { stalled_until_ = until; }
    /// Something became readable under `handle` (ports call this).
    void signal(io::Handle handle, bool readable) noexcept;
    io::Handle new_handle();
    std::uint32_t address() const noexcept { return address_; }
    World& world() noexcept { return world_; }

  private:
    friend class World;
    struct Watched {
        io::Token token = 0;
        bool watched = false;
        bool read = false;
        bool readable = false;
    };
    bool has_input() const noexcept;
    TimePoint next_run() const noexcept;

    World& world_;
    std::uint32_t address_;
    std::vector<Watched> handles_;
    std::function<bool()> turn_;
    TimePoint deadline_ = kNever;
    TimePoint input_at_ = kNever;
    TimePoint stalled_until_{};
    std::uint16_t next_port_ = 40000;
};

/// Owns time and the networks. Deterministic: the same seed and the same calls give the same run. Thread: one.
class World {
  public:
    explicit World(std::uint64_t seed, std::size_t networks = 1);
    ~World();

    Node& add_node();
    Weather& weather(std::size_t network) { return networks_[network].weather; }
    void set_link(std::size_t network, bool up) { networks_[network].up = up; }
    /// Calls `action` at `when`, in between turns.
    void at(TimePoint when, std::function<void()> action);
    /// Lets time pass.
    void run_until(TimePoint end);
    TimePoint now() const noexcept { return now_; }
    Random& random() noexcept { return random_; }
    std::uint64_t datagrams() const noexcept { return datagrams_; }
    std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    friend class Node;
    friend class Socket;
    struct Network {
        Weather weather;
        bool up = true;
        std::vector<Socket*> sockets;
    };
    struct Delivery {
        TimePoint at;
        std::uint64_t order;
        std::uint64_t socket;  ///< its id: the socket may be gone by then
        io::Endpoint from;
        std::vector<std::byte> bytes;
        std::function<void()> action;
        bool operator>(const Delivery& other) const noexcept {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    void send(Socket& from, io::Endpoint to, ByteView bytes);
    void send_copy(const Network& network, Socket& to, io::Endpoint from, ByteView bytes);
    void deliver(Delivery& delivery);
    std::size_t network_index(const std::string& interface) const;

    TimePoint now_{Duration{1'000'000'000}};
    Random random_;
    std::vector<Network> networks_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> deliveries_;
    std::uint64_t order_ = 0;
    std::uint64_t next_socket_ = 1;
    std::uint64_t datagrams_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace midinet::platform::sim
