#include "control/toml_edit.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace midinet::control {
namespace {

/// A header, or a key with its value, from the start of its line to behind its line end. Lines that
/// are empty or a comment are statements without a name.
struct Statement {
    enum class What : std::uint8_t { Nothing, Header, Key } what = What::Nothing;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string name;  ///< of a header its path, of a key its text; without spaces and quotes
    std::size_t value_begin = 0;
    std::size_t value_end = 0;
};

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

/// TOML 1.0, as far as it tells where things end.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::vector<Statement> run() {
        std::vector<Statement> all;
        while (at_ < text_.size()) all.push_back(next());
        return all;
    }

  private:
    char here() const noexcept { return at_ < text_.size() ? text_[at_] : '\n'; }
    bool ended() const noexcept { return at_ >= text_.size(); }
    bool line_ended() const noexcept { return here() == '\n'; }

    Statement next() {
        Statement found{.begin = at_};
        while (is_space(here()) && !ended()) ++at_;
        if (here() == '[')
            header(found);
        else if (!line_ended() && here() != '#')
            key(found);
        while (!line_ended()) ++at_;
        if (!ended()) ++at_;
        found.end = at_;
        return found;
    }

    void header(Statement& found) {
        found.what = Statement::What::Header;
        while (here() == '[' || is_space(here())) ++at_;
        found.name = name_until(']');
    }

    void key(Statement& found) {
        found.what = Statement::What::Key;
        found.name = name_until('=');
        if (here() == '=') ++at_;
        while (is_space(here()) && !ended()) ++at_;
        found.value_begin = at_;
        value();
        found.value_end = at_;
        while (found.value_end > found.value_begin && is_space(text_[found.value_end - 1]))
            --found.value_end;
    }

    std::string name_until(char end) {
        std::string name;
        char quote = 0;
        for (; !line_ended() && (quote != 0 || here() != end); ++at_) {
            const char c = here();
            if (quote == 0 && (c == '"' || c == '\''))
                quote = c;
            else if (quote != 0 && c == quote)
                quote = 0;
            else if (quote != 0 || !is_space(c))
                name += c;
        }
        return name;
    }

    /// To its end, or to what ends its line.
    void value() {
        std::size_t depth = 0;
        while (!ended()) {
            const char c = here();
            if (c == '"' || c == '\'') {
                string(c);
                continue;
            }
            if (depth == 0 && (c == '\n' || c == '#')) return;
            if (c == '#')
                while (!line_ended()) ++at_;
            if (c == '[' || c == '{') ++depth;
            if ((c == ']' || c == '}') && depth > 0) --depth;
            if (!ended()) ++at_;
        }
    }

    void string(char quote) {
        const std::string three(3, quote);
        const bool multi_line = text_.substr(at_, 3) == three;
        at_ += multi_line ? 3 : 1;
        while (!ended()) {
            if (quote == '"' && here() == '\\') {
                at_ = std::min(at_ + 2, text_.size());
            } else if (multi_line && text_.substr(at_, 3) == three) {
                at_ += 3;
                while (here() == quote && !ended()) ++at_;  // up to two more belong to it
                return;
            } else if (!multi_line && (here() == quote || line_ended())) {
                if (here() == quote) ++at_;
                return;
            } else {
                ++at_;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// What is to be done to the text, from the front to the back.
struct Change {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
};

std::string applied(std::string_view text, const std::vector<Change>& changes) {
    std::string result;
    std::size_t at = 0;
    for (const auto& change : changes) {
        result += text.substr(at, change.begin - at);
        result += change.text;
        at = change.end;
    }
    return result.append(text.substr(at));
}

class Edit {
  public:
    Edit(std::string_view text, std::string_view section, const std::vector<TomlEntry>& entries)
        : text_(text),
          section_(section),
          entries_(entries),
          line_end_(text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n"),
          done_(entries.size()) {}

    std::string run() {
        for (const auto& statement : Scanner(text_).run()) look_at(statement);
        const std::string more = missing();
        if (!where_)
            append_section(more);
        else if (!more.empty())
            insert(*where_, more);
        return applied(text_, changes_);
    }

  private:
    void look_at(const Statement& statement) {
        using What = Statement::What;
        if (statement.what == What::Header) {
            header_ = statement.name + ".";
            inside_ = statement.name == section_;
            removing_ = is_replaced_subsection(statement.name);
            if (inside_) where_ = statement.end;
        }
        if (statement.what == What::Nothing) return;
        if (removing_) {
            changes_.push_back({statement.begin, statement.end, ""});
            return;
        }
        if (statement.what != What::Key) return;
        if (inside_) where_ = statement.end;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            if (header_ + statement.name != section_ + "." + entries_[i].name) continue;
            if (entries_[i].removed)
                changes_.push_back({statement.begin, statement.end, ""});
            else
                changes_.push_back({statement.value_begin, statement.value_end, entries_[i].value});
            done_[i] = true;
        }
    }

    bool is_replaced_subsection(const std::string& name) const {
        return std::any_of(entries_.begin(), entries_.end(), [&](const TomlEntry& entry) {
            return name == section_ + "." + entry.name;
        });
    }

    std::string missing() const {
        std::string lines;
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (!done_[i] && entries_[i].needed && !entries_[i].removed)
                lines += entries_[i].name + " = " + entries_[i].value + line_end_;
        return lines;
    }

    void append_section(const std::string& lines) {
        if (lines.empty()) return;
        std::string start;
        if (!text_.empty() && text_.back() != '\n') start = line_end_;
        if (!text_.empty()) start += line_end_;
        start += "[" + section_ + "]" + line_end_;
        changes_.push_back({text_.size(), text_.size(), start + lines});
    }

    void insert(std::size_t at, const std::string& lines) {
        const bool open = at > 0 && text_[at - 1] != '\n';  // the last line of the text
        const auto behind = std::find_if(changes_.begin(), changes_.end(),
                                         [at](const Change& c) { return c.begin >= at; });
        changes_.insert(behind, {at, at, (open ? line_end_ : "") + lines});
    }

    std::string_view text_;
    std::string section_;
    const std::vector<TomlEntry>& entries_;
    std::string line_end_;
    std::vector<bool> done_;
    std::vector<Change> changes_;
    std::string header_;                ///< with the dot behind it, of the section at hand
    std::optional<std::size_t> where_;  ///< behind the section's last key so far
    bool inside_ = false;
    bool removing_ = false;
};

bool sounds_secret(const std::string& name) {
    const auto lower = ascii_lower(name);
    return lower.find("token") != std::string::npos || lower.find("secret") != std::string::npos ||
           lower.find("password") != std::string::npos;
}

}  // namespace

std::string masked_toml(std::string_view text) {
    std::vector<Change> changes;
    for (const auto& statement : Scanner(text).run())
        if (statement.what == Statement::What::Key && sounds_secret(statement.name))
            changes.push_back({statement.value_begin, statement.value_end, std::string(kTomlMask)});
    return applied(text, changes);
}

std::string set_toml_keys(std::string_view text, std::string_view section,
                          const std::vector<TomlEntry>& entries) {
    return Edit(text, section, entries).run();
}

}  // namespace midinet::control
