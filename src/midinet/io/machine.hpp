// What this machine lets a show do: facts for whoever looks for a fault.
#pragma once

#include "base/result.hpp"
#include "io/waiter.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

/// A bridge of this machine: a switch of its own.
struct BridgeFact {
    std::string name;
    bool snoops = false;  ///< IGMP: it passes a group on only to who asked for it
    bool asks = false;    ///< it is a querier
};

/// A network interface of the machine.
struct InterfaceFact {
    std::string name;
    bool up = false;
    bool carrier = false;    ///< a cable is in, or Wi-Fi is joined
    bool multicast = false;  ///< the kernel may use it for multicast
    bool loopback = false;
    std::uint32_t address = 0;           ///< its first IPv4 address, host order; 0: none
    std::optional<BridgeFact> bridge{};  ///< that it is, or is a port of
};

/// The wall clock.
struct ClockFact {
    bool known = false;
    bool synchronised = false;      ///< somebody disciplines it: NTP, PTP
    std::int64_t max_error_us = 0;  ///< as the kernel believes
};

/// What the system grants to an engine thread of this user.
struct RealtimeFact {
    int priority = 0;                            ///< that SCHED_FIFO gave; 0: none
    int wanted = 0;                              ///< that was asked for
    std::optional<std::uint64_t> memlock_limit;  ///< bytes that may be locked; nothing: any number
    std::vector<std::string> refusals;           ///< sentences, each with its fix
};

/// The packet filter.
struct FirewallFact {
    std::string rules;    ///< what `nft -j list ruleset` printed; empty: it could not be asked
    std::string trouble;  ///< why not
};

/// Asks the system. Thread: any; calls may run beside each other.
class Machine {
  public:
    virtual ~Machine() = default;
    virtual std::vector<InterfaceFact> interfaces() = 0;
    virtual ClockFact clock() = 0;
    /// Tries on a thread of its own: the caller's stays as it is.
    virtual RealtimeFact realtime() = 0;
    /// Runs a program; seconds at most.
    virtual FirewallFact firewall() = 0;
};

/// Hears IGMP queries that arrive on one interface, whatever groups they are about. The destructor
/// closes it. Thread: one.
class QueryEar {
  public:
    virtual ~QueryEar() = default;
    virtual Handle handle() const noexcept = 0;
    /// The IPv4 address (host order) of whoever sent the next query waiting. Never blocks. What
    /// else comes by IGMP is passed over.
    virtual std::optional<std::uint32_t> take() = 0;
};

}  // namespace midinet::io
