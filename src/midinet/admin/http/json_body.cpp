#include "admin/http/json_body.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <vector>

namespace midinet::admin {
namespace {

using nlohmann::json;

/// Follows the parser: the names that each object it is in had so far.
class Names {
  public:
    void follow(json::parse_event_t event, const json& value) {
        if (event == json::parse_event_t::object_start) {
            open_.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            open_.pop_back();
        } else if (event == json::parse_event_t::key && !twice_) {
            const auto& name = value.get_ref<const std::string&>();
            if (!open_.back().insert(name).second) twice_ = name;
        }
    }
    const std::optional<std::string>& twice() const noexcept { return twice_; }

  private:
    std::vector<std::set<std::string>> open_;
    std::optional<std::string> twice_;
};

}  // namespace

tl::expected<json, Problem> parse_body(const std::string& text) {
    Names names;
    auto parsed = json::parse(
        text,
        [&names](int, json::parse_event_t event, const json& value) {
            names.follow(event, value);
            return true;
        },
        /*allow_exceptions=*/false);
    if (parsed.is_discarded())
        return tl::unexpected(Problem{ProblemKind::Malformed, "The body is not JSON."});
    if (names.twice())
        return tl::unexpected(
            Problem{ProblemKind::Invalid,
                    fmt::format("{} stands twice in one object; expected once.", *names.twice())});
    return parsed;
}

}  // namespace midinet::admin
