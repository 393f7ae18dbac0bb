#include "control/cli/stream/stream_choice.hpp"

#include "control/report/message_words.hpp"

#include <algorithm>

namespace midinet::control::cli {

bool is_chosen(const StreamChoice& choice, std::span<const std::uint8_t> message) {
    const auto status = message.empty() ? std::uint8_t{0xF0} : message.front();
    if (choice.channel != 0 &&
        (!midi::is_channel(status) || (status & 0x0FU) + 1U != choice.channel))
        return false;
    const auto type = type_of(std::span(&status, 1));
    if (choice.types.empty()) return type != "clock";
    return std::find(choice.types.begin(), choice.types.end(), type) != choice.types.end();
}

}  // namespace midinet::control::cli
