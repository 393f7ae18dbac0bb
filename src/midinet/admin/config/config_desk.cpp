#include "admin/config/config_desk.hpp"

#include "admin/http/content_tag.hpp"
#include "admin/routes/picture_route.hpp"
#include "control/shared/config_effect.hpp"
#include "control/shared/config_patch.hpp"
#include "control/shared/text_diff.hpp"
#include "control/toml_edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace midinet::admin {
namespace {

using control::JsonValue;

constexpr const char* kOwnName = "midi-admin";

/// What --print-config would say; of a broken file nothing.
JsonValue in_force(const std::string& text, const std::string& name) {
    const auto config = control::parse_shared_config(text, name);
    return config ? control::config_json(*config) : JsonValue::object();
}

JsonValue effects_json(const control::ConfigEffect& effect) {
    return {{"midi-host", control::to_string(effect.host)},
            {"midi-admin", control::to_string(effect.admin)}};
}

/// Keys with what they were, what they are, and what that takes.
JsonValue keys_json(const JsonValue& before, const JsonValue& after) {
    auto old_keys = control::flat_keys(before);
    auto new_keys = control::flat_keys(after);
    auto list = JsonValue::array();
    for (const auto& key : control::changed_keys(before, after)) {
        const auto& was = old_keys[key];  // null where it is absent
        const auto& is = new_keys[key];
        list.push_back({{"key", key},
                        {"before", was},
                        {"after", is},
                        {"takes", effects_json(control::effect_of(key, was, is))}});
    }
    return list;
}

Problem refused(std::string detail) { return {ProblemKind::Refused, std::move(detail)}; }
Problem not_kept(const Error& why) {
    return {ProblemKind::NotKept, "Nothing was changed: " + why.message + '.'};
}
Problem invalid(const std::string& message, std::string pointer) {
    return {ProblemKind::Invalid, message + '.', std::move(pointer)};
}

}  // namespace

ConfigDesk::ConfigDesk(Surroundings with) : with_(std::move(with)) {
    const auto of = with_.file ? std::filesystem::absolute(*with_.file).string() : name();
    history_.of = of;
    if (with_.kept.empty()) return;
    auto history = ConfigHistory::from_file(with_.kept);
    if (history && history->of != of)
        history = fail("it is that of \"" + history->of + "\", not of \"" + of + '"');
    if (!history) {
        with_.say(fmt::format(
            "the history of the configuration could not be used and begins anew ({}); it {}",
            history.error().message, with_.set_aside(with_.kept)));
        return;
    }
    // However the clock was set since: not longer than was asked for.
    if (auto& trial = history->trial)
        trial->until_ms = std::min(trial->until_ms, with_.unix_ms() + trial->within_ms);
    remember(*std::move(history));
}

void ConfigDesk::remember(ConfigHistory history) {
    history_ = std::move(history);
    due_ = history_.trial ? history_.trial->until_ms : 0;
}

Result<ConfigDesk::File> ConfigDesk::look() const {
    std::error_code ignored;
    if (!with_.file || !std::filesystem::exists(*with_.file, ignored)) return File{};
    auto text = with_.read(*with_.file);
    if (!text) return tl::unexpected(text.error());
    auto etag = content_tag(*text);
    return File{true, *std::move(text), std::move(etag)};
}

JsonValue ConfigDesk::trial_json() const {
    if (!history_.trial) return nullptr;
    return {{"version", history_.trial->version},
            {"back_to", history_.trial->back_to},
            {"until", time_text(history_.trial->until_ms)}};
}

ConfigDesk::Answer ConfigDesk::show() const {
    const auto file = look();
    const auto now = file ? file->text : std::string();
    const auto config = file.and_then(
        [this](const File& found) { return control::parse_shared_config(found.text, name()); });
    JsonValue json{{"as_of", time_text(with_.unix_ms())}};
    json["path"] = with_.file ? JsonValue(with_.file->string()) : JsonValue(nullptr);
    json["etag"] = file && file->exists ? JsonValue(file->etag) : JsonValue(nullptr);
    json["problem"] = config ? JsonValue(nullptr) : JsonValue(config.error().message);
    json["config"] = config ? control::config_json(*config) : JsonValue(nullptr);
    json["text"] = control::masked_toml(now);
    json["restart"] = JsonValue::array();
    if (config)
        for (const auto& key : control::changed_keys(control::config_json(with_.started),
                                                     control::config_json(config->admin)))
            if (control::effect_of(key, nullptr, nullptr).admin == control::Takes::Restart)
                json["restart"].push_back(key);
    json["trial"] = trial_json();
    return ConfigAnswer{std::move(json), file && file->exists ? file->etag : ""};
}

std::optional<Problem> ConfigDesk::refuse(const ConfigWish& wish, const File& file) const {
    const auto& match = wish.if_match;
    if (match && *match != "*" && *match != file.etag)
        return Problem{ProblemKind::Outdated,
                       "The configuration was changed since this was begun: look at it as it is "
                       "now, and decide anew."};
    return std::nullopt;
}

tl::expected<std::string, Problem> ConfigDesk::text_for(const ConfigWish& wish,
                                                        const File& file) const {
    if (wish.text) {
        if (wish.text->find_first_not_of(" \t\r\n") == std::string::npos)
            return tl::unexpected(
                invalid("The text is empty, which would give every key its default value; send the "
                        "whole file, or single keys as config. A file of defaults may be a comment "
                        "alone",
                        "/text"));
        if (const auto good = control::parse_shared_config(*wish.text, name()); !good)
            return tl::unexpected(invalid(good.error().message, "/text"));
        return *wish.text;
    }
    const auto before = control::parse_shared_config(file.text, name());
    if (!before)
        return tl::unexpected(
            refused("The file cannot be used as it is, so single keys cannot be "
                    "changed; send the whole text: " +
                    before.error().message + '.'));
    auto text = control::patched(file.text, control::config_json(*before), wish.patch, name());
    if (!text)
        return tl::unexpected(invalid(text.error().message, "/config" + text.error().pointer));
    return *std::move(text);
}

JsonValue ConfigDesk::difference(const File& file, const std::string& text) const {
    JsonValue json{{"as_of", time_text(with_.unix_ms())}, {"path", name()}};
    json["diff"] =
        control::unified_diff(control::masked_toml(file.text), control::masked_toml(text), name());
    json["keys"] = keys_json(in_force(file.text, name()), in_force(text, name()));
    json["warnings"] = JsonValue::array();
    for (const auto& one : misfits(text))
        json["warnings"].push_back({{"key", one.key}, {"text", one.text}, {"stops", one.stops}});
    return json;
}

std::vector<control::Misfit> ConfigDesk::misfits(const std::string& text) const {
    const auto config = control::parse_shared_config(text, name());
    return config ? control::misfits_of(*config, with_.machine) : std::vector<control::Misfit>{};
}

/// This is the file of this machine: with such a value its program would not come back, and nobody
/// could take it back by the API. What was in the file before is let be.
std::optional<Problem> ConfigDesk::refuse_misfits(const File& file, const std::string& text) const {
    const auto before = misfits(file.text);
    for (const auto& one : misfits(text))
        if (one.stops && std::find(before.begin(), before.end(), one) == before.end())
            return refused(one.text + ". Nothing was changed.");
    return std::nullopt;
}

ConfigDesk::Answer ConfigDesk::change(const ConfigWish& wish) {
    if (!with_.file)
        return tl::unexpected(
            refused("There is no file to change: start midi-admin with --config FILE."));
    const auto file = look();
    if (!file) return tl::unexpected(not_kept(file.error()));
    if (auto problem = refuse(wish, *file)) return tl::unexpected(*problem);
    if (!wish.dry_run && file->exists && !wish.if_match)
        return tl::unexpected(
            Problem{ProblemKind::Ambiguous,
                    "It is not said which state of the file is meant to be changed: send its ETag "
                    "as If-Match."});
    if (!wish.dry_run && history_.trial)
        return tl::unexpected(refused(
            fmt::format("Version {} waits to be confirmed until {}: confirm it or roll it back "
                        "first.",
                        history_.trial->version, time_text(history_.trial->until_ms))));
    const auto text = text_for(wish, *file);
    if (!text) return tl::unexpected(text.error());
    return write(wish, *file, *text);
}

ConfigDesk::Answer ConfigDesk::roll_back(std::int64_t version, const ConfigWish& wish) {
    if (!with_.file)
        return tl::unexpected(
            refused("There is no file to change: start midi-admin with --config FILE."));
    const auto* found = history_.find(version);
    if (found == nullptr)
        return tl::unexpected(invalid(
            fmt::format("There is no version {}; GET /api/config/history lists them", version),
            "/to"));
    const auto file = look();
    if (!file) return tl::unexpected(not_kept(file.error()));
    if (auto problem = refuse(wish, *file)) return tl::unexpected(*problem);
    const auto text = found->text;
    if (const auto good = control::parse_shared_config(text, name()); !good)
        return tl::unexpected(
            invalid("That version is not taken any more: " + good.error().message, "/to"));
    return write(wish, *file, text);
}

/// The history first: what is in force is always in it.
Result<void> ConfigDesk::put(ConfigHistory history, const std::string& text) {
    if (auto kept = with_.keep(history.to_file()); !kept) return kept;
    if (auto written = with_.write(*with_.file, text); !written) {
        (void)with_.keep(history_.to_file());
        return written;
    }
    remember(std::move(history));
    with_.changed();
    return {};
}

ConfigDesk::Answer ConfigDesk::write(const ConfigWish& wish, const File& file,
                                     const std::string& text) {
    auto json = difference(file, text);
    json["dry_run"] = wish.dry_run;
    json["version"] = nullptr;
    const bool settles = history_.trial.has_value();
    const bool same = file.exists && file.text == text;
    if (wish.dry_run || (same && !settles)) {
        json["trial"] = trial_json();
        return ConfigAnswer{std::move(json), file.etag};
    }
    if (auto problem = refuse_misfits(file, text)) return tl::unexpected(*std::move(problem));
    auto history = history_;
    const auto now = with_.unix_ms();
    if (history.versions().empty() || history.versions().back().text != file.text) {
        const auto before =
            history.versions().empty() ? std::string() : history.versions().back().text;
        const auto keys =
            control::changed_keys(in_force(before, name()), in_force(file.text, name()));
        (void)history.add({.at_ms = now, .who = "file", .keys = keys, .text = file.text});
    }
    const auto back_to = history.versions().back().number;
    std::vector<std::string> keys;
    for (const auto& key : json["keys"]) keys.push_back(key["key"].get<std::string>());
    const auto& added =
        history.add({.at_ms = now, .who = "api", .from = wish.from, .keys = keys, .text = text});
    json["version"] = added.number;
    history.trial.reset();
    if (wish.within_ms > 0)
        history.trial = {added.number, back_to, now + wish.within_ms, wish.within_ms};
    if (auto done = put(std::move(history), text); !done)
        return tl::unexpected(not_kept(done.error()));
    json["trial"] = trial_json();
    audit(fmt::format("change the configuration to version {} ({})",
                      history_.versions().back().number,
                      keys.empty() ? "no key" : fmt::format("{}", fmt::join(keys, ", "))),
          "api", wish.from);
    return ConfigAnswer{std::move(json), content_tag(text)};
}

void ConfigDesk::audit(const std::string& text, const std::string& who,
                       const std::string& from) const {
    with_.record(Event{.at_ms = with_.unix_ms(),
                       .kind = EventKind::Command,
                       .text = text,
                       .who = who,
                       .from = from,
                       .result = "done"});
}

ConfigDesk::Answer ConfigDesk::history() const {
    JsonValue json{{"as_of", time_text(with_.unix_ms())}, {"versions", JsonValue::array()}};
    auto& list = json["versions"];
    for (const auto& one : history_.versions())
        list.insert(list.begin(), JsonValue{{"version", one.number},
                                            {"at", time_text(one.at_ms)},
                                            {"who", one.who},
                                            {"from", one.from},
                                            {"keys", one.keys}});
    json["trial"] = trial_json();
    return ConfigAnswer{std::move(json), ""};
}

ConfigDesk::Answer ConfigDesk::confirm(const std::string& from) {
    if (!history_.trial)
        return tl::unexpected(refused(
            "Nothing waits to be confirmed: it was taken back already, or never asked for."));
    auto history = history_;
    const auto version = history.trial->version;
    history.trial.reset();
    if (const auto kept = with_.keep(history.to_file()); !kept)
        return tl::unexpected(not_kept(kept.error()));
    remember(std::move(history));
    audit(fmt::format("confirm version {} of the configuration", version), "api", from);
    return ConfigAnswer{{{"version", version}}, ""};
}

bool ConfigDesk::is_due() const {
    const auto due = due_.load();
    return due != 0 && with_.unix_ms() >= due;
}

void ConfigDesk::take_back() {
    if (!is_due()) return;
    const auto tell = [this](const std::string& news) {
        if (news != trouble_) with_.say(news);
        trouble_ = news;
    };
    auto history = history_;
    const auto trial = *history.trial;
    const auto* tried = history.find(trial.version);
    const auto* before = history.find(trial.back_to);
    const auto file = look();
    if (!file) return tell("an unconfirmed change cannot be taken back: " + file.error().message);
    history.trial.reset();
    if (tried == nullptr || before == nullptr || file->text != tried->text) {
        tell(
            fmt::format("version {} of the configuration was not confirmed, and somebody changed "
                        "the file since: it is left as it is",
                        trial.version));
        (void)with_.keep(history.to_file());
        return remember(std::move(history));
    }
    const auto text = before->text;
    const auto keys = control::changed_keys(in_force(file->text, name()), in_force(text, name()));
    (void)history.add({.at_ms = with_.unix_ms(), .who = kOwnName, .keys = keys, .text = text});
    if (const auto done = put(std::move(history), text); !done)
        return tell("an unconfirmed change cannot be taken back: " + done.error().message);
    const auto news =
        fmt::format("version {} of the configuration was not confirmed in time: version {} is back",
                    trial.version, trial.back_to);
    tell(news);
    trouble_.clear();
    audit(news, kOwnName, "");
}

}  // namespace midinet::admin
