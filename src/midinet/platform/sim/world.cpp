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
    Socket(Node& node, std::size_t network, io::Endpoint bound, bool group)
        : node_(node), network_(network), bound_(bound), group_(group), handle_(node.new_handle()), id_(node.world().next_socket_++) {
        node_.world().networks_[network_].sockets.push_back(this);
    }
    ~Socket() override {
        std::erase(node_.world().networks_[network_].sockets, this);
        node_.unwatch(handle_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    io::Handle handle() const noexcept override { return handle_; }
    io::Endpoint local() const noexcept override { return bound_; }
    std::optional<io::Received> receive(std::span<std::byte> buffer) noexcept override {
        if (queue_.empty()) {
            node_.signal(handle_, false);
            return std::nullopt;
        }
        const auto& [from, bytes] = queue_.front();
        const auto n = std::min(bytes.size(), buffer.size());
        std::memcpy(buffer.data(), bytes.data(), n);
        const io::Received received{buffer.first(n), from};
        queue_.pop_front();
        return received;
    }
    bool send(io::Endpoint to, ByteView bytes) noexcept override {
        node_.world().send(*this, to, bytes);
        return true;
    }

    bool hears(io::Endpoint to) const noexcept { return to == bound_; }
    void push(io::Endpoint from, std::vector<std::byte> bytes) {
        if (queue_.size() == kSocketBuffer) return;
        queue_.emplace_back(from, std::move(bytes));
        node_.signal(handle_, true);
    }
    Node& node() noexcept { return node_; }
    std::uint64_t id() const noexcept { return id_; }
    std::size_t network() const noexcept { return network_; }
    bool group() const noexcept { return group_; }

  private:
    Node& node_;
    std::size_t network_;
    io::Endpoint bound_;
    bool group_;
    io::Handle handle_;
    std::uint64_t id_;
    std::deque<std::pair<io::Endpoint, std::vector<std::byte>>> queue_;
};

Result<void> Node::watch(io::Handle handle, io::Token token, bool read, bool /*write*/) {
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
        if (h.watched && h.read && h.readable && count < ready.size()) ready[count++] = {h.token, true, false};
    return count;
}

void Node::wake() noexcept { input_at_ = std::min(input_at_, world_.now()); }

Result<std::unique_ptr<io::DatagramSocket>> Node::open_group(io::Endpoint group, const std::string& interface) {
    return std::make_unique<Socket>(*this, world_.network_index(interface), group, true);
}

Result<std::unique_ptr<io::DatagramSocket>> Node::open_unicast(const std::string& interface, std::uint16_t port,
                                                               bool /*shared*/) {
    const auto network = world_.network_index(interface);
    const io::Endpoint local{address_ + (static_cast<std::uint32_t>(network) << 16U), port != 0 ? port : next_port_++};
    return std::make_unique<Socket>(*this, network, local, false);
}

std::vector<std::string> Node::usable_interfaces() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < world_.networks_.size(); ++i) names.push_back("net" + std::to_string(i));
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
    deliveries_.push({.at = when, .order = order_++, .socket = 0, .from = {}, .bytes = {}, .action = std::move(action)});
}

std::size_t World::network_index(const std::string& interface) const {
    const auto index = static_cast<std::size_t>(std::stoul(interface.substr(3)));
    return std::min(index, networks_.size() - 1);
}

void World::send(Socket& from, io::Endpoint to, ByteView bytes) {
    const auto& network = networks_[from.network()];
    ++datagrams_;
    if (!network.up) return;
    for (auto* socket : network.sockets)
        if (socket->hears(to)) send_copy(network, *socket, from.local(), bytes);
}

void World::send_copy(const Network& network, Socket& to, io::Endpoint from, ByteView bytes) {
    const auto& w = network.weather;
    const int copies = random_.chance(w.duplicate) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
        if (random_.chance(w.loss)) {
            ++dropped_;
            continue;
        }
        auto delay = w.delay + Duration{static_cast<std::int64_t>(static_cast<double>(w.jitter.count()) * random_.unit())};
        if (random_.chance(w.reorder))
            delay += Duration{static_cast<std::int64_t>(static_cast<double>(w.reorder_by.count()) * random_.unit())};
        deliveries_.push({.at = now_ + delay,
                          .order = order_++,
                          .socket = to.id(),
                          .from = from,
                          .bytes = {bytes.begin(), bytes.end()},
                          .action = nullptr});
    }
}

void World::deliver(Delivery& delivery) {
    if (delivery.action) {
        delivery.action();
        return;
    }
    for (auto& network : networks_)
        for (auto* socket : network.sockets)
            if (socket->id() == delivery.socket) {
                socket->push(delivery.from, std::move(delivery.bytes));
                return;
            }
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
            auto delivery = std::move(const_cast<Delivery&>(deliveries_.top()));  // NOLINT: priority_queue cannot give away
            deliveries_.pop();
            deliver(delivery);
            continue;
        }
        runner->input_at_ = kNever;
        runner->deadline_ = kNever;
        if (!runner->turn_()) runner->turn_ = nullptr;
        else if (runner->has_input()) runner->input_at_ = now_;
    }
    now_ = std::max(now_, end);
}

}  // namespace midinet::platform::sim
