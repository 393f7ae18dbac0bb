#include "control/plane/tap.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace midinet::control::plane {
namespace {

constexpr std::uint8_t kLonger = 0x80;  ///< the whole length follows
constexpr std::uint8_t kCutOff = 0x40;
constexpr std::uint8_t kSizeBits = 0x3F;
constexpr std::size_t kMostPacked = 4 + 1 + 1 + 4 + TapEvent::kMaxHead;

std::uint32_t age_us(TimePoint at, TimePoint sent) noexcept {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(to_us(sent - at), std::uint64_t{0xFFFFFFFF}));
}

/// The first event of `bytes`, and how many bytes it takes; 0: it is not well-formed.
std::size_t unpack(std::span<const std::uint8_t> bytes, TimePoint sent, TapEvent& event) noexcept {
    ByteReader reader(std::as_bytes(bytes));
    const auto age = reader.u32();
    const auto place = reader.u8();
    const auto form = reader.u8();
    const std::size_t size = form & kSizeBits;
    const bool longer = (form & kLonger) != 0;
    event.at = sent - std::chrono::microseconds(age);
    event.point = static_cast<TapPoint>(place >> 4U);
    event.port = PortIndex{static_cast<std::uint8_t>(place & 0x0FU)};
    event.cut_off = (form & kCutOff) != 0;
    event.length = longer ? reader.u32() : static_cast<std::uint32_t>(size);
    const auto head = reader.take(size);
    event.head.clear();
    for (const auto byte : head) (void)event.head.push_back(to_u8(byte));
    const bool good = reader.ok() && size > 0 && size <= TapEvent::kMaxHead &&
                      (place >> 4U) < kTapPoints && (!longer || event.length > size);
    return good ? bytes.size() - reader.remaining() : 0;
}

}  // namespace

bool TapEvents::add(const TapEvent& event, TimePoint sent) noexcept {
    std::array<std::byte, kMostPacked> packed{};
    ByteWriter writer(packed);
    const auto size = static_cast<std::uint8_t>(event.head.size());
    const bool longer = event.length > size;
    writer.u32(age_us(event.at, sent));
    writer.u8(static_cast<std::uint8_t>((static_cast<unsigned>(event.point) << 4U) |
                                        (event.port.value & 0x0FU)));
    writer.u8(
        static_cast<std::uint8_t>(size | (longer ? kLonger : 0U) | (event.cut_off ? kCutOff : 0U)));
    if (longer) writer.u32(event.length);
    writer.bytes(std::as_bytes(event.head.view()));
    if (!writer.ok() || size == 0 || writer.size() > kMaxBytes - bytes_.size()) return false;
    for (const auto byte : writer.written()) (void)bytes_.push_back(to_u8(byte));
    ++count_;
    return true;
}

std::optional<TapEvents> TapEvents::of(std::span<const std::uint8_t> bytes) noexcept {
    if (bytes.size() > kMaxBytes) return std::nullopt;
    TapEvents events;
    TapEvent event;
    for (auto rest = bytes; !rest.empty(); ++events.count_) {
        const auto size = unpack(rest, TimePoint{}, event);
        if (size == 0) return std::nullopt;
        rest = rest.subspan(size);
    }
    for (const auto byte : bytes) (void)events.bytes_.push_back(byte);
    return events;
}

bool TapEvents::Reader::next(TapEvent& event) noexcept {
    if (rest_.empty()) return false;
    const auto size = unpack(rest_, sent_, event);
    if (size == 0) return false;
    rest_ = rest_.subspan(size);
    return true;
}

}  // namespace midinet::control::plane
