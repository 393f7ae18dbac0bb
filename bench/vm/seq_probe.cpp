// Plays numbered controllers into a MIDI device and times them at a port of ALSA's sequencer.
//   seq_probe seq:CLIENT:PORT|raw:PATH CLIENT:PORT COUNT GAP_US
// Events are GAP_US to three times that apart, evenly spread: as far from any clock of the programs
// as hands are.
// Prints one line: events that did not come, p50 and p99 of the way in microseconds. One clock, one
// process, SCHED_FIFO below what it measures.
#include <alsa/asoundlib.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "seq_probe: %s\n", what);
    std::exit(1);
}

std::array<std::uint8_t, 3> numbered(unsigned n) {
    return {static_cast<std::uint8_t>(0xB0U | (n >> 12U & 15U)),
            static_cast<std::uint8_t>(n >> 7U & 31U), static_cast<std::uint8_t>(n & 127U)};
}

/// Its two ends: an application's port, and a listener's.
class Probe {
  public:
    Probe(const std::string& to, const std::string& from) {
        if (snd_seq_open(&seq_, "default", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK) < 0)
            give_up("no ALSA sequencer");
        out_ = snd_seq_create_simple_port(seq_, "out", SND_SEQ_PORT_CAP_READ,
                                          SND_SEQ_PORT_TYPE_APPLICATION);
        in_ = snd_seq_create_simple_port(seq_, "in", SND_SEQ_PORT_CAP_WRITE,
                                         SND_SEQ_PORT_TYPE_APPLICATION);
        snd_seq_addr_t address{};
        if (snd_seq_parse_address(seq_, &address, from.c_str()) < 0 ||
            snd_seq_connect_from(seq_, in_, address.client, address.port) < 0)
            give_up("cannot listen there");
        if (to.starts_with("raw:")) {
            raw_ = ::open(to.c_str() + 4, O_WRONLY);
            if (raw_ < 0) give_up("cannot open the raw device");
        } else if (snd_seq_parse_address(seq_, &address, to.c_str() + 4) < 0 ||
                   snd_seq_connect_to(seq_, out_, address.client, address.port) < 0) {
            give_up("cannot play there");
        }
    }

    void send(unsigned n) {
        const auto bytes = numbered(n);
        if (raw_ >= 0) {
            if (::write(raw_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
                give_up("the raw device takes nothing");
            return;
        }
        snd_seq_event_t event;
        snd_seq_ev_clear(&event);
        event.type = SND_SEQ_EVENT_CONTROLLER;
        event.data.control.channel = bytes[0] & 15U;
        event.data.control.param = bytes[1];
        event.data.control.value = bytes[2];
        event.source.port = static_cast<unsigned char>(out_);
        event.dest.client = SND_SEQ_ADDRESS_SUBSCRIBERS;
        event.dest.port = SND_SEQ_ADDRESS_UNKNOWN;
        event.queue = SND_SEQ_QUEUE_DIRECT;
        if (snd_seq_event_output_direct(seq_, &event) < 0) give_up("the sequencer takes nothing");
    }

    /// Calls `on_number` for what comes until `until`.
    template <typename Fn>
    void listen(Clock::time_point until, Fn on_number) {
        pollfd wait{};
        snd_seq_poll_descriptors(seq_, &wait, 1, POLLIN);
        while (true) {
            snd_seq_event_t* event = nullptr;
            while (snd_seq_event_input(seq_, &event) >= 0) {
                if (event->type != SND_SEQ_EVENT_CONTROLLER) continue;
                const auto& c = event->data.control;
                on_number(unsigned{c.channel} << 12U | c.param << 7U |
                          static_cast<unsigned>(c.value));
            }
            const auto left = until - Clock::now();
            if (left <= Clock::duration::zero()) return;
            const timespec limit{left / std::chrono::seconds(1),
                                 (left % std::chrono::seconds(1)).count()};
            (void)::ppoll(&wait, 1, &limit, nullptr);
        }
    }

  private:
    snd_seq_t* seq_ = nullptr;
    int out_ = -1;
    int in_ = -1;
    int raw_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) give_up("usage: seq_probe seq:CLIENT:PORT|raw:PATH CLIENT:PORT COUNT GAP_US");
    Probe probe(argv[1], argv[2]);
    const auto count = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
    const std::chrono::microseconds gap{std::strtoul(argv[4], nullptr, 10)};
    sched_param urgency{.sched_priority = 70};
    (void)::sched_setscheduler(0, SCHED_FIFO, &urgency);
    (void)::mlockall(MCL_CURRENT | MCL_FUTURE);
    probe.listen(Clock::now() + std::chrono::milliseconds(500), [](unsigned) {});

    std::vector<Clock::time_point> sent(count);
    std::vector<double> took(count, -1);
    const auto on_number = [&](unsigned n) {
        if (n < count && took[n] < 0)
            took[n] = std::chrono::duration<double, std::micro>(Clock::now() - sent[n]).count();
    };
    std::minstd_rand random(1);
    std::uniform_int_distribution<std::chrono::microseconds::rep> gaps(gap.count(),
                                                                       3 * gap.count());
    for (unsigned n = 0; n < count; ++n) {
        sent[n] = Clock::now();
        probe.send(n);
        probe.listen(sent[n] + std::chrono::microseconds(gaps(random)), on_number);
    }
    probe.listen(Clock::now() + std::chrono::seconds(1), on_number);

    std::vector<double> came;
    for (const auto t : took)
        if (t >= 0) came.push_back(t);
    if (came.empty()) give_up("nothing came");
    std::sort(came.begin(), came.end());
    const auto at = [&](double q) {
        return came[static_cast<std::size_t>(q * static_cast<double>(came.size() - 1))];
    };
    std::printf("%zu %.2f %.2f\n", count - came.size(), at(0.5), at(0.99));
    return 0;
}
