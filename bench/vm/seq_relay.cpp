// The bare way of a MIDI event over the network: the hops of midi-host and midi-client, and nothing
// else.
//   seq_relay host RAW_DEVICE ADDRESS     reads the device, sends what it reads
//   seq_relay client NAME                 plays what it receives into a port NAME of the sequencer
#include <alsa/asoundlib.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

namespace {

constexpr std::uint16_t kPort = 5996;

/// The same scheduling that the real engine threads get.
void enter_realtime() {
    sched_param urgency{.sched_priority = 80};
    (void)::sched_setscheduler(0, SCHED_FIFO, &urgency);
    (void)::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    std::puts("ready");
    std::fflush(stdout);
}

sockaddr_in address_of(const char* text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kPort);
    if (text != nullptr) ::inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

const sockaddr* plain(const sockaddr_in& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

int host(const char* device, const char* to) {
    const int raw = ::open(device, O_RDONLY);
    const int udp = ::socket(AF_INET, SOCK_DGRAM, 0);
    const auto address = address_of(to);
    if (raw < 0 || udp < 0) return 1;
    enter_realtime();
    std::array<char, 1024> bytes;
    for (ssize_t n = 0; (n = ::read(raw, bytes.data(), bytes.size())) > 0;)
        (void)::sendto(udp, bytes.data(), static_cast<std::size_t>(n), 0, plain(address),
                       sizeof address);
    return 1;
}

int client(const char* name) {
    snd_seq_t* seq = nullptr;
    snd_midi_event_t* encoder = nullptr;
    if (snd_seq_open(&seq, "default", SND_SEQ_OPEN_OUTPUT, 0) < 0 ||
        snd_midi_event_new(64, &encoder) < 0)
        return 1;
    snd_seq_set_client_name(seq, name);
    const int port = snd_seq_create_simple_port(
        seq, name, SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ, SND_SEQ_PORT_TYPE_SOFTWARE);
    const int udp = ::socket(AF_INET, SOCK_DGRAM, 0);
    const auto any = address_of(nullptr);
    if (::bind(udp, plain(any), sizeof any) != 0) return 1;
    enter_realtime();
    std::array<unsigned char, 1024> bytes;
    for (ssize_t n = 0; (n = ::recv(udp, bytes.data(), bytes.size(), 0)) > 0;) {
        snd_seq_event_t event;
        for (long used = 0; used < n;) {
            snd_seq_ev_clear(&event);
            const long took = snd_midi_event_encode(encoder, bytes.data() + used, n - used, &event);
            if (took <= 0) break;
            used += took;
            if (event.type == SND_SEQ_EVENT_NONE) continue;
            event.source.port = static_cast<unsigned char>(port);
            event.dest.client = SND_SEQ_ADDRESS_SUBSCRIBERS;
            event.dest.port = SND_SEQ_ADDRESS_UNKNOWN;
            event.queue = SND_SEQ_QUEUE_DIRECT;
            (void)snd_seq_event_output_direct(seq, &event);
        }
    }
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "host") return host(argv[2], argv[3]);
    if (argc == 3 && std::string(argv[1]) == "client") return client(argv[2]);
    std::fputs("usage: seq_relay host RAW_DEVICE ADDRESS | client NAME\n", stderr);
    return 2;
}
