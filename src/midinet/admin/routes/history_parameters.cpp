#include "admin/routes/history_parameters.hpp"

#include "admin/routes/picture_route.hpp"
#include "wire/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::admin {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kLongest = 3660 * kDay;

tl::unexpected<Problem> wrong(std::string_view parameter, std::string_view value,
                              std::string_view expected) {
    return tl::unexpected(
        Problem{.kind = ProblemKind::BadParameter,
                .detail = fmt::format("{} is \"{}\"; expected {}.", parameter, value, expected),
                .more = control::dump({{"parameter", parameter}})});
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || read != end || value < 0) return std::nullopt;
    return value;
}

/// "90s", "15m", "2h", "7d". Units: s.
std::optional<std::int64_t> span_in(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto unit = std::string_view("smhd").find(text.back());
    const auto number = whole(text.substr(0, text.size() - 1));
    constexpr std::array<std::int64_t, 4> kUnits{1, kMinute, kHour, kDay};
    if (unit == std::string_view::npos || !number || *number < 1 || *number > kLongest)
        return std::nullopt;
    const auto span = *number * kUnits.at(unit);
    return span > kLongest ? std::nullopt : std::optional(span);
}

std::optional<Resolution> resolution_in(std::string_view text) {
    if (text == "1s") return Resolution::Second;
    if (text == "1m") return Resolution::Minute;
    if (text == "1h") return Resolution::Hour;
    return std::nullopt;
}

Resolution usual_for(std::int64_t range) {
    if (range <= kHour) return Resolution::Second;
    return range <= 7 * kDay ? Resolution::Minute : Resolution::Hour;
}

/// Each of a list with commas, through `parse`; false at the first that is none.
template <typename Parse>
bool read_list(std::string_view text, Parse parse) {
    for (;;) {
        const auto comma = text.find(',');
        if (!parse(text.substr(0, comma))) return false;
        if (comma == std::string_view::npos) return true;
        text.remove_prefix(comma + 1);
    }
}

const std::string* find(const Parameters& parameters, std::string_view name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? nullptr : &found->second;
}

std::optional<Problem> unknown(const Parameters& parameters,
                               std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : parameters)
        if (std::find(known.begin(), known.end(), name) == known.end())
            return Problem{.kind = ProblemKind::BadParameter,
                           .detail = fmt::format("{} is not known here; expected only {}.", name,
                                                 fmt::join(known, ", ")),
                           .more = control::dump({{"parameter", name}})};
    return std::nullopt;
}

tl::expected<std::set<std::size_t>, Problem> metrics_in(const std::string* text) {
    std::set<std::size_t> metrics;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kMetrics.size(); ++i) {
        names.push_back(kMetrics.at(i).name);
        if (text == nullptr) metrics.insert(i);
    }
    const auto take = [&](std::string_view name) {
        const auto metric = find_metric(name);
        if (metric) metrics.insert(*metric);
        return metric.has_value();
    };
    if (text != nullptr && !read_list(*text, take))
        return wrong("metric", *text, fmt::format("some of {}", fmt::join(names, ", ")));
    return metrics;
}

}  // namespace

tl::expected<SeriesQuery, Problem> series_query(const Parameters& parameters, std::int64_t now) {
    if (auto problem = unknown(parameters, {"range", "resolution", "metric", "device"}))
        return tl::unexpected(*std::move(problem));
    std::int64_t range = kHour;
    if (const auto* text = find(parameters, "range")) {
        const auto span = span_in(*text);
        if (!span) return wrong("range", *text, "a number and s, m, h or d, as in \"15m\"");
        range = *span;
    }
    auto resolution = usual_for(range);
    if (const auto* text = find(parameters, "resolution")) {
        const auto parsed = resolution_in(*text);
        if (!parsed) return wrong("resolution", *text, "1s, 1m or 1h");
        resolution = *parsed;
        if (range / width_of(resolution) > kMostPoints)
            return wrong("resolution", *text,
                         fmt::format("a coarser one, or a shorter range: it would be {} points of "
                                     "each, and {} is the most",
                                     range / width_of(resolution), kMostPoints));
    }
    auto metrics = metrics_in(find(parameters, "metric"));
    if (!metrics) return tl::unexpected(metrics.error());
    return SeriesQuery{
        .resolution = resolution, .from = now - range, .to = now, .metrics = *std::move(metrics)};
}

tl::expected<EventQuery, Problem> event_query(const Parameters& parameters) {
    if (auto problem = unknown(parameters, {"kind", "since", "after", "before", "device", "limit"}))
        return tl::unexpected(*std::move(problem));
    EventQuery query;
    const auto take = [&](std::string_view name) {
        const auto kind = find_event_kind(name);
        if (kind) query.kinds.insert(*kind);
        return kind.has_value();
    };
    if (const auto* text = find(parameters, "kind"); text != nullptr && !read_list(*text, take))
        return wrong("kind", *text, fmt::format("some of {}", fmt::join(kEventKinds, ", ")));
    if (const auto* text = find(parameters, "since")) {
        const auto time = parse_time(*text);
        if (!time) return wrong("since", *text, "a time, as in \"2026-11-27T19:29:01Z\"");
        query.since_ms = *time;
    }
    for (const auto& [name, bound] :
         {std::pair{"after", &query.after}, std::pair{"before", &query.before}}) {
        const auto* text = find(parameters, name);
        if (text == nullptr) continue;
        const auto id = whole(*text);
        if (!id) return wrong(name, *text, "the id of an event");
        *bound = *id;
    }
    if (const auto* text = find(parameters, "device")) {
        const auto device = whole(*text);
        if (!device || *device < 1 || *device > wire::kMaxDevices)
            return wrong("device", *text, fmt::format("1 to {}", unsigned{wire::kMaxDevices}));
        query.device = static_cast<std::uint8_t>(*device);
    }
    if (const auto* text = find(parameters, "limit")) {
        const auto limit = whole(*text);
        if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(kMostEventsTold))
            return wrong("limit", *text, fmt::format("1 to {}", kMostEventsTold));
        query.limit = static_cast<std::size_t>(*limit);
    }
    return query;
}

}  // namespace midinet::admin
