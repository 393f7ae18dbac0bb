#include "admin/http/json_body.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace midinet::admin {
namespace {

using nlohmann::json;
using Event = json::parse_event_t;

/// Follows the parser, and keeps the first thing that is not taken.
class Watch {
  public:
    /// Whether the value is kept. After a fault nothing is, so that nothing grows.
    bool follow(Event event, const json& value) {
        if (fault_) return false;
        if (event == Event::key) {
            open_.back().name = value.get_ref<const std::string&>();
            if (!open_.back().names.insert(open_.back().name).second)
                refuse(fmt::format("{:.60} stands twice in one object; expected once.",
                                   open_.back().name));
        } else if (event == Event::object_end || event == Event::array_end) {
            open_.pop_back();
        } else {
            if (!open_.empty() && open_.back().list) ++open_.back().items;
            if (event != Event::value) enter(event == Event::array_start);
        }
        return !fault_;
    }
    std::optional<Problem>& fault() noexcept { return fault_; }

  private:
    struct Level {
        bool list = false;
        std::size_t items{};  ///< of a list, so far
        std::string name{};   ///< of an object's latest member
        std::set<std::string> names{};
    };

    void enter(bool list) {
        if (open_.size() == kDeepestJson)
            return refuse(fmt::format("The body has more than {} levels of objects and lists.",
                                      kDeepestJson));
        open_.push_back({.list = list});
    }
    void refuse(std::string detail) {
        std::string pointer;
        for (const auto& level : open_)
            pointer += '/' + (level.list ? std::to_string(level.items - 1) : escaped(level.name));
        fault_ = Problem{ProblemKind::Invalid, std::move(detail), std::move(pointer)};
    }

    std::vector<Level> open_;
    std::optional<Problem> fault_;
};

}  // namespace

tl::expected<json, Problem> parse_body(const std::string& text) {
    Watch watch;
    // The parser takes a NUL for the end.
    const bool ends_early = text.find('\0') != std::string::npos;
    auto parsed = json::parse(
        text, [&watch](int, Event event, const json& value) { return watch.follow(event, value); },
        /*allow_exceptions=*/false);
    if (watch.fault()) return tl::unexpected(*std::move(watch.fault()));
    if (parsed.is_discarded() || ends_early)
        return tl::unexpected(Problem{ProblemKind::Malformed, "The body is not JSON."});
    return parsed;
}

std::string escaped(std::string_view key) {
    std::string step;
    for (const char c : key) step += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return step;
}

std::string shown(const json& value) {
    constexpr std::size_t kMost = 40;
    auto text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    return text.size() <= kMost ? text : text.substr(0, kMost) + "…";
}

}  // namespace midinet::admin
