// Reading TOML strictly: every key is known, every value is of its type and in its range, or there
// is one clear error.
#pragma once

#include "base/result.hpp"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

struct TomlState;

/// Both ends included.
struct IntegerRange {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
    std::int64_t highest = std::numeric_limits<std::int64_t>::max();
};

/// One table of a document. A key that is absent leaves its variable alone; so does a wrong value,
/// which the document remembers. Every key that was asked for counts as known. Lifetime: the
/// document.
class TomlTable {
  public:
    void read(std::string_view key, bool& value);
    void read(std::string_view key, std::string& value);
    void read(std::string_view key, std::vector<std::string>& value);
    /// Range: above `above`, at most `highest`. A whole number will do.
    void read(std::string_view key, double& value, double above, double highest);
    template <std::integral T>
    void read(std::string_view key, T& value, IntegerRange range) {
        if (const auto found = integer(key, range)) value = static_cast<T>(*found);
    }
    /// A list of whole numbers.
    template <std::integral T>
    void read(std::string_view key, std::vector<T>& value, IntegerRange range) {
        if (const auto found = integers(key, range)) value.assign(found->begin(), found->end());
    }
    /// A string that `parse` turns into an optional value; `expected` says what it takes, e.g.
    /// "\"manual\" or \"auto\"".
    template <typename T, typename Parse>
    void read(std::string_view key, T& value, const std::string& expected, Parse parse) {
        const auto found = text(key, expected);
        if (!found) return;
        if (const auto parsed = parse(*found))
            value = *parsed;
        else
            refuse(key, expected);
    }
    /// A list of such strings. Where `parse` gives a Result, its error is told after `expected`.
    template <typename T, typename Parse>
    void read_list(std::string_view key, std::vector<T>& value, const std::string& expected,
                   Parse parse) {
        const auto found = texts(key, "a list of " + expected);
        if (!found) return;
        std::vector<T> all;
        for (std::size_t i = 0; i < found->size(); ++i) {
            const auto parsed = parse((*found)[i]);
            if (!parsed) {
                if constexpr (requires { parsed.error().message; })
                    return refuse_item(key, i, expected + ": " + parsed.error().message);
                return refuse_item(key, i, expected);
            }
            all.push_back(*parsed);
        }
        value = std::move(all);
    }

    bool has(std::string_view key) const;
    /// The table under `key`; an empty one when it is absent.
    TomlTable table(std::string_view key);
    /// Those of the list under `key`, in order; none when it is absent.
    std::vector<TomlTable> tables(std::string_view key);
    /// Complains about the value of `key` (which is there): "network.x is 5; expected <expected>".
    void refuse(std::string_view key, const std::string& expected);
    /// The same about item `index` of a list.
    void refuse_item(std::string_view key, std::size_t index, const std::string& expected);
    /// Complains when a list names something twice.
    void refuse_twins(std::string_view key);
    /// Another program's key: known, and not looked at.
    void leave(std::string_view key) { learn(key); }
    /// Complains about a key that was never asked for. Call last.
    void finish();

  private:
    friend class TomlDocument;
    TomlTable(TomlState& state, std::size_t index, std::string path)
        : state_(&state), index_(index), path_(std::move(path)) {}
    std::optional<std::int64_t> integer(std::string_view key, IntegerRange range);
    std::optional<std::vector<std::int64_t>> integers(std::string_view key, IntegerRange range);
    std::optional<std::string> text(std::string_view key, const std::string& expected);
    std::optional<std::vector<std::string>> texts(std::string_view key,
                                                  const std::string& expected);
    std::string full_name(std::string_view key) const;
    void learn(std::string_view key);

    TomlState* state_;
    std::size_t index_;  ///< among the state's tables
    std::string path_;   ///< "failover.triggers"; empty for the root
    std::vector<std::string> known_;
};

/// A parsed file.
class TomlDocument {
  public:
    /// `name` is what errors call the file. Errors (exit code 2): a syntax error, with its line and
    /// column.
    static Result<TomlDocument> parse(std::string_view text, const std::string& name);
    /// Errors (exit code 2): also a file that cannot be read.
    static Result<TomlDocument> load(const std::filesystem::path& path);

    TomlDocument(TomlDocument&&) noexcept;
    TomlDocument& operator=(TomlDocument&&) noexcept;
    ~TomlDocument();

    TomlTable root();
    /// Of all complaints so far the one that stands first in the file, or success. Exit code 2.
    Result<void> verdict() const;

  private:
    explicit TomlDocument(std::unique_ptr<TomlState> state);
    std::unique_ptr<TomlState> state_;
};

}  // namespace midinet::control
