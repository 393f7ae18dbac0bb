#include "control/cli/stream/box_choice.hpp"

#include "control/report/focus.hpp"
#include "control/report/tap_json.hpp"

#include <fmt/format.h>

namespace midinet::control::cli {
namespace {

template <typename Boxes>
std::set<SenderId> present(const Boxes& boxes, TimePoint now) {
    std::set<SenderId> all;
    for (const auto& [id, box] : boxes)
        if (!box.gone(now)) all.insert(SenderId{id.value});
    return all;
}

}  // namespace

/// A host that is named by its number may be asked although its statuses do not get here.
tl::expected<void, BoxChoice::Nobody> BoxChoice::name_host(const plane::Roster& roster,
                                                           bool looked) {
    const auto from = order_.stream.from;
    const bool heard = roster.host(HostId{from.value}) != nullptr;
    if (heard || !order_.request.peers.empty()) named_ = SenderId{from.value};
    if (named_ || !looked) return {};
    return tl::unexpected(
        Nobody{roster.hosts().empty() ? ExitCode::Unreachable : ExitCode::Refused,
               fmt::format("host {} is not heard; `midinet-cli hosts` lists who is", from.value)});
}

tl::expected<void, BoxChoice::Nobody> BoxChoice::name(const plane::Roster& roster, bool looked) {
    if (!of_clients()) return name_host(roster, looked);
    if (!looked) return {};
    const auto found = find_client(order_.client, roster);
    if (!found)
        return tl::unexpected(
            Nobody{roster.clients().empty() ? ExitCode::Unreachable : ExitCode::Refused,
                   found.error() + "; `midinet-cli clients` lists who is"});
    named_ = *found;
    return {};
}

tl::expected<std::set<SenderId>, BoxChoice::Nobody> BoxChoice::choose(const plane::Roster& roster,
                                                                      TimePoint now, bool looked) {
    if (order_.stream.from.value != 0 || !order_.client.empty()) {
        if (!named_)
            if (auto named = name(roster, looked); !named) return tl::unexpected(named.error());
        if (!named_) return {};
        const bool stays = !order_.request.peers.empty() || !is_gone(*named_, &roster, now);
        return stays ? std::set{*named_} : std::set<SenderId>{};
    }
    const bool nobody = of_clients() ? roster.clients().empty() : roster.hosts().empty();
    if (looked && nobody)
        return tl::unexpected(
            Nobody{ExitCode::Unreachable,
                   fmt::format("no {} was heard; `midinet-cli doctor` looks for the reason",
                               of_clients() ? "client" : "host")});
    return of_clients() ? present(roster.clients(), now) : present(roster.hosts(), now);
}

}  // namespace midinet::control::cli
