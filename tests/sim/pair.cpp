#include "pair.hpp"

namespace midinet::simtest {
namespace {

using namespace platform::sim;

constexpr SourceId kSource{1};
constexpr io::Endpoint kData{0xEF455301U, wire::kDataPort};
constexpr io::Endpoint kBeats{0xEF455301U, wire::kHeartbeatPort};
constexpr const char* kNetwork = "net0";
/// From the start of both to the moment the client follows the host.
constexpr Duration kMeeting = 50ms;

}  // namespace

Pair::Pair(std::uint64_t seed, const Weather& weather, unsigned device_ports, Listener& listener)
    : world_(seed),
      weather_(weather),
      host_node_(world_.add_node()),
      client_node_(world_.add_node()) {
    world_.weather(0) = weather;
    start_client(listener);
    start_host(device_ports);
    run_for(kMeeting);
}

void Pair::start_host(unsigned device_ports) {
    engine::HostSockets sockets;
    sockets.sockets.push_back(*host_node_.open_unicast(kNetwork, 0, false));
    sockets.senders = 1;
    const engine::HostEngineOptions options{.transmit = {.source = kSource,
                                                         .sender = {kSource.value},
                                                         .epoch = {1},
                                                         .epoch_start = world_.now()},
                                            .data_group = kData,
                                            .heartbeat_group = kBeats};
    host_ =
        std::make_unique<engine::HostEngine>(options, std::move(sockets), host_node_, host_node_);
    (void)host_->start();
    source_ = new Source(host_node_, device_ports);
    (void)host_->command({engine::HostCommand::What::UseSource, source_});
    host_node_.run([this] { return host_->turn(); });
}

void Pair::start_client(Listener& listener) {
    std::vector<engine::ClientSocket> sockets;
    sockets.push_back({*client_node_.open_group(kData, kNetwork), 0, false});
    sockets.push_back({*client_node_.open_group(kBeats, kNetwork), 0, false});
    sockets.push_back({*client_node_.open_unicast(kNetwork, 0, false), 0, true});
    engine::ClientEngineOptions options;
    options.client = {std::uint64_t{1} << 63U};
    client_ = std::make_unique<engine::ClientEngine>(options, std::move(sockets), client_node_,
                                                     client_node_);
    (void)client_->start();
    auto* port = new Port(world_, [&](PortIndex index, BytesView bytes, TimePoint) {
        listener.on_bytes(index, bytes, world_.now());
        return io::WriteResult::Taken;
    });
    (void)client_->command({engine::ClientCommand::What::UsePort, port});
    client_node_.run([this] { return client_->turn(); });
}

path::StreamCounters Pair::counters() const {
    const auto* stream = client_->stream_of(kSource);
    return stream == nullptr ? path::StreamCounters{} : stream->counters();
}

double Pair::dropped_share() const {
    const auto copies = static_cast<double>(world_.datagrams()) * (1 + weather_.duplicate);
    return static_cast<double>(world_.dropped()) / copies;
}

}  // namespace midinet::simtest
