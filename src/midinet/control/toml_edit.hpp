// Changing some keys of a TOML text, and nothing else in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// A key, and its value as TOML.
struct TomlEntry {
    std::string name;
    std::string value;
    bool needed = true;    ///< false: not to be added where it is absent (it says the default)
    bool removed = false;  ///< the key's lines are taken away; `value` says nothing
};

/// `text` with these keys of [section] set. A value that is there is replaced where it stands; what
/// is absent comes below the last key of the section, and the section at the end of the text where
/// it is absent. A dotted key ("section.key = …") is replaced where it stands, too. Subsections
/// ("[[section.key]]") of a key that is set are removed. All else stays byte for byte: comments,
/// order, other sections and keys, line ends. Pure and total; of a text that is not TOML, or sets
/// the section in another way (`section = { key = … }`), something that is not TOML may come: parse
/// it before it is used.
std::string set_toml_keys(std::string_view text, std::string_view section,
                          const std::vector<TomlEntry>& entries);

/// What masked_toml() puts in the place of a value.
inline constexpr std::string_view kTomlMask = "\"********\"";

/// `text` for others to see: the values of keys whose name has "token", "secret" or "password" in
/// it are masked. No key of ours is secret; people put such things where they do not belong. Pure.
std::string masked_toml(std::string_view text);

}  // namespace midinet::control
