// Pushes numbered controllers into one FIFO and checks them at another.
//   throughput_probe EVENTS RATE IN OUT      RATE: events/s, 0 = as fast as the FIFO takes them.
//   Prints: events/s, events lost or out of order
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

/// 16 channels x 64 controllers x 128 values: a message stands for its number modulo 131,072. Below
/// 64, so that nothing is a command.
std::array<std::uint8_t, 3> message(std::uint32_t n) {
    return {static_cast<std::uint8_t>(0xB0 | (n >> 13U & 15U)),
            static_cast<std::uint8_t>(n >> 7U & 63U), static_cast<std::uint8_t>(n & 127U)};
}

void write_all(const char* path, std::uint32_t events, double rate) {
    const int fd = ::open(path, O_WRONLY);
    const auto began = Clock::now();
    std::vector<std::uint8_t> batch;
    for (std::uint32_t n = 0; n < events;) {
        const double due =
            rate > 0 ? std::chrono::duration<double>(Clock::now() - began).count() * rate : events;
        batch.clear();
        for (int i = 0; i < 256 && n < events && n < due; ++i, ++n)
            for (const auto b : message(n)) batch.push_back(b);
        if (batch.empty())
            std::this_thread::sleep_for(std::chrono::microseconds(500));
        else if (::write(fd, batch.data(), batch.size()) < 0)
            std::perror("throughput_probe");
    }
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    const auto events = static_cast<std::uint32_t>(std::atoi(argv[1]));
    const int out = ::open(argv[4], O_RDONLY | O_NONBLOCK);
    if (out < 0) return 1;
    const auto began = Clock::now();
    auto last = began;
    std::thread writer(write_all, argv[3], events, std::atof(argv[2]));
    std::vector<std::uint8_t> bytes(1 << 16);
    std::array<std::uint8_t, 3> at{};
    std::size_t have = 0;
    std::uint32_t expected = 0;
    std::uint32_t right = 0;
    while (expected < events) {
        pollfd ready{out, POLLIN, 0};
        if (::poll(&ready, 1, 2000) <= 0) break;
        const ssize_t n = ::read(out, bytes.data(), bytes.size());
        for (ssize_t i = 0; i < n; ++i) {
            at[have++] = bytes[static_cast<std::size_t>(i)];
            if (have < 3) continue;
            have = 0;
            if (at == message(expected)) ++right;
            ++expected;
        }
        last = Clock::now();
    }
    writer.join();
    std::printf("%.0f %u\n", events / std::chrono::duration<double>(last - began).count(),
                events - right);
}
