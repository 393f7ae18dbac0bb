// What happens in one run, all of it drawn from one seed.
#pragma once

#include "musician.hpp"
#include "platform/sim/world.hpp"

namespace midinet::simtest {

/// How rough a run is, and so how much may be asked of it.
enum class Flavor : std::uint8_t {
    Calm,        ///< networks that at most delay and duplicate: what comes out is what went in
    OneBadPath,  ///< two networks, at most one of them bad at a time; clients may stall: the same
    Lossy,       ///< every network loses up to 20 %, evenly
    Stormy,      ///< everything that can happen to hosts, clients, devices, ports and networks
    Hostile,     ///< forged datagrams as well: nothing is asked but to survive
};
const char* to_string(Flavor flavor);

struct Fault {
    enum class What : std::uint8_t {
        Weather,
        LinkDown,
        StallClient,
        StallHost,
        KillHost,
        ShutdownHost,
        Unplug,
        RestartClient,
        PortFull,
        PortLost,
        Garbage,
        Zombies,
        Forgery,
    };
    What what = What::Weather;
    TimePoint at{};
    Duration lasts{};
    unsigned who = 0;  ///< which network, host or client
    platform::sim::Weather weather;
};
const char* to_string(Fault::What what);

struct Plan {
    std::uint64_t seed = 0;
    Flavor flavor = Flavor::Calm;
    unsigned hosts = 1;
    unsigned networks = 1;
    std::vector<platform::sim::Weather> calm;  ///< each network's weather when nothing is wrong
    std::vector<TimePoint> clients;            ///< when each starts
    Piece piece;
    Duration jitter_buffer{};
    Duration between_phrases{};  ///< on average
    TimePoint music_from{};
    TimePoint faults_end{};  ///< and music's
    std::vector<Fault> faults;
    bool hosts_die_at_end = false;

    /// What the client plays must be what the device played, to the byte.
    bool is_exact() const noexcept {
        return flavor == Flavor::Calm || flavor == Flavor::OneBadPath;
    }
};

Plan make_plan(std::uint64_t seed);
/// For people.
std::string describe(const Plan& plan);

}  // namespace midinet::simtest
