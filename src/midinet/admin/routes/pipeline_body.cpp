#include "admin/routes/pipeline_body.hpp"

#include "admin/http/json_body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace midinet::admin {
namespace {

using Json = nlohmann::json;
using midi::PipelineSettings;

constexpr std::array<std::string_view, 9> kKeys{
    "channels",       "types",          "sysex",           "channel_map", "transpose",
    "velocity_curve", "velocity_fixed", "velocity_points", "cc_remap"};

/// An object inside the body, or the body. The first complaint of all stays.
class Object {
  public:
    Object(const Json& json, std::string pointer, std::optional<Problem>& problem)
        : json_(json), pointer_(std::move(pointer)), problem_(problem) {}

    template <typename T>
    void number(std::string_view key, T& value, int lowest, int highest) {
        if (const auto* found = find(key))
            value = static_cast<T>(integer(*found, at(key), lowest, highest).value_or(int{value}));
    }
    void flag(std::string_view key, bool& value) {
        const auto* found = find(key);
        if (found == nullptr) return;
        if (!found->is_boolean()) return complain(at(key), *found, "true or false");
        value = found->get<bool>();
    }
    template <std::size_t N>
    std::optional<std::size_t> word(std::string_view key,
                                    const std::array<std::string_view, N>& words) {
        const auto* found = find(key);
        return found == nullptr ? std::nullopt : word_of(*found, at(key), words);
    }
    /// Nothing when it is absent, or wrong.
    std::optional<std::vector<int>> numbers(std::string_view key, int lowest, int highest) {
        std::vector<int> all;
        const auto* list = array(key);
        if (list == nullptr) return std::nullopt;
        for (std::size_t i = 0; i < list->size(); ++i)
            all.push_back(integer((*list)[i], at(key, i), lowest, highest).value_or(lowest));
        return all;
    }
    template <std::size_t N>
    std::optional<std::vector<std::size_t>> words(std::string_view key,
                                                  const std::array<std::string_view, N>& known) {
        std::vector<std::size_t> all;
        const auto* list = array(key);
        if (list == nullptr) return std::nullopt;
        for (std::size_t i = 0; i < list->size(); ++i)
            all.push_back(word_of((*list)[i], at(key, i), known).value_or(0));
        return all;
    }
    /// Calls `take(Object)` for each entry. False when it is absent.
    template <typename Take>
    bool each(std::string_view key, std::size_t most, Take take) {
        const auto* list = array(key);
        if (list == nullptr) return false;
        if (list->size() > most) complain(at(key), *list, fmt::format("at most {} entries", most));
        for (std::size_t i = 0; i < std::min(list->size(), most); ++i) {
            if (!(*list)[i].is_object()) {
                complain(at(key, i), (*list)[i], "an object");
                continue;
            }
            Object entry((*list)[i], at(key, i), problem_);
            take(entry);
            entry.finish();
        }
        return true;
    }
    void require(std::string_view key, std::string_view expected) {
        if (!json_.contains(key))
            say(at(key), fmt::format("{} is missing; expected {}.", key, expected));
    }
    bool has(std::string_view key) const { return json_.contains(key); }
    void finish() {
        for (const auto& [key, value] : json_.items())
            if (std::find(known_.begin(), known_.end(), key) == known_.end())
                say(at(key), fmt::format("{} is not known here; expected only {}.", key,
                                         fmt::join(known_, ", ")));
    }
    void say(const std::string& pointer, std::string detail) {
        if (!problem_) problem_ = Problem{ProblemKind::Invalid, std::move(detail), pointer};
    }
    std::string at(std::string_view key) const { return pointer_ + "/" + escaped(key); }
    std::string at(std::string_view key, std::size_t index) const {
        return fmt::format("{}/{}", at(key), index);
    }

  private:
    const Json* find(std::string_view key) {
        known_.emplace_back(key);
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    const Json* array(std::string_view key) {
        const auto* found = find(key);
        if (found == nullptr || found->is_array()) return found;
        complain(at(key), *found, "a list");
        return nullptr;
    }
    std::optional<int> integer(const Json& json, const std::string& pointer, int lowest,
                               int highest) {
        const bool fits = json.is_number_integer() &&
                          (json.is_number_unsigned() ? json.get<std::uint64_t>() <= 1000
                                                     : json.get<std::int64_t>() >= -1000) &&
                          json.get<int>() >= lowest && json.get<int>() <= highest;
        if (fits) return json.get<int>();
        complain(pointer, json, fmt::format("a whole number from {} to {}", lowest, highest));
        return std::nullopt;
    }
    template <std::size_t N>
    std::optional<std::size_t> word_of(const Json& json, const std::string& pointer,
                                       const std::array<std::string_view, N>& words) {
        for (std::size_t i = 0; i < N && json.is_string(); ++i)
            if (json.get_ref<const std::string&>() == words.at(i)) return i;
        complain(pointer, json, fmt::format("one of {}", fmt::join(words, ", ")));
        return std::nullopt;
    }
    void complain(const std::string& pointer, const Json& value, std::string_view expected) {
        say(pointer,
            fmt::format("{} is {}; expected {}.", pointer.substr(1), shown(value), expected));
    }

    const Json& json_;
    std::string pointer_;
    std::optional<Problem>& problem_;
    std::vector<std::string> known_;
};

void read_filters(Object& body, PipelineSettings& settings) {
    if (const auto channels = body.numbers("channels", 1, 16)) {
        settings.channels = 0;
        for (const int c : *channels) settings.channels |= static_cast<std::uint16_t>(1 << (c - 1));
    }
    if (const auto types = body.words("types", midi::kMessageTypeWords)) {
        settings.types = 0;
        for (const auto t : *types) settings.types |= static_cast<std::uint16_t>(1U << t);
    }
    body.flag("sysex", settings.sysex);
}

void read_map(Object& body, PipelineSettings& settings) {
    if (const auto map = body.numbers("channel_map", 1, 16)) {
        if (map->size() != settings.channel_map.size())
            return body.say(body.at("channel_map"),
                            "channel_map has another length; expected 16 channels: where 1 goes, "
                            "where 2 goes, and so on.");
        for (std::size_t c = 0; c < map->size(); ++c)
            settings.channel_map.at(c) = static_cast<std::uint8_t>((*map)[c]);
    }
    body.number("transpose", settings.transpose, -midi::kMostTranspose, midi::kMostTranspose);
}

void read_velocity(Object& body, midi::VelocityCurve& curve) {
    if (const auto kind = body.word("velocity_curve", midi::kCurveWords))
        curve.kind = static_cast<midi::CurveKind>(*kind);
    body.number("velocity_fixed", curve.fixed, 1, 127);
    decltype(curve.points) points;
    const bool there = body.each("velocity_points", midi::kMostCurvePoints, [&](Object& entry) {
        midi::CurvePoint point;
        entry.require("in", "a whole number from 1 to 127");
        entry.number("in", point.in, 1, 127);
        entry.require("out", "a whole number from 1 to 127");
        entry.number("out", point.out, 1, 127);
        (void)points.push_back(point);
    });
    if (there) curve.points = points;
}

void read_remaps(Object& body, PipelineSettings& settings) {
    decltype(settings.remaps) remaps;
    const bool there = body.each("cc_remap", midi::kMostRemaps, [&](Object& entry) {
        midi::ControlRemap remap;
        entry.require("from", "a controller from 0 to 119");
        entry.number("from_channel", remap.from_channel, 0, 16);
        entry.number("from", remap.from, 0, midi::kHighestControl);
        entry.number("to_channel", remap.to_channel, 0, 16);
        remap.to = remap.from;
        entry.number("to", remap.to, 0, midi::kHighestControl);
        entry.number("in_low", remap.in_low, 0, 127);
        entry.number("in_high", remap.in_high, 0, 127);
        entry.number("out_low", remap.out_low, 0, 127);
        entry.number("out_high", remap.out_high, 0, 127);
        entry.flag("invert", remap.invert);
        (void)remaps.push_back(remap);
    });
    if (there) settings.remaps = remaps;
}

void refuse(Object& body, const midi::SettingsFault& fault) {
    const auto pointer = fault.list.empty()
                             ? body.at(fault.key)
                             : fmt::format("{}/{}", body.at(fault.list, fault.index), fault.key);
    body.say(pointer,
             fmt::format("{} does not go: expected {}.", pointer.substr(1), fault.expected));
}

}  // namespace

tl::expected<PipelineBody, Problem> read_pipeline_body(const std::string& text,
                                                       const PipelineSettings& before) {
    const auto json = parse_body(text);
    if (!json) return tl::unexpected(json.error());
    if (!json->is_object())
        return tl::unexpected(
            Problem{ProblemKind::Invalid, "The body is " + shown(*json) + "; expected an object."});
    std::optional<Problem> problem;
    PipelineBody result{before, false};
    Object body(*json, "", problem);
    read_filters(body, result.settings);
    read_map(body, result.settings);
    read_velocity(body, result.settings.velocity);
    read_remaps(body, result.settings);
    body.finish();
    if (!problem)
        if (const auto fault = midi::fault_of(result.settings)) refuse(body, *fault);
    if (problem) return tl::unexpected(*problem);
    result.whole = std::all_of(kKeys.begin(), kKeys.end(),
                               [&](std::string_view key) { return body.has(key); });
    return result;
}

}  // namespace midinet::admin
