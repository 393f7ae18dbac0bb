// What a command's line may hold. CLI11 reads it, in grammar.cpp: whoever adds a flag need not
// compile all of that.
#pragma once

#include <functional>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): its own name
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace midinet::control::cli {

/// Gives what is wrong with a word, or nothing. It says what it wants in words, and nothing in the
/// list of flags.
using WordCheck = std::function<std::string(const std::string& word)>;
WordCheck between(unsigned least, unsigned most);
WordCheck some_text();
WordCheck one_word_of(std::vector<std::string> words);

/// What CLI11 says of a wrong line, as this program says it; what it has no words of its own for
/// stays.
std::string plain_words(const std::string& why);

/// A flag or word that was added, as a handle. Lifetime: that of the command line.
class Given {
  public:
    Given() = default;
    explicit Given(CLI::Option& option) : option_(&option) {}

    Given& check(WordCheck check);
    /// What stands in the help for its value.
    Given& type(const std::string& name);
    Given& required();
    /// Each time it is given it takes one value.
    Given& one_each();
    /// It may stand without a value.
    Given& value_optional();
    /// Whether it was typed. Precondition: it was added, and the line was read.
    bool typed() const;

  private:
    CLI::Option* option_ = nullptr;
};

/// One command's. `name`: "--flag", or for a word "WORD". `to` gets what is typed.
class Grammar {
  public:
    explicit Grammar(CLI::App& app) : app_(app) {}

    void flag(const std::string& name, bool& to, const std::string& purpose);
    /// To be checked by `between`: what is no number leaves `to` as it is.
    Given option(const std::string& name, unsigned& to, const std::string& purpose);
    Given option(const std::string& name, std::string& to, const std::string& purpose);
    Given option(const std::string& name, std::vector<std::string>& to, const std::string& purpose);

  private:
    CLI::App& app_;
};

}  // namespace midinet::control::cli
