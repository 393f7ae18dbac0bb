#include "control/pipeline_keeper.hpp"

#include "control/client_config.hpp"
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

template <typename Parse>
Result<std::string> changed_text(const std::string& text, const midi::PipelineSettings& settings,
                                 Parse parse) {
    const auto before = parse(text, "the file");
    if (!before) return tl::unexpected(before.error());
    auto wanted = *before;
    wanted.pipeline = settings;
    auto changed = set_toml_keys(text, "pipeline", pipeline_entries(settings));
    const auto after = parse(changed, "the file");
    if (!after || *after != wanted)
        return fail("it sets pipeline in another way than by a section [pipeline]: write one");
    return changed;
}

}  // namespace

Result<std::string> with_pipeline(const std::string& text, const midi::PipelineSettings& settings) {
    return changed_text(text, settings, parse_host_config);
}

Result<std::string> with_client_pipeline(const std::string& text,
                                         const midi::PipelineSettings& settings) {
    return changed_text(text, settings, parse_client_config);
}

midi::PipelineSettings PipelineKeeper::recall(const midi::PipelineSettings& configured) {
    const std::lock_guard lock(mutex_);
    in_force_ = recalled(configured);
    return *in_force_;
}

midi::PipelineSettings PipelineKeeper::recall_at_start(const midi::PipelineSettings& configured) {
    const std::lock_guard lock(mutex_);
    if (!in_force_) in_force_ = recalled(configured);
    return *in_force_;
}

midi::PipelineSettings PipelineKeeper::recalled(const midi::PipelineSettings& configured) {
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
    const auto changed = rewrite_(*text, settings);
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
    in_force_ = settings;
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
