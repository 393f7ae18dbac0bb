#include "control/cli/commands/grammar.hpp"

#include <charconv>

namespace midinet::control::cli {

WordCheck between(unsigned least, unsigned most) {
    return [least, most](const std::string& word) {
        unsigned value = 0;
        const auto* const end = word.data() + word.size();
        const auto read = std::from_chars(word.data(), end, value);
        const bool good =
            read.ec == std::errc{} && read.ptr == end && value >= least && value <= most;
        return good ? std::string{}
                    : '"' + word + "\" is not a number from " + std::to_string(least) + " to " +
                          std::to_string(most);
    };
}

WordCheck some_text() {
    return [](const std::string& word) { return std::string(word.empty() ? "is empty" : ""); };
}

WordCheck one_word_of(std::vector<std::string> words) {
    return [words = std::move(words)](const std::string& word) {
        std::string all;
        for (const auto& one : words) {
            if (one == word) return std::string{};
            all += (all.empty() ? "" : ", ") + one;
        }
        return '"' + word + "\" is none of " + all;
    };
}

}  // namespace midinet::control::cli
