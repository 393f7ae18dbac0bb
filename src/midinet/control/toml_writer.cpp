#include "control/toml_writer.hpp"

#include <fmt/format.h>

namespace midinet::control {

void TomlWriter::line(std::string_view name, const std::string& value) {
    text_ += fmt::format("{} = {}\n", name, value);
}

void TomlWriter::table(std::string_view name) {
    text_ += fmt::format("{}[{}]\n", text_.empty() ? "" : "\n", name);
}

void TomlWriter::key(std::string_view name, bool value) { line(name, value ? "true" : "false"); }

void TomlWriter::key(std::string_view name, double value) { line(name, fmt::format("{}", value)); }

void TomlWriter::key(std::string_view name, const std::string& value) {
    line(name, toml_string(value));
}

void TomlWriter::key(std::string_view name, const std::vector<std::string>& value) {
    std::string list;
    for (const std::string& item : value) list += (list.empty() ? "" : ", ") + toml_string(item);
    line(name, "[" + list + "]");
}

}  // namespace midinet::control
