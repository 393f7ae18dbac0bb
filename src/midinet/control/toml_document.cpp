#include "control/toml_document.hpp"

#include "control/config_text.hpp"
#include "control/unreadable_config.hpp"
#include "control/whole_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>  // join, in versions of fmt above 9

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>
#include <toml++/toml.h>

namespace midinet::control {

struct TomlState {
    std::string name;
    toml::table root;
    std::vector<const toml::table*> tables;      ///< by TomlTable's index; null = an absent table
    std::optional<toml::source_position> where;  ///< of the complaint
    std::string complaint;

    const toml::node* find(std::size_t table, std::string_view key) const {
        return tables[table] == nullptr ? nullptr : tables[table]->get(key);
    }
    void complain(const toml::source_position& at, const std::string& what) {
        if (where && *where <= at) return;
        where = at;
        complaint = fmt::format("{}:{}:{}: {}", name, at.line, at.column, what);
    }
};

namespace {

constexpr int kUsageExit = 2;
constexpr std::size_t kMostDots = 256;
/// Thousands of times what a configuration has.

/// A value as a person wrote it, with its type where that does not show.
std::string shown(const toml::node& node) {
    if (const auto* text = node.as_string()) {
        constexpr std::size_t kShownBytes = 60;
        const std::string& whole = text->get();
        return toml_string(whole.size() > kShownBytes ? whole.substr(0, kShownBytes) + "…"
                                                      : whole) +
               " (a string)";
    }
    if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = node.as_floating_point())
        return fmt::format("{} (a decimal number)", number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    if (node.is_array()) return "a list";
    if (node.is_table()) return "a table";
    return "a date or time";
}

std::string integer_text(IntegerRange range) {
    return fmt::format("an integer from {} to {}", range.lowest, range.highest);
}

/// The parser descends once for each part of a dotted key, and so does whatever reads what it made:
/// a line of a hundred thousand of them is more than a stack holds.
std::optional<std::size_t> line_of_too_many_dots(std::string_view text) {
    std::size_t line = 1;
    std::size_t dots = 0;
    for (const char c : text) {
        if (c == '.' && ++dots > kMostDots) return line;
        if (c != '\n') continue;
        ++line;
        dots = 0;
    }
    return std::nullopt;
}

}  // namespace

// ---- TomlTable

std::string TomlTable::full_name(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void TomlTable::learn(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

bool TomlTable::has(std::string_view key) const { return state_->find(index_, key) != nullptr; }

void TomlTable::refuse(std::string_view key, const std::string& expected) {
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return;
    state_->complain(node->source().begin,
                     fmt::format("{} is {}; expected {}", full_name(key), shown(*node), expected));
}

void TomlTable::refuse_item(std::string_view key, std::size_t index, const std::string& expected) {
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr || !node->is_array() || index >= node->as_array()->size()) return;
    const toml::node& item = *node->as_array()->get(index);
    state_->complain(item.source().begin, fmt::format("{}[{}] is {}; expected {}", full_name(key),
                                                      index, shown(item), expected));
}

void TomlTable::refuse_twins(std::string_view key) {
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr || !node->is_array()) return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < node->as_array()->size(); ++i) {
        const toml::node& item = *node->as_array()->get(i);
        const auto* text = item.as_string();
        if (!seen.insert(text != nullptr ? text->get() : shown(item)).second)
            return refuse_item(key, i, "each one only once: remove it");
    }
}

void TomlTable::read(std::string_view key, bool& value) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return;
    if (const auto* flag = node->as_boolean())
        value = flag->get();
    else
        refuse(key, "true or false");
}

void TomlTable::read(std::string_view key, std::string& value) {
    if (auto found = text(key, "a string in quotes")) value = std::move(*found);
}

void TomlTable::read(std::string_view key, std::vector<std::string>& value) {
    if (auto found = texts(key, "a list of strings, such as [\"a\", \"b\"]"))
        value = std::move(*found);
}

void TomlTable::read(std::string_view key, double& value, double above, double highest) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return;
    const auto found = node->value<double>();
    if (node->is_number() && found && *found > above && *found <= highest)
        value = *found;
    else
        refuse(key, fmt::format("a number above {} and at most {}", above, highest));
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key, IntegerRange range) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return std::nullopt;
    const auto* number = node->as_integer();
    if (number != nullptr && number->get() >= range.lowest && number->get() <= range.highest)
        return number->get();
    refuse(key, integer_text(range));
    return std::nullopt;
}

std::optional<std::vector<std::int64_t>> TomlTable::integers(std::string_view key,
                                                             IntegerRange range) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return std::nullopt;
    const auto* list = node->as_array();
    if (list == nullptr) {
        refuse(key, "a list, each of which is " + integer_text(range));
        return std::nullopt;
    }
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* number = list->get(i)->as_integer();
        if (number == nullptr || number->get() < range.lowest || number->get() > range.highest) {
            refuse_item(key, i, integer_text(range));
            return std::nullopt;
        }
        all.push_back(number->get());
    }
    return all;
}

std::optional<std::string> TomlTable::text(std::string_view key, const std::string& expected) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return std::nullopt;
    if (const auto* text = node->as_string()) return text->get();
    refuse(key, expected);
    return std::nullopt;
}

std::optional<std::vector<std::string>> TomlTable::texts(std::string_view key,
                                                         const std::string& expected) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return std::nullopt;
    const auto* list = node->as_array();
    if (list == nullptr) {
        refuse(key, expected);
        return std::nullopt;
    }
    std::vector<std::string> all;
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (const auto* text = list->get(i)->as_string()) {
            all.push_back(text->get());
        } else {
            refuse_item(key, i, "a string in quotes");
            return std::nullopt;
        }
    }
    return all;
}

TomlTable TomlTable::table(std::string_view key) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node != nullptr && !node->is_table())
        refuse(key, "a table: write [" + full_name(key) + "] and its keys below");
    state_->tables.push_back(node == nullptr ? nullptr : node->as_table());
    return {*state_, state_->tables.size() - 1, full_name(key)};
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
    learn(key);
    const toml::node* node = state_->find(index_, key);
    if (node == nullptr) return {};
    const auto* list = node->as_array();
    if (list == nullptr) {
        refuse(key, "a list of tables, such as [{ key = 1 }]");
        return {};
    }
    std::vector<TomlTable> all;
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (!list->get(i)->is_table()) {
            refuse_item(key, i, "a table, such as { key = 1 }");
            return {};
        }
        state_->tables.push_back(list->get(i)->as_table());
        all.push_back(
            {*state_, state_->tables.size() - 1, fmt::format("{}[{}]", full_name(key), i)});
    }
    return all;
}

void TomlTable::finish() {
    const toml::table* table = state_->tables[index_];
    if (table == nullptr) return;
    for (const auto& [key, node] : *table) {
        const std::string name(key.str());
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        const std::string near = nearest(name, known_);
        state_->complain(key.source().begin,
                         fmt::format("{} is not a known key; {}", full_name(name),
                                     near.empty() ? "expected one of: " +
                                                        fmt::format("{}", fmt::join(known_, ", "))
                                                  : "did you mean " + near + "?"));
    }
}

// ---- TomlDocument

TomlDocument::TomlDocument(std::unique_ptr<TomlState> state) : state_(std::move(state)) {}
TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument& TomlDocument::operator=(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;

Result<TomlDocument> TomlDocument::parse(std::string_view text, const std::string& name) {
    if (const auto line = line_of_too_many_dots(text))
        return fail(
            fmt::format("{}:{}:1: more than {} dots in a line; expected keys of a few parts", name,
                        *line, kMostDots),
            kUsageExit);
    auto state = std::make_unique<TomlState>();
    state->name = name;
    try {
        state->root = toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        const auto at = error.source().begin;
        return fail(fmt::format("{}:{}:{}: not valid TOML: {}", name, at.line, at.column,
                                error.description()),
                    kUsageExit);
    }
    state->tables.push_back(&state->root);
    return TomlDocument(std::move(state));
}

Result<TomlDocument> TomlDocument::load(const std::filesystem::path& path) {
    const std::string name = path.string();
    const auto text = read_whole(path, kMostText);
    if (!text)
        return fail(fmt::format("{}{}: {}", kUnreadableConfig, name, text.error().message),
                    kUsageExit);
    return parse(*text, name);
}

TomlTable TomlDocument::root() { return {*state_, 0, {}}; }

Result<void> TomlDocument::verdict() const {
    if (state_->where) return fail(state_->complaint, kUsageExit);
    return {};
}

}  // namespace midinet::control
