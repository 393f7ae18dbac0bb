#include "boxes.hpp"

#include "allocation_watch.hpp"

#include <algorithm>

namespace midinet::simtest {
namespace {

using namespace platform::sim;

std::string net(unsigned i) { return "net" + std::to_string(i); }

/// As a cable brings them: mostly whole, now and then cut anywhere, also by the clock.
std::vector<Musician::Phrase> in_pieces(Musician::Phrase phrase, Random& random) {
    if (random.below(8) != 0) return {std::move(phrase)};
    const auto cut = static_cast<std::ptrdiff_t>(
        random.below(static_cast<std::uint32_t>(phrase.bytes.size()) + 1));
    std::vector<Musician::Phrase> pieces;
    Bytes head(phrase.bytes.begin(), phrase.bytes.begin() + cut);
    if (random.below(2) == 0) head.push_back(0xF8);  // in the midst of a message
    if (!head.empty()) pieces.push_back({phrase.port, std::move(head)});
    if (static_cast<std::size_t>(cut) < phrase.bytes.size())
        pieces.push_back({phrase.port, Bytes(phrase.bytes.begin() + cut, phrase.bytes.end())});
    return pieces;
}

}  // namespace

HostBox::HostBox(World& world, const Plan& plan, unsigned id, Performance* shared)
    : world_(world),
      plan_(plan),
      id_(id),
      shared_(shared),
      node_(world.add_node()),
      musician_(plan.seed * 2 + id, plan.piece, id),
      random_(plan.seed * 3 + id) {}

void HostBox::start() {
    kill();
    const auto epoch = static_cast<unsigned>(performances_.size()) + 1;
    performances_.push_back(std::make_unique<Performance>());
    performances_.back()->source = id_;
    performances_.back()->epoch = epoch;
    musician_.begin(epoch);
    up_since_ = world_.now();
    const engine::HostEngineOptions options{
        .transmit = {.source = {static_cast<std::uint16_t>(id_)},
                     .sender = {id_},
                     .epoch = {epoch},
                     .epoch_start = world_.now(),
                     .role = role(),
                     .failover = rules_},
        .data_group = group_of(id_, wire::kDataPort),
        .heartbeat_group = group_of(id_, wire::kHeartbeatPort),
        .relay_of = {static_cast<std::uint16_t>(role() == wire::Role::Relay ? 1 : 0)}};
    engine_ = std::make_unique<engine::HostEngine>(options, open_sockets(), node_, node_);
    (void)engine_->start();
    shutting_down_ = false;
    plug_in();
    node_.run([this] { return turn(); });
}

bool HostBox::has_played() const noexcept {
    const auto* heard = heard_by(epoch());
    return heard != nullptr && std::any_of(heard->ports.begin(), heard->ports.end(),
                                           [](const PortLog& log) { return log.music.size() > 0; });
}

wire::Role HostBox::role() const noexcept {
    if (plan_.is(Topology::Mirror)) return wire::Role::Mirror;
    return plan_.is(Topology::Relay) && id_ == 2 ? wire::Role::Relay : wire::Role::Primary;
}

engine::HostSockets HostBox::open_sockets() {
    engine::HostSockets sockets;
    for (unsigned i = 0; i < plan_.networks; ++i)
        sockets.sockets.push_back(*node_.open_unicast(net(i), 0, false));
    sockets.senders = plan_.networks;
    for (unsigned i = 0; i < plan_.networks && role() == wire::Role::Relay; ++i)
        for (const auto port : {wire::kDataPort, wire::kHeartbeatPort}) {
            sockets.sockets.push_back(*node_.open_group(group_of(1, port), net(i)));
            ++sockets.ears;
        }
    return sockets;
}

bool HostBox::turn() {
    const AllocationWatch watch{world_.in_program()};
    const bool goes_on = engine_->turn();
    const Aside aside{world_};
    if (shutting_down_) {  // it took the command in this turn, after what it read
        if (shared_ == nullptr) performances_.back()->release(world_.now());
        shutting_down_ = false;
    }
    engine::HostEvent event;
    while (engine_->poll(event)) {
        if (event.source == source_) source_ = nullptr;
        delete event.source;
    }
    return goes_on;
}

void HostBox::kill() {
    node_.kill();
    if (source_ != nullptr) source_->on_read = nullptr;
    source_ = nullptr;
    engine_.reset();
}

void HostBox::shut_down() {
    if (!running()) return;
    shutting_down_ = engine_->command({engine::HostCommand::What::Shutdown, nullptr});
}

void HostBox::unplug() {
    if (source_ != nullptr) source_->unplug();
}

void HostBox::plug_in() {
    if (source_ != nullptr || !engine_ || !plan_.has_device(id_)) return;
    source_ = new Source(node_, plan_.piece.ports);
    auto* performance = performances_.back().get();
    source_->on_read = [performance](PortIndex port, BytesView bytes, TimePoint now) {
        performance->ports[port.value].feed(bytes, now);
    };
    source_->on_lost = [this, performance] { performance->unplug(world_.now()); };
    (void)engine_->command({engine::HostCommand::What::UseSource, source_});
}

void HostBox::set_rules(const wire::FailoverPolicy& rules) {
    rules_ = rules;
    if (running())
        (void)engine_->command({.what = engine::HostCommand::What::SetFailover, .failover = rules});
}

void HostBox::appoint(const wire::Appointment& appointment) {
    if (running())
        (void)engine_->command(
            {.what = engine::HostCommand::What::Appoint, .appointment = appointment});
}

void HostBox::play() {
    auto phrase = musician_.next();
    if (source_ == nullptr || !running()) return;
    for (const auto& piece : in_pieces(std::move(phrase), random_)) hear(piece);
}

void HostBox::hear(const Musician::Phrase& phrase) {
    if (source_ == nullptr || !running()) return;
    source_->push(phrase.bytes, PortIndex{static_cast<std::uint8_t>(phrase.port)});
}

SharedDevice::SharedDevice(World& world, const Plan& plan)
    : world_(world),
      plan_(plan),
      musician_(plan.seed * 2 + 1, plan.piece, 1),
      random_(plan.seed * 3 + 1),
      last_(plan.hosts) {
    performance_.source = performance_.epoch = 1;
    musician_.begin(1);
}

void SharedDevice::play(Hosts& hosts) {
    for (const auto& piece : in_pieces(musician_.next(), random_)) {
        performance_.ports[piece.port].feed(piece.bytes, world_.now());
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            const auto late = static_cast<double>(plan_.skew.count()) * random_.unit();
            last_[i] = std::max(last_[i], world_.now() + Duration{static_cast<std::int64_t>(late)});
            world_.at(last_[i], [host = hosts[i].get(), piece] { host->hear(piece); });
        }
    }
}

ClientBox::ClientBox(World& world, const Plan& plan, unsigned id)
    : world_(world),
      plan_(plan),
      id_(id),
      node_(world.add_node()),
      ports_(std::make_unique<PortLogs>()) {}

void ClientBox::start() {
    kill();
    ports_ = std::make_unique<PortLogs>();
    started_ = world_.now();
    std::vector<engine::ClientSocket> sockets;
    for (unsigned i = 0; i < plan_.networks; ++i) {
        const auto interface = static_cast<std::uint8_t>(i);
        for (unsigned host = 1; host <= plan_.hosts; ++host) {
            if (!reaches(host)) continue;
            sockets.push_back(
                {*node_.open_group(group_of(host, wire::kDataPort), net(i)), interface, false});
            sockets.push_back({*node_.open_group(group_of(host, wire::kHeartbeatPort), net(i)),
                               interface, false, true});
        }
        sockets.push_back({*node_.open_unicast(net(i), 0, false), interface, true});
    }
    engine::ClientEngineOptions options;
    options.client = {(std::uint64_t{1} << 63U) + id_};
    options.jitter_buffer = plan_.jitter_buffer;
    engine_ = std::make_unique<engine::ClientEngine>(options, std::move(sockets), node_, node_);
    (void)engine_->start();
    full_ = false;
    open_port();
    node_.run([this] { return turn(); });
}

bool ClientBox::turn() {
    const AllocationWatch watch{world_.in_program()};
    const bool goes_on = engine_->turn();
    const Aside aside{world_};
    engine::ClientEvent event;
    while (engine_->poll(event)) delete event.port;
    return goes_on;
}

void ClientBox::kill() {
    node_.kill();
    engine_.reset();
}

void ClientBox::open_port() {
    if (!engine_) return;
    port_lost_ = false;
    for (auto& port : *ports_) {  // whoever listens there starts anew
        port.splitter = {};
        port.model = {};
    }
    auto* port = new Port(world_, [this](PortIndex index, BytesView bytes, TimePoint) {
        return write(index, bytes);
    });
    (void)engine_->command({engine::ClientCommand::What::UsePort, port});
}

io::WriteResult ClientBox::write(PortIndex port, BytesView bytes) {
    if (port_lost_) return io::WriteResult::Lost;
    if (full_) return io::WriteResult::Full;
    (*ports_)[port.value].feed(bytes, world_.now(), trouble());
    return io::WriteResult::Taken;
}

std::uint64_t ClientBox::trouble() const noexcept {
    const auto& counts = engine_->counts();
    const auto& output = engine_->output_counters();
    auto sum = engine_->corrections() + counts.switches + counts.silences + output.port_absent +
               output.port_full + output.sysex_lost;
    if (const auto* stream = engine_->stream_of(engine_->active()))
        sum +=
            stream->counters().lost + stream->counters().lost_fragments + stream->counters().epochs;
    return sum;
}

}  // namespace midinet::simtest
