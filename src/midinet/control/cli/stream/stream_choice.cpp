#include "control/cli/stream/stream_choice.hpp"

#include "control/report/message_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string unheard(const std::vector<SourceId>& heard, SourceId wanted) {
    if (heard.empty()) return "no host was heard; `midinet-cli doctor` looks for the reason";
    if (wanted.value == 0 || std::find(heard.begin(), heard.end(), wanted) != heard.end())
        return {};
    std::vector<unsigned> ids;
    ids.reserve(heard.size());
    for (const auto source : heard) ids.push_back(source.value);
    return fmt::format("host {} was not heard; heard {} {}", wanted.value,
                       ids.size() == 1 ? "is" : "are", fmt::join(ids, ", "));
}

}  // namespace midinet::control::cli
