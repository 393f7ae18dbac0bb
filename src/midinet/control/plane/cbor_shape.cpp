#include "control/plane/cbor_shape.hpp"

#include "base/fixed_vector.hpp"

namespace midinet::control::plane {
namespace {

using wire::DecodeError;

/// The high three bits of an item's first byte. RFC 8949 §3.1.
enum class Major : std::uint8_t { Unsigned, Negative, Bytes, Text, List, Map, Tag, Simple };

struct Head {
    Major major = Major::Simple;
    std::uint8_t info = 0;  ///< the low five bits
    std::uint64_t argument = 0;
};

constexpr std::uint8_t kFalse = 20;
constexpr std::uint8_t kNull = 22;
constexpr std::uint8_t kHalf = 25;
constexpr std::uint8_t kSingle = 26;
constexpr std::uint8_t kDouble = 27;

/// False for what has no definite length or is reserved.
bool read_head(ByteReader& reader, Head& head) noexcept {
    const std::uint8_t first = reader.u8();
    head.major = static_cast<Major>(first >> 5U);
    head.info = first & 0x1FU;
    head.argument = head.info;
    if (head.info == 24) head.argument = reader.u8();
    if (head.info == 25) head.argument = reader.u16();
    if (head.info == 26) head.argument = reader.u32();
    if (head.info == 27) head.argument = reader.u64();
    return head.info < 28;
}

/// IEEE 754: infinities and what is not a number have all bits of the exponent set.
bool is_finite(std::uint64_t bits, std::uint64_t exponent) noexcept {
    return (bits & exponent) != exponent;
}

bool is_plain(const Head& head) noexcept {
    switch (head.info) {
        case kHalf:
            return is_finite(head.argument, 0x7C00U);
        case kSingle:
            return is_finite(head.argument, 0x7F800000U);
        case kDouble:
            return is_finite(head.argument, 0x7FF0000000000000U);
        default:
            return head.info >= kFalse && head.info <= kNull;
    }
}

/// A map or list that was entered.
struct Level {
    std::uint64_t left = 0;  ///< items still to come; a map's keys and values each count
    bool map = false;
    bool wants_key() const noexcept { return map && left % 2 == 0; }
};

class Walk {
  public:
    explicit Walk(ByteView bytes) noexcept : reader_(bytes) {}

    std::optional<DecodeError> run() noexcept {
        do {
            if (const auto fault = take_item()) return fault;
            while (!levels_.empty() && levels_.back().left == 0) levels_.pop_back();
        } while (!levels_.empty());
        if (!reader_.at_end()) return DecodeError::TrailingBytes;
        return std::nullopt;
    }

  private:
    std::optional<DecodeError> take_item() noexcept {
        Head head;
        const bool definite = read_head(reader_, head);
        if (!reader_.ok()) return DecodeError::TooShort;
        if (!definite) return DecodeError::BadValue;
        if (levels_.empty() && head.major != Major::Map) return DecodeError::BadValue;
        if (!levels_.empty()) {
            if (levels_.back().wants_key() && head.major != Major::Text)
                return DecodeError::BadValue;
            --levels_.back().left;
        }
        return take_content(head);
    }

    std::optional<DecodeError> take_content(const Head& head) noexcept {
        switch (head.major) {
            case Major::Unsigned:
            case Major::Negative:
                return std::nullopt;
            case Major::Bytes:
            case Major::Text:
                if (head.argument > reader_.remaining()) return DecodeError::TooShort;
                (void)reader_.take(static_cast<std::size_t>(head.argument));
                return std::nullopt;
            case Major::List:
            case Major::Map:
                return enter(head);
            case Major::Tag:
                return DecodeError::BadValue;
            case Major::Simple:
                break;
        }
        return is_plain(head) ? std::nullopt : std::optional(DecodeError::BadValue);
    }

    /// Each item takes a byte at least, so no count is believed that the bytes cannot hold.
    std::optional<DecodeError> enter(const Head& head) noexcept {
        const bool map = head.major == Major::Map;
        const std::size_t most = map ? reader_.remaining() / 2 : reader_.remaining();
        if (head.argument > most) return DecodeError::TooShort;
        if (!levels_.push_back({map ? 2 * head.argument : head.argument, map}))
            return DecodeError::BadValue;
        return std::nullopt;
    }

    ByteReader reader_;
    FixedVector<Level, kMaxCborDepth> levels_;
};

}  // namespace

std::optional<DecodeError> cbor_fault(ByteView bytes) noexcept {
    if (bytes.empty()) return DecodeError::TooShort;
    if (bytes.size() > wire::kMaxPayload) return DecodeError::TooLong;
    return Walk(bytes).run();
}

}  // namespace midinet::control::plane
