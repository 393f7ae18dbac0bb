#include "control/cli/commands/grammar.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <string_view>

namespace midinet::control::cli {

Given& Given::check(WordCheck check) {
    option_->check(CLI::Validator(
        [check = std::move(check)](const std::string& word) { return check(word); }, ""));
    return *this;
}

Given& Given::type(const std::string& name) {
    option_->type_name(name);
    return *this;
}

Given& Given::required() {
    option_->required();
    return *this;
}

Given& Given::one_each() {
    option_->allow_extra_args(false);
    return *this;
}

Given& Given::value_optional() {
    option_->expected(0, 1);
    return *this;
}

bool Given::typed() const { return option_->count() != 0; }

void Grammar::flag(const std::string& name, bool& to, const std::string& purpose) {
    app_.add_flag(name, to, purpose)->disable_flag_override();
}

/// Always decimal: CLI11 itself takes 010 for 8.
Given Grammar::option(const std::string& name, unsigned& to, const std::string& purpose) {
    const auto read = [&to](const std::string& word) {
        (void)std::from_chars(word.data(), word.data() + word.size(), to);
    };
    return Given(*app_.add_option_function<std::string>(name, read, purpose));
}

Given Grammar::option(const std::string& name, std::string& to, const std::string& purpose) {
    return Given(*app_.add_option(name, to, purpose));
}

Given Grammar::option(const std::string& name, std::vector<std::string>& to,
                      const std::string& purpose) {
    return Given(*app_.add_option(name, to, purpose));
}

std::string plain_words(const std::string& why) {
    const auto name = why.substr(0, why.find(": "));
    constexpr std::string_view kRequired = ": 1 required ";
    constexpr std::string_view kMissing = " missing";
    constexpr std::string_view kOverride = " was given a disallowed flag override";
    if (why.starts_with(name + ": At Most 1 required but received "))
        return name + " is given twice";
    if (why.starts_with(name + std::string(kRequired)) && why.ends_with(kMissing)) {
        const auto from = name.size() + kRequired.size();
        return name + " wants a value (" + why.substr(from, why.size() - kMissing.size() - from) +
               ")";
    }
    if (why.ends_with(kOverride)) {
        const auto flag = why.substr(0, why.size() - kOverride.size());
        return (flag.starts_with('-') ? flag : "--" + flag) + " takes no value";
    }
    return why;
}

}  // namespace midinet::control::cli
