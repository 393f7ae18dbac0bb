#include "midi/message.hpp"

#include <algorithm>

namespace midinet::midi {

bool is_well_formed(std::span<const std::uint8_t> bytes) noexcept {
    if (bytes.empty() || bytes.size() > Message::kMaxInline || !is_status(bytes.front()))
        return false;
    auto data = bytes.subspan(1);
    if (bytes.front() == 0xF0) {
        if (data.empty() || data.back() != 0xF7) return false;
        data = data.first(data.size() - 1);
    } else if (bytes.size() != message_size(bytes.front())) {
        return false;
    }
    return std::none_of(data.begin(), data.end(), is_status);
}

}  // namespace midinet::midi
