#include "engine/host_search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::engine {
namespace {

bool contains(const std::vector<io::Endpoint>& doors, io::Endpoint door) {
    return std::find(doors.begin(), doors.end(), door) != doors.end();
}

std::string text_of(const std::vector<io::Endpoint>& doors) {
    std::vector<std::string> texts;
    texts.reserve(doors.size());
    for (const auto door : doors) texts.push_back(io::to_string(door));
    return fmt::format("{}", fmt::join(texts, ", "));
}

bool is_heard(HostId host, const ClientStatus& status) {
    const auto* const end = status.sources.begin() + status.source_count;
    return std::any_of(status.sources.begin(), end, [&](const SourceStatus& source) {
        return source.source.value == host.value && source.alive;
    });
}

}  // namespace

void HostSearch::service(const ClientStatus& status) {
    for (const auto& notice : browser_->notices())
        notice.is_trouble ? s_.logger.warning(notice.text) : s_.logger.info(notice.text);
    if (const auto services = browser_->services()) take(finder_.take(*services));
    offer();
    let_go(status);
}

void HostSearch::take(const control::HostFinder::News& news) {
    for (const auto& why : news.refused)
        s_.logger.warning("DNS-SD names a service that is no host's: " + why);
    for (const auto& host : news.lost)
        s_.logger.info(fmt::format("host {} \"{}\" is not announced by DNS-SD any more",
                                   host.says.id.value, host.instance));
    for (const auto& host : news.found) {
        const auto& says = host.says;
        s_.logger.info(
            fmt::format("host {} found by DNS-SD: \"{}\" at {} on {}, epoch {}, device \"{}\"",
                        says.id.value, host.instance, text_of(host.doors),
                        fmt::join(host.interfaces, ", "), says.epoch.value, says.device_name));
        s_.on_found(host);
    }
}

/// Again at the next service() where the ring is full.
void HostSearch::offer() {
    for (const auto& [id, host] : finder_.hosts())
        for (const auto door : host.doors) {
            const Door offered{id, door};
            if (std::find(doors_.begin(), doors_.end(), offered) == doors_.end() &&
                s_.command({.what = ClientCommand::What::KnowHost, .host = door}))
                doors_.push_back(offered);
        }
}

void HostSearch::let_go(const ClientStatus& status) {
    std::erase_if(doors_, [&](const Door& door) {
        const auto& [host, address] = door;
        if (is_announced(door) || is_heard(host, status)) return false;
        // Another host may have taken the address over.
        if (knows(address) || s_.is_known_otherwise(SourceId{host.value}, address)) return true;
        return s_.command({.what = ClientCommand::What::ForgetHost, .host = address});
    });
}

bool HostSearch::is_announced(const Door& door) const {
    const auto found = finder_.hosts().find(door.first);
    return found != finder_.hosts().end() && contains(found->second.doors, door.second);
}

bool HostSearch::knows(io::Endpoint door) const {
    return std::any_of(finder_.hosts().begin(), finder_.hosts().end(),
                       [&](const auto& entry) { return contains(entry.second.doors, door); });
}

}  // namespace midinet::engine
