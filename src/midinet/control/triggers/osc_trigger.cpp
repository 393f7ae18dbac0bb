#include "control/triggers/osc_trigger.hpp"

#include "control/triggers/osc_layout.hpp"
#include "control/triggers/osc_pattern.hpp"

#include <oscpack/osc/OscReceivedElements.h>

#include <optional>
#include <string_view>

namespace midinet::control {
namespace {

/// What stands at our address in a packet.
struct Findings {
    bool fires = false;
    bool releases = false;
};

/// A fader's or button's value; nothing for what is not a number.
std::optional<double> number(const osc::ReceivedMessageArgument& argument) {
    switch (argument.TypeTag()) {
        case osc::INT32_TYPE_TAG:
            return argument.AsInt32();
        case osc::INT64_TYPE_TAG:
            return static_cast<double>(argument.AsInt64());
        case osc::FLOAT_TYPE_TAG:
            return argument.AsFloat();
        case osc::DOUBLE_TYPE_TAG:
            return argument.AsDouble();
        case osc::FALSE_TYPE_TAG:
            return 0.0;
        default:
            return std::nullopt;
    }
}

bool is_release(const osc::ReceivedMessage& message) {
    if (message.ArgumentCount() == 0) return false;
    const auto value = number(*message.ArgumentsBegin());
    // Also of NaN, which is not above or below anything.
    return value && !(*value > 0.0 || *value < 0.0);
}

/// Reads a packet that is sound. Throws what oscpack does.
class Reader {
  public:
    explicit Reader(std::string_view address) noexcept : address_(address) {}

    /// False: malformed. `Element` is a packet or an element of a bundle.
    template <typename Element>
    // NOLINTNEXTLINE(misc-no-recursion): kMaxOscDepth bounds it.
    bool read(const Element& element) {
        if (element.IsMessage()) return read_message(osc::ReceivedMessage(element));
        const osc::ReceivedBundle bundle(element);
        for (auto at = bundle.ElementsBegin(); at != bundle.ElementsEnd(); ++at)
            if (!read(*at)) return false;
        return true;
    }

    Findings findings() const noexcept { return findings_; }

  private:
    bool read_message(const osc::ReceivedMessage& message) {
        const auto match = match_osc_pattern(message.AddressPattern(), address_);
        if (match == OscMatch::Yes)
            (is_release(message) ? findings_.releases : findings_.fires) = true;
        return match != OscMatch::Malformed;
    }

    std::string_view address_;
    Findings findings_;
};

/// Nothing when it is malformed.
std::optional<Findings> read_packet(ByteView packet, std::string_view address) {
    if (packet.size() > OscTrigger::kMaxPacket || !is_sound_osc(packet)) return std::nullopt;
    const auto* const contents = static_cast<const char*>(static_cast<const void*>(packet.data()));
    try {
        Reader reader{address};
        if (!reader.read(osc::ReceivedPacket(contents, packet.size()))) return std::nullopt;
        return reader.findings();
    } catch (const osc::Exception&) {
        return std::nullopt;
    }
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
