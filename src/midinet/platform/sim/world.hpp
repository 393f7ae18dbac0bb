// A whole show in one process: virtual time, a seeded network, nodes that run real engines.
#pragma once

#include "base/random.hpp"
#include "io/clock.hpp"
#include "io/datagram_socket.hpp"
#include "io/waiter.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace midinet::platform::sim {

/// What a network does to each copy of a datagram on its way to one receiver.
struct Weather {
    double loss = 0;  ///< probability. Range: 0..1
    double duplicate = 0;
    double reorder = 0;      ///< probability of an extra delay of up to `reorder_by`
    Duration delay = 50us;   ///< one way
    Duration jitter = 20us;  ///< uniform, on top
    Duration reorder_by = 2ms;
};

class World;
class Socket;

/// One machine: its waiter, its sockets, its program. Stopping its program drops its sockets.
class Node final : public io::Waiter, public io::Network, public io::Clock {
  public:
    Node(World& world, std::uint32_t address) : world_(world), address_(address) {}

    // io::Waiter: never blocks; the world calls the program's turn when there is something to wait
    // for.
    Result<void> watch(io::Handle handle, io::Token token, bool read, bool write) override;
    void set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept override;
    void unwatch(io::Handle handle) noexcept override;
    std::size_t wait(TimePoint deadline, std::span<io::Ready> ready) noexcept override;
    void wake() noexcept override;
    // io::Network. An interface is the name of one of the world's networks: "net0", "net1"…
    Result<std::unique_ptr<io::DatagramSocket>> open_group(io::Endpoint group,
                                                           const std::string& interface) override;
    Result<std::unique_ptr<io::DatagramSocket>> open_unicast(const std::string& interface,
                                                             std::uint16_t port,
                                                             bool shared) override;
    std::vector<std::string> usable_interfaces() override;
    Result<void> check_interface(const std::string&) override { return {}; }
    Tended tend() override { return {}; }
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

/// Owns time and the networks. Deterministic: the same seed and the same calls give the same run.
/// Thread: one.
class World {
  public:
    /// Longest datagram the networks carry; what is longer is cut.
    static constexpr std::size_t kMaxPacket = 1500;

    explicit World(std::uint64_t seed, std::size_t networks = 1);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Node& add_node();
    Weather& weather(std::size_t network) { return networks_[network].weather; }
    void set_link(std::size_t network, bool up) { networks_[network].up = up; }
    /// From now on a datagram is carried only where `carries` says so, by the addresses of the
    /// nodes: pulled cables, a network that fell apart. Empty: everywhere.
    void set_paths(std::function<bool(std::uint32_t from, std::uint32_t to)> carries) {
        carries_ = std::move(carries);
    }
    /// Calls `action` at `when`, in between turns.
    void at(TimePoint when, std::function<void()> action);
    /// Lets time pass.
    void run_until(TimePoint end);
    /// Puts a datagram into every socket there is, whatever the weather: garbage, or an old one
    /// again.
    void inject_everywhere(io::Endpoint from, ByteView bytes);
    /// Calls `tap` with every datagram sent, before the weather and the paths.
    void tap(std::function<void(ByteView)> tap) { tap_ = std::move(tap); }
    TimePoint now() const noexcept { return now_; }
    Random& random() noexcept { return random_; }
    std::uint64_t datagrams() const noexcept { return datagrams_; }
    std::uint64_t dropped() const noexcept { return dropped_; }
    /// Whether a program's own code runs now. False within the world's and the test's code that it
    /// calls: so a test can tell what a program allocates.
    const bool& in_program() const noexcept { return in_program_; }

  private:
    friend class Node;
    friend class Socket;
    friend class Aside;
    struct Packet {
        unsigned references = 0;
        std::size_t size = 0;
        std::array<std::byte, kMaxPacket> bytes{};
        ByteView view() const noexcept { return ByteView{bytes}.first(size); }
    };
    struct Network {
        Weather weather;
        bool up = true;
        std::vector<Socket*> sockets;
    };
    struct Delivery {
        TimePoint at;
        std::uint64_t order;
        std::size_t index;  ///< of the socket, which may be gone by then, or of the action
        Packet* packet;     ///< nullptr: an action
        io::Endpoint from;
        bool operator>(const Delivery& other) const noexcept {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    void send(Socket& from, io::Endpoint to, ByteView bytes);
    void send_copy(const Network& network, Socket& to, io::Endpoint from, Packet& packet);
    void deliver(const Delivery& delivery);
    Packet& packet_of(ByteView bytes);
    void release(Packet& packet);
    std::size_t network_index(const std::string& interface) const;

    TimePoint now_{Duration{1'000'000'000}};
    Random random_;
    std::vector<Network> networks_;
    std::vector<Socket*> sockets_;  ///< by id; nullptr: gone
    std::vector<std::unique_ptr<Node>> nodes_;
    std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> deliveries_;
    std::vector<std::function<void()>> actions_;
    std::deque<Packet> packets_;
    std::vector<Packet*> free_packets_;
    std::function<void(ByteView)> tap_;
    std::function<bool(std::uint32_t, std::uint32_t)> carries_;
    std::uint64_t order_ = 0;
    std::uint64_t datagrams_ = 0;
    std::uint64_t dropped_ = 0;
    bool in_program_ = false;
};

/// While it lives, what runs is the world's or the test's, not the program's.
class Aside {
  public:
    explicit Aside(World& world) noexcept : world_(world), before_(world.in_program_) {
        world_.in_program_ = false;
    }
    ~Aside() { world_.in_program_ = before_; }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

  private:
    World& world_;
    bool before_;
};

}  // namespace midinet::platform::sim
