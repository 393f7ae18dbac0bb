// Plays shows until so many could be compared in the end, and counts those after which every
// client's port is in its source's state. One JSON object: {"name", "value", "unit", "method"}.
#include "show.hpp"

#include <fmt/core.h>

namespace {

using namespace midinet::simtest;

constexpr unsigned kSessions = 10'000;

struct Account {
    unsigned compared = 0;
    unsigned equal = 0;
    unsigned empty = 0;  ///< nothing to compare: they are not sessions
    unsigned clients = 0;
    unsigned faults = 0;
};

void play(std::uint64_t seed, Account& account) {
    const auto plan = make_plan(seed);
    Endings endings;
    (void)run_show(plan, nullptr, &endings);
    if (endings.compared == 0) {
        ++account.empty;
        return;
    }
    ++account.compared;
    if (endings.different == 0) ++account.equal;
    account.clients += endings.compared;
    account.faults += static_cast<unsigned>(plan.faults.size());
}

}  // namespace

int main() {
    Account account;
    std::uint64_t seed = 0;
    while (account.compared < kSessions) play(++seed, account);
    const auto method = fmt::format(
        "simulated sessions of seeds 1 to {} with loss, reordering, dead links, kills, restarts, "
        "late joins, stalls, unplugged devices, mirrors, relays and switches by hand; after the "
        "last fault and a quiet of 150 ms (mirrors 300, relays of long SysEx 650) each client's "
        "port is compared with what its source's device played, by an account of MIDI of the "
        "test's own: {} clients, {} faults; held notes older than 0.5 s may be missing, values "
        "that the source never sent may be anything; {} sessions with nothing to compare, forged "
        "ones among them, do not count",
        seed, account.clients, account.faults, account.empty);
    fmt::print(R"({{"name": "recovery.shadow_equals_source", "value": {}, "unit": "sessions of )"
               R"({}", "method": "{}"}})"
               "\n",
               account.equal, account.compared, method);
    return 0;
}
