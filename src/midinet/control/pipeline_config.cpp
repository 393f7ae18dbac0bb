#include "control/pipeline_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>  // join, in versions of fmt above 9

#include <algorithm>

namespace midinet::control {
namespace {

using midi::PipelineSettings;

constexpr const char* kSection = "pipeline";
constexpr IntegerRange kChannel{1, 16};
constexpr IntegerRange kChannelOrZero{0, 16};
constexpr IntegerRange kData{0, 127};

template <std::size_t N>
std::string choices(const std::array<std::string_view, N>& words) {
    std::string all;
    for (std::size_t i = 0; i < N; ++i)
        all += fmt::format("{}\"{}\"", i == 0 ? "" : i + 1 == N ? " or " : ", ", words.at(i));
    return all;
}

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& words,
                                    const std::string& word) {
    const auto* found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) return std::nullopt;
    return static_cast<std::size_t>(found - words.begin());
}

void read_channels(TomlTable& table, PipelineSettings& settings) {
    std::vector<unsigned> channels;
    if (!table.has("channels")) return table.leave("channels");
    table.read("channels", channels, kChannel);
    settings.channels = 0;
    for (const unsigned channel : channels)
        settings.channels |= static_cast<std::uint16_t>(1U << (channel - 1));
}

void read_types(TomlTable& table, PipelineSettings& settings) {
    std::vector<std::size_t> types;
    if (!table.has("types")) return table.leave("types");
    table.read_list("types", types, choices(midi::kMessageTypeWords), [](const std::string& word) {
        return index_of(midi::kMessageTypeWords, word);
    });
    settings.types = 0;
    for (const auto type : types) settings.types |= static_cast<std::uint16_t>(1U << type);
}

void read_channel_map(TomlTable& table, PipelineSettings& settings) {
    std::vector<std::uint8_t> map(settings.channel_map.begin(), settings.channel_map.end());
    table.read("channel_map", map, kChannel);
    if (map.size() != settings.channel_map.size())
        return table.refuse("channel_map", "16 channels: where 1 goes, where 2 goes, and so on");
    std::copy(map.begin(), map.end(), settings.channel_map.begin());
}

/// The entries of a list, of which each has the key `needed`.
std::vector<TomlTable> entries_of(TomlTable& table, const char* key, std::size_t most,
                                  const char* needed) {
    auto entries = table.tables(key);
    if (entries.size() > most) {
        table.refuse(key, fmt::format("at most {} entries", most));
        entries.clear();
    }
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (!entries[i].has(needed))
            table.refuse_item(key, i, fmt::format("a table that has the key {}", needed));
    return entries;
}

std::vector<TomlTable> read_points(TomlTable& table, midi::VelocityCurve& curve) {
    auto entries = entries_of(table, "velocity_points", midi::kMostCurvePoints, "in");
    for (auto& entry : entries) {
        midi::CurvePoint point;
        entry.read("in", point.in, IntegerRange{1, 127});
        entry.read("out", point.out, IntegerRange{1, 127});
        entry.finish();
        (void)curve.points.push_back(point);
    }
    return entries;
}

std::vector<TomlTable> read_remaps(TomlTable& table, PipelineSettings& settings) {
    auto entries = entries_of(table, "cc_remap", midi::kMostRemaps, "from");
    for (auto& entry : entries) {
        midi::ControlRemap remap;
        entry.read("from_channel", remap.from_channel, kChannelOrZero);
        entry.read("from", remap.from, IntegerRange{0, midi::kHighestControl});
        entry.read("to_channel", remap.to_channel, kChannelOrZero);
        remap.to = remap.from;
        entry.read("to", remap.to, IntegerRange{0, midi::kHighestControl});
        entry.read("in_low", remap.in_low, kData);
        entry.read("in_high", remap.in_high, kData);
        entry.read("out_low", remap.out_low, kData);
        entry.read("out_high", remap.out_high, kData);
        entry.read("invert", remap.invert);
        entry.finish();
        (void)settings.remaps.push_back(remap);
    }
    return entries;
}

std::string remap_text(const midi::ControlRemap& remap) {
    return fmt::format(
        "{{ from_channel = {}, from = {}, to_channel = {}, to = {}, in_low = {}, in_high = {}, "
        "out_low = {}, out_high = {}, invert = {} }}",
        remap.from_channel, remap.from, remap.to_channel, remap.to, remap.in_low, remap.in_high,
        remap.out_low, remap.out_high, remap.invert);
}

/// One line each, where there are any.
std::string list_text(const std::vector<std::string>& lines) {
    if (lines.empty()) return "[]";
    std::string text = "[\n";
    for (const auto& line : lines) text += "  " + line + ",\n";
    return text + "]";
}

std::string channels_text(const PipelineSettings& settings) {
    std::vector<unsigned> channels;
    for (unsigned c = 0; c < 16; ++c)
        if ((settings.channels >> c & 1U) != 0) channels.push_back(c + 1);
    return fmt::format("[{}]", fmt::join(channels, ", "));
}

std::string types_text(const PipelineSettings& settings) {
    std::vector<std::string> words;
    for (std::size_t t = 0; t < midi::kMessageTypes; ++t)
        if ((settings.types >> t & 1U) != 0)
            words.push_back(toml_string(midi::kMessageTypeWords.at(t)));
    return fmt::format("[{}]", fmt::join(words, ", "));
}

std::string points_text(const PipelineSettings& settings) {
    std::vector<std::string> points;
    for (const auto& point : settings.velocity.points)
        points.push_back(fmt::format("{{ in = {}, out = {} }}", point.in, point.out));
    return fmt::format("[{}]", fmt::join(points, ", "));
}

std::string remaps_text(const PipelineSettings& settings) {
    std::vector<std::string> lines;
    for (const auto& remap : settings.remaps) lines.push_back(remap_text(remap));
    return list_text(lines);
}

}  // namespace

void read_pipeline(TomlTable& root, PipelineSettings& settings) {
    TomlTable table = root.table(kSection);
    read_channels(table, settings);
    read_types(table, settings);
    table.read("sysex", settings.sysex);
    read_channel_map(table, settings);
    table.read("transpose", settings.transpose,
               IntegerRange{-midi::kMostTranspose, midi::kMostTranspose});
    table.read("velocity_curve", settings.velocity.kind, choices(midi::kCurveWords),
               [](const std::string& word) -> std::optional<midi::CurveKind> {
                   const auto index = index_of(midi::kCurveWords, word);
                   if (!index) return std::nullopt;
                   return static_cast<midi::CurveKind>(*index);
               });
    table.read("velocity_fixed", settings.velocity.fixed, IntegerRange{1, 127});
    auto points = read_points(table, settings.velocity);
    auto remaps = read_remaps(table, settings);
    if (const auto fault = midi::fault_of(settings)) {
        auto& list = fault->list == "cc_remap" ? remaps : points;
        auto& where = fault->list.empty() ? table : list.at(fault->index);
        where.refuse(fault->key, std::string(fault->expected));
    }
    table.finish();
}

std::vector<TomlEntry> pipeline_entries(const PipelineSettings& settings) {
    const PipelineSettings usual;
    const auto& velocity = settings.velocity;
    return {
        {"channels", channels_text(settings), settings.channels != usual.channels},
        {"types", types_text(settings), settings.types != usual.types},
        {"sysex", settings.sysex ? "true" : "false", settings.sysex != usual.sysex},
        {"channel_map", fmt::format("[{}]", fmt::join(settings.channel_map, ", ")),
         settings.channel_map != usual.channel_map},
        {"transpose", std::to_string(settings.transpose), settings.transpose != usual.transpose},
        {"velocity_curve",
         toml_string(midi::kCurveWords.at(static_cast<std::size_t>(velocity.kind))),
         velocity.kind != usual.velocity.kind},
        {"velocity_fixed", std::to_string(velocity.fixed), velocity.fixed != usual.velocity.fixed},
        {"velocity_points", points_text(settings), !velocity.points.empty()},
        {"cc_remap", remaps_text(settings), !settings.remaps.empty()},
    };
}

void write_pipeline(TomlWriter& writer, const PipelineSettings& settings) {
    writer.table(kSection);
    for (const auto& entry : pipeline_entries(settings)) writer.raw(entry.name, entry.value);
}

}  // namespace midinet::control
