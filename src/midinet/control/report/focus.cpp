#include "control/report/focus.hpp"

#include "control/report/words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace midinet::control {
namespace {

constexpr std::size_t kIdDigits = 16;

/// All of `word` as a number to `base`; nothing when it is not one.
std::optional<std::uint64_t> number_in(const std::string& word, int base) {
    std::uint64_t value = 0;
    const auto* end = word.data() + word.size();
    const auto [read, error] = std::from_chars(word.data(), end, value, base);
    if (error != std::errc{} || read != end) return std::nullopt;
    return value;
}

tl::expected<SenderId, std::string> by_number(std::uint64_t number, const plane::Roster& roster) {
    const auto& clients = roster.clients();
    if (number == 0 || number > clients.size())
        return tl::unexpected(
            fmt::format("there is no client {}: {} are heard", number, clients.size()));
    return std::next(clients.begin(), static_cast<std::ptrdiff_t>(number - 1))->first;
}

tl::expected<SenderId, std::string> by_name(const std::string& name, const plane::Roster& roster) {
    SenderId found;
    for (const auto& [id, client] : roster.clients()) {
        if (client.status.name.view() != name) continue;
        if (found.value != 0)
            return tl::unexpected(
                fmt::format("several clients are called {}: name one by its number or id", name));
        found = id;
    }
    if (found.value == 0) return tl::unexpected(fmt::format("no client {} is heard", name));
    return found;
}

}  // namespace

wire::Focus focus_of(const plane::Roster& roster, TimePoint now) {
    wire::Focus focus;
    for (const auto& [id, host] : roster.hosts())
        if (!host.gone(now) && host.status.focus.overrules(focus)) focus = host.status.focus;
    return focus;
}

std::size_t number_of(SenderId client, const plane::Roster& roster) {
    const auto& clients = roster.clients();
    const auto found = clients.find(client);
    if (found == clients.end()) return 0;
    return static_cast<std::size_t>(std::distance(clients.begin(), found)) + 1;
}

tl::expected<SenderId, std::string> find_client(const std::string& word,
                                                const plane::Roster& roster) {
    if (roster.clients().empty()) return tl::unexpected(std::string("no client is heard"));
    if (word.size() == kIdDigits)
        if (const auto id = number_in(word, 16)) {
            if (roster.client(SenderId{*id}) != nullptr) return SenderId{*id};
            return tl::unexpected(fmt::format("no client {} is heard", word));
        }
    if (const auto number = number_in(word, 10)) return by_number(*number, roster);
    return by_name(word, roster);
}

std::string holder_text(SenderId holder, const plane::Roster& roster) {
    if (holder.value == 0) return "nobody";
    const auto* client = roster.client(holder);
    if (client == nullptr) return fmt::format("client {}, which is not heard", id_text(holder));
    return fmt::format("client {}, {} ({})", number_of(holder, roster), client->status.name.view(),
                       id_text(holder));
}

}  // namespace midinet::control
