// Two machines in the simulated world: a host with a device, a client with a port.
#pragma once

#include "engine/client_engine.hpp"
#include "engine/host_engine.hpp"
#include "platform/sim/ports.hpp"
#include "unit/path/sent.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>

namespace midinet::engine {

using Bytes = std::vector<std::uint8_t>;
using platform::sim::Node;
using platform::sim::World;

constexpr io::Endpoint group_of(std::uint16_t host, std::uint16_t port) {
    return {0xEF455300U + host, port};
}

/// Where feedback goes.
constexpr io::Endpoint kFocusGroup = group_of(100, wire::kFocusPort);

/// An engine's clock. Its first answer in a turn may lie back: as if the thread lost its processor
/// between its waking up and its reading of what came meanwhile. Whenever it is read, another
/// thread may look at what the engine told.
class InterruptedClock final : public io::Clock {
  public:
    explicit InterruptedClock(const World& world) : world_(world) {}
    TimePoint now() const noexcept override {
        if (meanwhile) meanwhile();
        return world_.now() - std::exchange(away_, Duration{});
    }
    void begin_turn() { away_ = interruption; }
    Duration interruption{};
    std::function<void()> meanwhile;

  private:
    const World& world_;
    mutable Duration away_{};
};

/// A host engine, its device, and what it told its control side.
class Host {
  public:
    Host(World& world, std::uint16_t id, unsigned networks = 1)
        : clock(world), world_(world), id_(id), node_(world.add_node()), networks_(networks) {}

    InterruptedClock clock;
    /// What its heartbeats say from its next start on.
    wire::FailoverPolicy failover;
    wire::Role role = wire::Role::Primary;
    std::uint16_t relay_of = 0;
    bool hears_feedback = false;

    void start(std::uint32_t epoch = 1) {
        HostSockets sockets;
        for (unsigned i = 0; i < networks_; ++i)
            sockets.sockets.push_back(
                *node_.open_unicast("net" + std::to_string(i), wire::kDataPort, false));
        sockets.senders = networks_;
        for (unsigned i = 0; i < networks_ && hears_feedback; ++i) {
            sockets.sockets.push_back(*node_.open_group(kFocusGroup, "net" + std::to_string(i)));
            ++sockets.feedback_ears;
        }
        for (unsigned i = 0; i < networks_ && relay_of != 0; ++i)
            for (const auto port : {wire::kDataPort, wire::kHeartbeatPort}) {
                sockets.sockets.push_back(
                    *node_.open_group(group_of(relay_of, port), "net" + std::to_string(i)));
                ++sockets.ears;
            }
        const HostEngineOptions options{.transmit = {.source = {id_},
                                                     .sender = {id_},
                                                     .epoch = {epoch},
                                                     .epoch_start = world_.now(),
                                                     .role = role,
                                                     .failover = failover},
                                        .data_group = group_of(id_, wire::kDataPort),
                                        .heartbeat_group = group_of(id_, wire::kHeartbeatPort),
                                        .relay_of = {relay_of}};
        engine_ = std::make_unique<HostEngine>(options, std::move(sockets), node_, clock);
        ASSERT_TRUE(engine_->start());
        node_.run([this] { return turn(); });
    }
    void plug_in(std::size_t ports = 1) {
        device_ = new platform::sim::Source(node_, ports);
        ASSERT_TRUE(engine_->command({HostCommand::What::UseSource, device_}));
    }
    void play(const Bytes& bytes, std::uint8_t port = 0) { device_->push(bytes, PortIndex{port}); }
    void unplug() { device_->unplug(); }
    void kill() {
        node_.kill();
        engine_.reset();
    }
    void shut_down() { ASSERT_TRUE(engine_->command({HostCommand::What::Shutdown})); }
    io::Endpoint door() const { return {node_.address(), wire::kDataPort}; }
    bool running() const { return node_.running(); }
    std::uint16_t id() const { return id_; }
    platform::sim::Source& device() const { return *device_; }
    HostEngine& engine() { return *engine_; }
    Node& node() { return node_; }
    /// As the control side does.
    void take_news() {
        const platform::sim::Aside aside{world_};
        HostEvent event;
        while (engine_->poll(event)) {
            told.push_back(event.what);
            delete event.source;
            delete event.port;
            delete event.pipeline;
        }
    }

    std::vector<HostEvent::What> told;

  private:
    bool turn() {
        clock.begin_turn();
        const bool goes_on = engine_->turn();
        take_news();
        return goes_on;
    }
    World& world_;
    std::uint16_t id_;
    Node& node_;
    unsigned networks_;
    std::unique_ptr<HostEngine> engine_;
    platform::sim::Source* device_ = nullptr;  ///< the engine's
};

/// A client engine, its port, and what it told its control side.
class Client {
  public:
    Client(World& world, std::vector<std::uint16_t> hosts, unsigned networks = 1)
        : clock(world),
          world_(world),
          hosts_(std::move(hosts)),
          node_(world.add_node()),
          networks_(networks) {}

    InterruptedClock clock;
    ClientEngineOptions options{.client = {(std::uint64_t{1} << 63U) + 1}};
    bool hears_multicast = true;

    void start() {
        std::vector<ClientSocket> sockets;
        for (unsigned i = 0; i < networks_; ++i) {
            const auto interface = static_cast<std::uint8_t>(i);
            const auto net = "net" + std::to_string(i);
            for (const auto host : hosts_) {
                if (!hears_multicast) continue;
                sockets.push_back(
                    {*node_.open_group(group_of(host, wire::kDataPort), net), interface});
                sockets.push_back({*node_.open_group(group_of(host, wire::kHeartbeatPort), net),
                                   interface, false, true});
            }
            sockets.push_back({*node_.open_unicast(net, 0, false), interface, true});
        }
        engine_ = std::make_unique<ClientEngine>(options, std::move(sockets), node_, clock);
        ASSERT_TRUE(engine_->start());
        node_.run([this] { return turn(); });
    }
    void open_port() {
        port_answer = io::WriteResult::Taken;
        auto* port = new platform::sim::Port(
            world_, [this](PortIndex index, std::span<const std::uint8_t> bytes, TimePoint) {
                if (port_answer != io::WriteResult::Taken) return port_answer;
                if (played[index.value].size() >= port_room) return io::WriteResult::Full;
                if (bytes.size() > largest_write) return io::WriteResult::Full;
                if (bytes[0] == 0xFE) {
                    sensed.push_back(world_.now());
                    return port_answer;
                }
                auto& all = played[index.value];
                all.insert(all.end(), bytes.begin(), bytes.end());
                last_write = world_.now();
                return port_answer;
            });
        ASSERT_TRUE(engine_->command({ClientCommand::What::UsePort, port}));
    }
    void command(const ClientCommand& command) { ASSERT_TRUE(engine_->command(command)); }
    /// What the port was told since the last call.
    Bytes heard(std::uint8_t port = 0) { return std::exchange(played[port], {}); }
    bool running() const { return node_.running(); }
    ClientEngine& engine() { return *engine_; }
    Node& node() { return node_; }
    const path::StreamCounters& stream(std::uint16_t source = 1) {
        return engine_->stream_of({source})->counters();
    }
    bool was_told(ClientEvent::What what) const {
        return std::find(told.begin(), told.end(), what) != told.end();
    }
    /// As the control side does.
    void take_news() {
        const platform::sim::Aside aside{world_};
        ClientEvent event;
        while (engine_->poll(event)) {
            told.push_back(event.what);
            delete event.port;
            delete event.feedback;
            delete event.pipeline;
        }
    }

    io::WriteResult port_answer = io::WriteResult::Taken;
    std::size_t port_room = ~std::size_t{0};      ///< bytes in `played` at which it is full
    std::size_t largest_write = ~std::size_t{0};  ///< for more bytes at once it is full
    std::map<std::uint8_t, Bytes> played;         ///< active sensing apart
    std::vector<TimePoint> sensed;
    std::vector<ClientEvent::What> told;
    TimePoint last_write{};

  private:
    bool turn() {
        clock.begin_turn();
        const bool goes_on = engine_->turn();
        take_news();
        return goes_on;
    }
    World& world_;
    std::vector<std::uint16_t> hosts_;
    Node& node_;
    unsigned networks_;
    std::unique_ptr<ClientEngine> engine_;
};

/// A machine that listens on one socket and sends what it is told to.
class Bystander {
  public:
    explicit Bystander(World& world)
        : node(world.add_node()), socket(std::move(*node.open_unicast("net0", 0, false))) {}

    template <typename Write>
    void send(io::Endpoint to, wire::PacketKind kind, Write write) {
        std::array<std::byte, wire::kMaxDatagram> buffer;
        ByteWriter writer{buffer};
        wire::begin_datagram(writer, {.kind = kind, .sender = {1234}});
        write(writer);
        ASSERT_TRUE(wire::end_datagram(writer));
        socket->send(to, writer.written());
    }
    void ask(io::Endpoint to, const wire::Nack& nack) {
        send(to, wire::PacketKind::Nack, [&](ByteWriter& w) { wire::encode_nack(w, nack); });
    }
    void lease(io::Endpoint to, bool release = false) {
        send(to, wire::PacketKind::Lease,
             [&](ByteWriter& w) { wire::encode_lease(w, {.release = release}); });
    }
    /// All that waits, as letters; malformed ones are failures.
    path::Sent received(io::DatagramSocket& from) {
        path::Sent sent;
        std::array<std::byte, wire::kMaxDatagram + 1> buffer;
        while (const auto datagram = from.receive(buffer))
            sent.letters.push_back({{}, {}, {datagram->bytes.begin(), datagram->bytes.end()}});
        return sent;
    }
    path::Sent received() { return received(*socket); }

    Node& node;
    std::unique_ptr<io::DatagramSocket> socket;
};

}  // namespace midinet::engine
