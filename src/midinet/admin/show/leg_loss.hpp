// Which part of the datagrams that a client should have heard did not come.
#pragma once

#include "control/plane/message.hpp"

#include <cstdint>
#include <map>
#include <tuple>

namespace midinet::admin {

/// Between the last two statuses of each client: before any repair, of its worst leg. Copies are
/// values. Pure. Thread: one.
class LegLoss {
  public:
    /// Datagrams of a leg between two statuses; of fewer, one loss would be a large part.
    static constexpr std::uint64_t kFewest = 50;

    void on_status(const control::plane::ClientStatus& status);
    /// Range: 0..100. Units: per cent. Zero for a client that said one status at most.
    double of(SenderId client) const;
    template <typename Known>
    void keep(const Known& known) {
        std::erase_if(clients_,
                      [&](const auto& item) { return !known.clients().contains(item.first); });
    }

  private:
    using LegKey = std::tuple<std::uint64_t, std::string, bool>;
    struct Counted {
        std::uint64_t datagrams = 0;
        std::uint64_t missing = 0;
    };
    struct Line {
        std::uint64_t uptime_ms = 0;
        std::map<LegKey, Counted> legs;
        double worst = 0;
    };
    std::map<SenderId, Line> clients_;
};

}  // namespace midinet::admin
