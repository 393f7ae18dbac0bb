// Sends one three-byte message at a time into one FIFO and waits for it at another; for several
// paths in turn, so that the machine's moods hit all of them alike.
//   latency_probe EVENTS ROUND IN1 OUT1 [IN2 OUT2 …]      prints, a path a line: p50 p99 p99.9 max
//   (microseconds) and losses
#include "base/random.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Path {
    int in = -1;
    int out = -1;
    std::vector<double> us;
    int lost = 0;
};

using Message = std::array<unsigned char, 3>;

/// True when exactly `message` comes out next.
bool await(int fd, const Message& message) {
    std::array<unsigned char, 64> buffer{};
    std::size_t got = 0;
    while (got < message.size()) {
        pollfd ready{fd, POLLIN, 0};
        if (::poll(&ready, 1, 1000) <= 0) return false;
        const ssize_t n = ::read(fd, buffer.data() + got, buffer.size() - got);
        if (n <= 0) return false;
        got += static_cast<std::size_t>(n);
    }
    return got == message.size() && std::equal(message.begin(), message.end(), buffer.begin());
}

void measure(Path& path, unsigned note) {
    // Controllers of one channel: no note stays on, whatever is lost.
    const Message message{0xB0, static_cast<unsigned char>(note % 100),
                          static_cast<unsigned char>(note / 100 % 128)};
    const auto began = Clock::now();
    if (::write(path.in, message.data(), message.size()) != 3 || !await(path.out, message)) {
        ++path.lost;
        return;
    }
    path.us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
}

double quantile(const std::vector<double>& sorted, double q) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    const int events = std::atoi(argv[1]);
    const int round = std::atoi(argv[2]);
    std::vector<Path> paths;
    for (int i = 3; i + 1 < argc; i += 2) {
        Path path;
        path.in = ::open(argv[i], O_RDWR | O_NONBLOCK);
        path.out = ::open(argv[i + 1], O_RDWR | O_NONBLOCK);
        if (path.in < 0 || path.out < 0) return 1;
        paths.push_back(std::move(path));
    }
    midinet::Random random(1);
    unsigned note = 0;
    for (int done = 0; done < events; done += round)
        for (auto& path : paths)
            for (int i = 0; i < round; ++i) {
                measure(path, note++);
                std::this_thread::sleep_for(std::chrono::microseconds(500 + random.below(2500)));
            }
    for (auto& path : paths) {
        std::sort(path.us.begin(), path.us.end());
        std::printf("%.2f %.2f %.2f %.2f %d\n", quantile(path.us, 0.5), quantile(path.us, 0.99),
                    quantile(path.us, 0.999), quantile(path.us, 1), path.lost);
    }
}
