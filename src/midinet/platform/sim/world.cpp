#include "platform/sim/world.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace midinet::platform::sim {
namespace {

/// From the arrival of input to the program's turn: what a scheduler takes.
constexpr Duration kWakeLatency = 15us;
constexpr std::size_t kSocketBuffer = 4096;  ///< datagrams; about 4 MiB

}  // namespace

/// A socket's receive queue.
class Socket final : public io::DatagramSocket {
  public:
    Socket(Node& node, std::size_t network, io::Endpoint bound)
        : node_(node),
          network_(network),
          bound_(bound),
          handle_(node.new_handle()),
          id_(node.world().sockets_.size()) {
        node_.world().networks_[network_].sockets.push_back(this);
        node_.world().sockets_.push_back(this);
    }
    ~Socket() override {
        auto& world = node_.world();
        std::erase(world.networks_[network_].sockets, this);
        world.sockets_[id_] = nullptr;
        for (const auto& waiting : queue_) world.release(*waiting.packet);
        node_.unwatch(handle_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    io::Handle handle() const noexcept override { return handle_; }
    io::Endpoint local() const noexcept override { return bound_; }
    std::optional<io::Received> receive(std::span<std::byte> buffer) noexcept override {
        const Aside aside{node_.world()};
        if (queue_.empty()) {
            node_.signal(handle_, false);
            return std::nullopt;
        }
        const auto [from, packet] = queue_.front();
        const auto n = std::min(packet->size, buffer.size());
        std::memcpy(buffer.data(), packet->bytes.data(), n);
        queue_.pop_front();
        node_.world().release(*packet);
        return io::Received{buffer.first(n), from};
    }
    bool send(io::Endpoint to, ByteView bytes) noexcept override {
        const Aside aside{node_.world()};
        node_.world().send(*this, to, bytes);
        return true;
    }

    bool hears(io::Endpoint to) const noexcept { return to == bound_; }
    /// Takes a reference to `packet`; the caller keeps its own.
    void push(io::Endpoint from, World::Packet& packet) {
        if (queue_.size() == kSocketBuffer) return;
        ++packet.references;
        queue_.push_back({from, &packet});
        node_.signal(handle_, true);
    }
    std::size_t id() const noexcept { return id_; }
    std::size_t network() const noexcept { return network_; }
    std::uint32_t address() const noexcept { return node_.address(); }

  private:
    struct Waiting {
        io::Endpoint from;
        World::Packet* packet;
    };
    Node& node_;
    std::size_t network_;
    io::Endpoint bound_;
    io::Handle handle_;
    std::size_t id_;
    std::deque<Waiting> queue_;
};

Result<void> Node::watch(io::Handle handle, io::Token token, bool read, bool /*write*/) {
    if (handle == io::kNoHandle) return {};
    auto& h = handles_.at(static_cast<std::size_t>(handle));
    h.token = token;
    h.watched = true;
    h.read = read;
    return {};
}

void Node::set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept {
    (void)watch(handle, token, read, write);
    if (has_input() && input_at_ == kNever) input_at_ = world_.now();
}

void Node::unwatch(io::Handle handle) noexcept { handles_[static_cast<std::size_t>(handle)] = {}; }

std::size_t Node::wait(TimePoint deadline, std::span<io::Ready> ready) noexcept {
    deadline_ = deadline;
    std::size_t count = 0;
    for (const auto& h : handles_)
        if (h.watched && h.read && h.readable && count < ready.size())
            ready[count++] = {h.token, true, false};
    return count;
}

void Node::wake() noexcept { input_at_ = std::min(input_at_, world_.now()); }

Result<std::unique_ptr<io::DatagramSocket>> Node::open_group(io::Endpoint group,
                                                             const std::string& interface) {
    return std::make_unique<Socket>(*this, world_.network_index(interface), group);
}

Result<std::unique_ptr<io::DatagramSocket>> Node::open_unicast(const std::string& interface,
                                                               std::uint16_t port,
                                                               bool /*shared*/) {
    const auto network = world_.network_index(interface);
    const io::Endpoint local{address_ + (static_cast<std::uint32_t>(network) << 16U),
                             port != 0 ? port : next_port_++};
    return std::make_unique<Socket>(*this, network, local);
}

std::vector<std::string> Node::usable_interfaces() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < world_.networks_.size(); ++i)
        names.push_back("net" + std::to_string(i));
    return names;
}

TimePoint Node::now() const noexcept { return world_.now(); }

void Node::run(std::function<bool()> turn) {
    turn_ = std::move(turn);
    deadline_ = world_.now();
}

void Node::signal(io::Handle handle, bool readable) noexcept {
    auto& h = handles_[static_cast<std::size_t>(handle)];
    h.readable = readable;
    if (readable && h.watched && h.read) input_at_ = std::min(input_at_, world_.now());
}

io::Handle Node::new_handle() {
    handles_.emplace_back();
    return static_cast<io::Handle>(handles_.size() - 1);
}

bool Node::has_input() const noexcept {
    return std::any_of(handles_.begin(), handles_.end(),
                       [](const Watched& h) { return h.watched && h.read && h.readable; });
}

TimePoint Node::next_run() const noexcept {
    if (!turn_) return kNever;
    const auto input = input_at_ == kNever ? kNever : input_at_ + kWakeLatency;
    return std::max({std::min(input, deadline_), stalled_until_, world_.now()});
}

World::World(std::uint64_t seed, std::size_t networks) : random_(seed), networks_(networks) {}
World::~World() = default;

Node& World::add_node() {
    const auto address = 0x0A000001U + static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back(std::make_unique<Node>(*this, address));
    return *nodes_.back();
}

void World::at(TimePoint when, std::function<void()> action) {
    deliveries_.push({when, order_++, actions_.size(), nullptr, {}});
    actions_.push_back(std::move(action));
}

World::Packet& World::packet_of(ByteView bytes) {
    if (free_packets_.empty()) {
        packets_.emplace_back();
        free_packets_.push_back(&packets_.back());
    }
    Packet& packet = *free_packets_.back();
    free_packets_.pop_back();
    packet.references = 1;
    packet.size = std::min(bytes.size(), kMaxPacket);
    std::copy_n(bytes.begin(), packet.size, packet.bytes.begin());
    return packet;
}

void World::release(Packet& packet) {
    if (--packet.references == 0) free_packets_.push_back(&packet);
}

std::size_t World::network_index(const std::string& interface) const {
    const auto index = static_cast<std::size_t>(std::stoul(interface.substr(3)));
    return std::min(index, networks_.size() - 1);
}

void World::send(Socket& from, io::Endpoint to, ByteView bytes) {
    const auto& network = networks_[from.network()];
    ++datagrams_;
    if (tap_) tap_(bytes);
    if (!network.up) return;
    Packet& packet = packet_of(bytes);
    for (auto* socket : network.sockets)
        if (socket->hears(to) && (!carries_ || carries_(from.address(), socket->address())))
            send_copy(network, *socket, from.local(), packet);
    release(packet);
}

void World::send_copy(const Network& network, Socket& to, io::Endpoint from, Packet& packet) {
    const auto& w = network.weather;
    const auto up_to = [&](Duration d) {
        return Duration{static_cast<std::int64_t>(static_cast<double>(d.count()) * random_.unit())};
    };
    const int copies = random_.chance(w.duplicate) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
        if (random_.chance(w.loss)) {
            ++dropped_;
            continue;
        }
        auto delay = w.delay + up_to(w.jitter);
        if (random_.chance(w.reorder)) delay += up_to(w.reorder_by);
        ++packet.references;
        deliveries_.push({now_ + delay, order_++, to.id(), &packet, from});
    }
}

void World::inject_everywhere(io::Endpoint from, ByteView bytes) {
    Packet& packet = packet_of(bytes);
    for (auto* socket : sockets_)
        if (socket != nullptr) socket->push(from, packet);
    release(packet);
}

void World::deliver(const Delivery& delivery) {
    if (delivery.packet == nullptr) {
        const auto action = std::move(actions_[delivery.index]);  // it may add others
        action();
        return;
    }
    if (auto* socket = sockets_[delivery.index]) socket->push(delivery.from, *delivery.packet);
    release(*delivery.packet);
}

void World::run_until(TimePoint end) {
    while (true) {
        auto next = deliveries_.empty() ? kNever : deliveries_.top().at;
        Node* runner = nullptr;
        for (auto& node : nodes_) {
            const auto at = node->next_run();
            if (at < next) {
                next = at;
                runner = node.get();
            }
        }
        if (next > end) break;
        now_ = std::max(now_, next);
        if (runner == nullptr) {
            const auto delivery = deliveries_.top();
            deliveries_.pop();
            deliver(delivery);
            continue;
        }
        runner->input_at_ = kNever;
        runner->deadline_ = kNever;
        in_program_ = true;
        const bool had_input = runner->has_input();
        const bool goes_on = runner->turn_();
        in_program_ = false;
        if (!goes_on)
            runner->turn_ = nullptr;
        else if (runner->has_input())
            runner->input_at_ = now_;
        else if (had_input)  // what it did with it may have given it a nearer deadline: ask
            runner->deadline_ = now_;
    }
    now_ = std::max(now_, end);
}

}  // namespace midinet::platform::sim
