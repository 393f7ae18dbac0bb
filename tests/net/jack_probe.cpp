// An application of JACK's, for tests: prints what one port plays, and plays what it is told into
// another. Usage: jack_probe SOURCE DESTINATION. Standard input: a message in hexadecimal a line.
// Standard output: "ready", then for each event the frame, its place in its period, and the bytes.
#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/ringbuffer.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Head {
    std::uint32_t frame;
    std::uint32_t place;
    std::uint32_t size;
};

struct Probe {
    jack_client_t* client = nullptr;
    jack_port_t* in = nullptr;
    jack_port_t* out = nullptr;
    jack_ringbuffer_t* heard = jack_ringbuffer_create(1U << 20U);
    jack_ringbuffer_t* told = jack_ringbuffer_create(1U << 20U);
};

void put(jack_ringbuffer_t* ring, const Head& head, const void* bytes) {
    if (jack_ringbuffer_write_space(ring) < sizeof head + head.size) return;
    std::vector<char> both(sizeof head + head.size);
    std::memcpy(both.data(), &head, sizeof head);
    std::memcpy(both.data() + sizeof head, bytes, head.size);
    jack_ringbuffer_write(ring, both.data(), both.size());
}

bool get(jack_ringbuffer_t* ring, Head& head, std::vector<std::uint8_t>& bytes) {
    if (jack_ringbuffer_read_space(ring) < sizeof head) return false;
    jack_ringbuffer_read(ring, static_cast<char*>(static_cast<void*>(&head)), sizeof head);
    bytes.resize(head.size);
    jack_ringbuffer_read(ring, static_cast<char*>(static_cast<void*>(bytes.data())), head.size);
    return true;
}

int on_cycle(jack_nframes_t frames, void* self) {
    auto& probe = *static_cast<Probe*>(self);
    void* in = jack_port_get_buffer(probe.in, frames);
    for (std::uint32_t i = 0; i < jack_midi_get_event_count(in); ++i) {
        jack_midi_event_t event{};
        jack_midi_event_get(&event, in, i);
        put(probe.heard,
            {jack_last_frame_time(probe.client) + event.time, event.time,
             static_cast<std::uint32_t>(event.size)},
            event.buffer);
    }
    void* out = jack_port_get_buffer(probe.out, frames);
    jack_midi_clear_buffer(out);
    Head head{};
    std::vector<std::uint8_t> bytes;
    if (get(probe.told, head, bytes)) jack_midi_event_write(out, 0, bytes.data(), bytes.size());
    return 0;
}

void print_heard(const Probe& probe) {
    Head head{};
    std::vector<std::uint8_t> bytes;
    while (get(probe.heard, head, bytes)) {
        std::printf("%u %u ", head.frame, head.place);
        for (const auto byte : bytes) std::printf("%02x", byte);
        std::printf("\n");
    }
    std::fflush(stdout);
}

void read_told(const Probe& probe) {
    for (std::string line; std::getline(std::cin, line);) {
        std::vector<std::uint8_t> bytes;
        for (std::size_t at = 0; at + 1 < line.size(); at += 2)
            bytes.push_back(static_cast<std::uint8_t>(std::stoul(line.substr(at, 2), nullptr, 16)));
        put(probe.told, {0, 0, static_cast<std::uint32_t>(bytes.size())}, bytes.data());
    }
    std::_Exit(0);
}

int fail(const char* what) {
    std::fprintf(stderr, "jack_probe: %s\n", what);
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return fail("usage: jack_probe SOURCE DESTINATION");
    Probe probe;
    probe.client = jack_client_open("probe", JackNoStartServer, nullptr);
    if (probe.client == nullptr) return fail("no server");
    probe.in = jack_port_register(probe.client, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
    probe.out =
        jack_port_register(probe.client, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
    jack_set_process_callback(probe.client, on_cycle, &probe);
    jack_on_shutdown(
        probe.client, [](void*) { std::_Exit(3); }, nullptr);
    if (jack_activate(probe.client) != 0) return fail("not activated");
    if (jack_connect(probe.client, "probe:out", argv[2]) != 0) return fail("no such destination");
    if (jack_connect(probe.client, argv[1], "probe:in") != 0) return fail("no such source");
    std::printf("ready\n");
    std::thread reader(read_told, std::cref(probe));
    while (true) {
        print_heard(probe);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}
