// What a packet filter does with the show's packets, by its rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::control::cli {

/// A packet of the show that somebody else sent, or that this machine sends.
struct ShowPacket {
    enum class Way : std::uint8_t { In, Out };
    Way way = Way::In;
    bool igmp = false;       ///< else UDP
    std::uint16_t port = 0;  ///< UDP: its destination
    std::uint32_t to = 0;    ///< its destination; a multicast group, host order
    std::string interface;   ///< that it comes in by, or leaves by
};

struct FilterVerdict {
    enum class Fate : std::uint8_t {
        Passes,
        MayDrop,  ///< by a rule that looks at more than is known here
        Drops,
    };
    Fate fate = Fate::Passes;
    std::string rule;       ///< which one drops it: "rule 4 of table inet filter, chain input"
    std::string allow_fix;  ///< the command that lets it through; empty when it passes
};

/// Errors, as a verdict that passes: text that is no ruleset is one without rules. Pure.
/// `ruleset`: as `nft -j list ruleset` prints it.
FilterVerdict judge_packet(std::string_view ruleset, const ShowPacket& packet);

/// Whether it is one at all.
bool is_ruleset(std::string_view text);

}  // namespace midinet::control::cli
