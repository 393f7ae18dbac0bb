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
    bool needed = true;  ///< false: not to be added where it is absent (it says the default)
};

/// `text` with these keys of [section] set. A value that is there is replaced where it stands; what
/// is absent comes below the last key of the section, and the section at the end of the text where
/// it is absent. Subsections ("[[section.key]]") of a key that is set are removed. All else stays
/// byte for byte: comments, order, other sections and keys, line ends. Pure and total; of a text
/// that is not TOML, or sets the section in another way (`section.key = …`), something that is not
/// TOML may come: parse it before it is used.
std::string set_toml_keys(std::string_view text, std::string_view section,
                          const std::vector<TomlEntry>& entries);

}  // namespace midinet::control
