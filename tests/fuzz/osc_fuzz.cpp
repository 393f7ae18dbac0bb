// Any bytes get a verdict, read nothing behind their end, and fire nothing that a stranger sent.
#include "control/triggers/osc_reader.hpp"
#include "control/triggers/osc_trigger.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

using namespace midinet;
using control::OscVerdict;

namespace {

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

/// Memory that ends where the packet does.
class Cliff {
  public:
    Cliff() {
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        void* const memory = ::mmap(nullptr, kRoom + page, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        require(memory != MAP_FAILED, "memory for the packet");
        end_ = static_cast<std::uint8_t*>(memory) + kRoom;
        require(::mprotect(end_, page, PROT_NONE) == 0, "a page that cannot be read");
    }
    ByteView hold(std::span<const std::uint8_t> bytes) {
        std::uint8_t* const begin = end_ - bytes.size();
        if (!bytes.empty()) std::memcpy(begin, bytes.data(), bytes.size());
        return std::as_bytes(std::span(begin, bytes.size()));
    }
    static constexpr std::size_t kRoom = 65'536;

  private:
    std::uint8_t* end_ = nullptr;
};

std::uint64_t judged(const control::OscCounters& counters) {
    return counters.fired + counters.not_for_us + counters.not_allowed + counters.malformed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Cliff cliff;
    static const auto friendly = io::parse_ip("fd00::1").value();
    static const auto stranger = io::parse_ip("10.0.0.1").value();
    if (size > Cliff::kRoom) return 0;
    const ByteView packet = cliff.hold({data, size});

    control::OscTrigger trigger{"/a/b", {control::IpRange::parse("fd00::/8").value()}};
    const auto verdict = trigger.judge(packet, friendly);
    require(verdict != OscVerdict::NotAllowed, "a friend is allowed");
    require(verdict == trigger.judge(packet, friendly),
            "a verdict does not depend on the last one");
    require(trigger.judge(packet, stranger) == OscVerdict::NotAllowed, "a stranger is not");
    require(judged(trigger.counters()) == 3, "each packet is counted once");
    if (!control::read_osc(packet, [](const control::OscMessage&) { return true; }))
        require(verdict == OscVerdict::Malformed, "what is not sound is malformed");
    return 0;
}
