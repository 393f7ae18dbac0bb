#include "control/shared/config_patch.hpp"

#include "control/config_text.hpp"
#include "control/shared/toml_json.hpp"
#include "control/toml_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace midinet::control {
namespace {

/// Keys that a file may have and that no program prints: they are read into others.
constexpr std::array<const char*, 3> kUnprinted{"network.interface", "midi.device",
                                                "midi.feedback"};

/// RFC 6901 §3.
std::string pointer_part(std::string_view key) {
    std::string part = "/";
    for (const char c : key) part += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return part;
}

/// Sections and keys that there are.
class KnownKeys {
  public:
    KnownKeys() {
        for (const auto& [key, value] : flat_keys(config_json(default_shared_config()))) add(key);
        for (const auto* key : kUnprinted) add(key);
    }
    bool is_key(const std::string& path) const { return has(keys_, path); }
    bool is_section(const std::string& path) const { return has(sections_, path); }
    std::string near(const std::string& path) const {
        auto all = keys_;
        all.insert(all.end(), sections_.begin(), sections_.end());
        return nearest(path, all);
    }

  private:
    static bool has(const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    }
    void add(const std::string& key) {
        keys_.push_back(key);
        for (auto dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1))
            if (const auto section = key.substr(0, dot); !is_section(section))
                sections_.push_back(section);
    }
    std::vector<std::string> keys_;
    std::vector<std::string> sections_;
};

/// What is to be set, with what there is.
class Patch {
  public:
    Patch(std::string_view text, const JsonValue& config)
        : text_(text), in_force_(flat_keys(config)) {}

    /// A table of what was asked for. `path` ends with a dot, or is empty.
    // NOLINTNEXTLINE(misc-no-recursion): as deep as sections are.
    void take(const JsonValue& table, const std::string& path, const std::string& pointer) {
        for (const auto& [name, value] : table.items()) {
            if (fault_) return;
            const auto full = path + name;
            const auto place = pointer + pointer_part(name);
            if (known_.is_section(full))
                section(value, full, place);
            else if (known_.is_key(full))
                key(value, full, place);
            else
                unknown(full, place);
        }
    }
    const std::optional<ConfigFault>& fault() const noexcept { return fault_; }
    const std::string& text() const noexcept { return text_; }

  private:
    // NOLINTNEXTLINE(misc-no-recursion): as take().
    void section(const JsonValue& value, const std::string& path, const std::string& pointer) {
        if (value.is_object()) return take(value, path + ".", pointer);
        fault_ = ConfigFault{path + " is no object; expected its keys with their values", pointer};
    }
    void key(const JsonValue& value, const std::string& path, const std::string& pointer) {
        const auto found = in_force_.find(path);
        if (found != in_force_.end() && found->second == value) return;
        const auto toml = value.is_null() ? "" : toml_value(value);
        if (!toml) {
            fault_ = ConfigFault{
                path + " is an object or too deep; expected a value, or a list of them", pointer};
            return;
        }
        const auto dot = path.rfind('.');
        text_ = set_toml_keys(text_, path.substr(0, dot),
                              {{path.substr(dot + 1), *toml, true, value.is_null()}});
    }
    void unknown(const std::string& path, const std::string& pointer) {
        const auto near = known_.near(path);
        fault_ = ConfigFault{
            path + " is not a known key" + (near.empty() ? "" : "; did you mean " + near + "?"),
            pointer};
    }

    std::string text_;
    std::map<std::string, JsonValue> in_force_;
    const KnownKeys known_;
    std::optional<ConfigFault> fault_;
};

/// The item or member `part`; null when there is none.
const JsonValue* child(const JsonValue& json, const std::string& part) {
    if (json.is_object()) return json.contains(part) ? &json[part] : nullptr;
    std::size_t index = 0;
    const auto* end = part.data() + part.size();
    const auto [read, error] = std::from_chars(part.data(), end, index);
    const bool is_there =
        json.is_array() && error == std::errc{} && read == end && index < json.size();
    return is_there ? &json[index] : nullptr;
}

/// "file:3:1: pipeline.cc_remap[0].from is 200; expected …" is about "/pipeline/cc_remap/0/from".
/// Of that as much as was asked for: the rest may stand in the file.
std::string pointer_of(std::string_view message, std::string_view name, const JsonValue& patch) {
    if (message.starts_with(name)) message.remove_prefix(name.size());
    const auto sentence = message.find(": ");
    if (sentence != std::string_view::npos) message.remove_prefix(sentence + 2);
    std::string part;
    std::string pointer;
    const JsonValue* here = &patch;
    for (const char c : std::string(message.substr(0, message.find(' '))) + ".") {
        if (c != '.' && c != '[' && c != ']') {
            part += c;
            continue;
        }
        if (part.empty()) continue;
        here = child(*here, part);
        if (here == nullptr) break;
        pointer += pointer_part(part);
        part.clear();
    }
    return pointer;
}

}  // namespace

tl::expected<std::string, ConfigFault> patched(std::string_view text, const JsonValue& config,
                                               const JsonValue& patch, const std::string& name) {
    Patch work(text, config);
    work.take(patch, "", "");
    if (work.fault()) return tl::unexpected(*work.fault());
    if (work.text() == text) return work.text();
    if (!TomlDocument::parse(work.text(), name))
        return tl::unexpected(ConfigFault{
            "the file has a section, as an inline table or with dotted keys, to which no "
            "key can be added; send the whole text instead"});
    if (const auto good = parse_shared_config(work.text(), name); !good)
        return tl::unexpected(
            ConfigFault{good.error().message, pointer_of(good.error().message, name, patch)});
    return work.text();
}

}  // namespace midinet::control
