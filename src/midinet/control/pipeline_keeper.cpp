#include "control/pipeline_keeper.hpp"

#include "control/host_config.hpp"
#include "control/pipeline_config.hpp"

#include <fmt/format.h>

namespace midinet::control {
namespace {

/// The fingerprint of the [pipeline] that a state file goes before.
constexpr const char* kOver = "over";

struct Remembered {
    std::uint32_t over = 0;
    midi::PipelineSettings settings;
};

std::optional<Remembered> remembered_in(const std::string& text) {
    auto document = TomlDocument::parse(text, "pipeline");
    if (!document) return std::nullopt;
    Remembered remembered;
    TomlTable root = document->root();
    if (!root.has(kOver)) return std::nullopt;
    root.read(kOver, remembered.over, IntegerRange{0, 0xFFFFFFFF});
    read_pipeline(root, remembered.settings);
    root.finish();
    return document->verdict() ? std::optional(remembered) : std::nullopt;
}

}  // namespace

Result<std::string> with_pipeline(const std::string& text, const midi::PipelineSettings& settings) {
    const auto before = parse_host_config(text, "the file");
    if (!before) return tl::unexpected(before.error());
    auto wanted = *before;
    wanted.pipeline = settings;
    auto changed = set_toml_keys(text, "pipeline", pipeline_entries(settings));
    const auto after = parse_host_config(changed, "the file");
    if (!after || *after != wanted)
        return fail("it sets pipeline in another way than by a section [pipeline]: write one");
    return changed;
}

midi::PipelineSettings PipelineKeeper::recall(const midi::PipelineSettings& configured) {
    const std::lock_guard lock(mutex_);
    configured_ = configured;
    if (!places_.state) return configured;
    const auto text = files_.read(*places_.state);
    const auto remembered = text ? remembered_in(*text) : std::nullopt;
    const bool holds = remembered && remembered->over == midi::fingerprint_of(configured);
    return holds ? remembered->settings : configured;
}

Result<void> PipelineKeeper::keep_in_config(const midi::PipelineSettings& settings) {
    if (!places_.config) return fail("there is no configuration file");
    const auto text = files_.read(*places_.config);
    if (!text) return tl::unexpected(text.error());
    const auto changed = with_pipeline(*text, settings);
    if (!changed)
        return fail(fmt::format("{}: {}", places_.config->string(), changed.error().message));
    if (*changed != *text)
        if (auto replaced = files_.replace(*places_.config, *changed); !replaced) return replaced;
    configured_ = settings;
    return {};
}

Result<void> PipelineKeeper::keep_in_state(const midi::PipelineSettings& settings) {
    if (!places_.state) return fail("there is no directory for state");
    TomlWriter writer;
    writer.key(kOver, midi::fingerprint_of(configured_));
    write_pipeline(writer, settings);
    return files_.replace(*places_.state, writer.text());
}

PipelineKeeper::Kept PipelineKeeper::keep(const midi::PipelineSettings& settings) {
    const std::lock_guard lock(mutex_);
    const auto in_config = keep_in_config(settings);
    if (in_config) {
        // What is in the state directory must not go before it some day.
        if (places_.state && files_.read(*places_.state)) (void)keep_in_state(settings);
        return {true, "kept in " + places_.config->string()};
    }
    const auto in_state = keep_in_state(settings);
    if (in_state)
        return {true, fmt::format("kept in {}, because {}", places_.state->string(),
                                  in_config.error().message)};
    return {false, fmt::format("it does not survive a restart: {}, and {}",
                               in_config.error().message, in_state.error().message)};
}

}  // namespace midinet::control
