// Writing a configuration back as TOML.
#pragma once

#include "control/config_text.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// Gathers tables and keys in the order they are given.
class TomlWriter {
  public:
    void table(std::string_view name);
    void key(std::string_view name, bool value);
    void key(std::string_view name, double value);
    void key(std::string_view name, const std::string& value);
    void key(std::string_view name, const char* value) { key(name, std::string(value)); }
    void key(std::string_view name, const std::vector<std::string>& value);
    template <std::integral T>
    void key(std::string_view name, T value) {
        line(name, std::to_string(value));
    }
    template <std::integral T>
    void key(std::string_view name, const std::vector<T>& value) {
        std::string list;
        for (const T item : value) list += (list.empty() ? "" : ", ") + std::to_string(item);
        line(name, "[" + list + "]");
    }
    /// Each through `to_text`.
    template <typename T, typename ToText>
    void list(std::string_view name, const std::vector<T>& values, ToText to_text) {
        std::vector<std::string> texts;
        texts.reserve(values.size());
        for (const T& value : values) texts.push_back(to_text(value));
        key(name, texts);
    }
    /// Of a value that is TOML already.
    void raw(std::string_view name, const std::string& value) { line(name, value); }
    const std::string& text() const noexcept { return text_; }

  private:
    void line(std::string_view name, const std::string& value);
    std::string text_;
};

}  // namespace midinet::control
