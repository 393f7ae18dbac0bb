#include "control/triggers/osc_trigger.hpp"

#include "control/triggers/osc_pattern.hpp"
#include "control/triggers/osc_reader.hpp"

#include <optional>
#include <string_view>

namespace midinet::control {
namespace {

/// What stands at our address in a packet.
struct Findings {
    bool fires = false;
    bool releases = false;
};

/// Also of NaN, which is not above or below anything.
bool is_release(const OscMessage& message) {
    return message.value && !(*message.value > 0.0 || *message.value < 0.0);
}

/// Nothing when it is malformed.
std::optional<Findings> read_packet(ByteView packet, std::string_view address) {
    Findings findings;
    const bool good =
        packet.size() <= OscTrigger::kMaxPacket && read_osc(packet, [&](const OscMessage& message) {
            const auto match = match_osc_pattern(message.pattern, address);
            if (match == OscMatch::Yes)
                (is_release(message) ? findings.releases : findings.fires) = true;
            return match != OscMatch::Malformed;
        });
    return good ? std::optional{findings} : std::nullopt;
}

}  // namespace

OscVerdict OscTrigger::judge(ByteView packet, const io::IpAddress& from) {
    if (!any_contains(allowed_, from)) {
        ++counters_.not_allowed;
        return OscVerdict::NotAllowed;
    }
    const auto found = read_packet(packet, address_);
    if (!found) {
        ++counters_.malformed;
        return OscVerdict::Malformed;
    }
    if (found->fires) {
        ++counters_.fired;
        return OscVerdict::Fire;
    }
    ++counters_.not_for_us;
    if (found->releases) ++counters_.releases;
    return OscVerdict::NotForUs;
}

}  // namespace midinet::control
