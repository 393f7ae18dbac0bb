#include "engine/client_engine.hpp"
#include "engine/host_engine.hpp"
#include "platform/sim/ports.hpp"
#include "platform/sim/world.hpp"

#include <cstdio>

using namespace midinet;
using namespace midinet::engine;
using namespace midinet::platform::sim;

int main(int argc, char** argv) {
    const double loss = argc > 1 ? atof(argv[1]) : 0.1;
    const int n = argc > 2 ? atoi(argv[2]) : 100000;
    World world(1);
    world.weather(0).loss = loss;
    auto& hn = world.add_node();
    auto& cn = world.add_node();
    const io::Endpoint data{0xEF455301, 5004}, hb{0xEF455301, 5005};
    HostSockets hs;
    hs.sockets.push_back(*hn.open_unicast("net0", 0, false));
    hs.senders = 1;
    HostEngine host({.transmit = {.source = {1}, .sender = {1}, .epoch = {1}, .epoch_start = world.now()}, .data_group = data, .heartbeat_group = hb}, std::move(hs), hn, hn);
    (void)host.start();
    std::vector<ClientSocket> cs;
    cs.push_back({*cn.open_group(data, "net0"), 0, false});
    cs.push_back({*cn.open_group(hb, "net0"), 0, false});
    cs.push_back({*cn.open_unicast("net0", 0, false), 0, true});
    ClientEngine client({.client = {99}}, std::move(cs), cn, cn);
    (void)client.start();
    std::vector<std::uint8_t> got, sent;
    (void)client.command({ClientCommand::What::UsePort, new Port(world, [&](PortIndex, std::span<const std::uint8_t> b, TimePoint) { got.insert(got.end(), b.begin(), b.end()); return io::WriteResult::Taken; })});
    auto* src = new Source(hn);
    (void)host.command({HostCommand::What::UseSource, src});
    hn.run([&] { return host.turn(); });
    cn.run([&] { return client.turn(); });
    auto t = world.now() + 100ms;
    for (int i = 0; i < n; ++i) {
        world.run_until(t);
        std::vector<std::uint8_t> m{0x90, std::uint8_t(i % 128), std::uint8_t(i / 128 % 127 + 1)};
        if (i % 2) m[2] = 0;
        sent.insert(sent.end(), m.begin(), m.end());
        src->push(m);
        t += 1ms;
    }
    world.run_until(t + 200ms);
    const auto& c = client.stream_of({1})->counters();
    std::printf("sent %zu got %zu equal %d delivered %lu lost %lu dup %lu repaired %lu nacks %lu journals %lu mism %lu corr %lu hold %f\n", sent.size(), got.size(), sent == got, c.delivered, c.lost, c.duplicates, c.repaired, c.nacks, c.journals, c.digest_mismatches, client.status().corrections, to_ms(client.stream_of({1})->hold()));
}
