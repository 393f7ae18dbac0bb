#include "control/cli/play/message_bytes.hpp"

#include "midi/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace midinet::control::cli {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kActiveSensing = 0xFE;
constexpr std::uint8_t kSysEx = 0xF0;
constexpr std::uint8_t kEndOfSysEx = 0xF7;
constexpr std::uint8_t kFirstStatus = 0x80;

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

tl::expected<Bytes, std::string> bytes_of(const std::vector<std::string>& words) {
    Bytes bytes;
    for (const auto& word : words)
        for (std::size_t i = 0; i < word.size(); i += 2) {
            i = word.find_first_not_of(' ', i);  // some give all of them in quotes
            if (i == std::string::npos) break;
            const auto high = digit(word[i]);
            const auto low = i + 1 < word.size() ? digit(word[i + 1]) : std::nullopt;
            if (!high || !low)
                return tl::unexpected(fmt::format(
                    "\"{}\" is no bytes in hexadecimal, two digits each, as in 90 3C 64", word));
            bytes.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
        }
    return bytes;
}

/// How long the message that begins at `at` is; 0: there is none that is whole.
std::size_t size_at(const Bytes& bytes, std::size_t at) {
    const auto status = bytes[at];
    std::size_t size = midi::message_size(status);
    if (status == kSysEx) {
        const auto end =
            std::find(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), kEndOfSysEx);
        size = end == bytes.end() ? 0 : static_cast<std::size_t>(end - bytes.begin()) - at + 1;
    }
    if (status < kFirstStatus || size == 0 || at + size > bytes.size()) return 0;
    const std::size_t data_end = at + size - (status == kSysEx ? 1 : 0);
    for (std::size_t i = at + 1; i < data_end; ++i)
        if (bytes[i] >= kFirstStatus) return 0;
    return size;
}

}  // namespace

tl::expected<std::vector<Bytes>, std::string> message_bytes(const std::vector<std::string>& words) {
    const auto bytes = bytes_of(words);
    if (!bytes) return tl::unexpected(bytes.error());
    std::vector<Bytes> messages;
    for (std::size_t at = 0; at < bytes->size();) {
        const auto size = size_at(*bytes, at);
        if (size == 0)
            return tl::unexpected(fmt::format(
                "byte {} ({:02X}) begins no whole MIDI message; expected a status and what belongs "
                "to it, as in 90 3C 64",
                at + 1, (*bytes)[at]));
        if ((*bytes)[at] == kActiveSensing)
            return tl::unexpected(std::string("FE is active sensing, which hosts do not pass on"));
        const auto from = bytes->begin() + static_cast<std::ptrdiff_t>(at);
        messages.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    if (messages.empty())
        return tl::unexpected(std::string("there are no bytes; expected some, as in 90 3C 64"));
    return messages;
}

}  // namespace midinet::control::cli
