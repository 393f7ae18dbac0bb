#include "admin/http/body_reader.hpp"

#include "admin/http/json_body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::admin {
BodyReader::BodyReader(const std::string& text) {
    if (text.empty()) return;
    auto json = parse_body(text);
    if (!json)
        problem_ = std::move(json.error());
    else if (!json->is_object())
        complain("", "The body is " + shown(*json) + "; expected an object.");
    else
        json_ = *std::move(json);
}

void BodyReader::complain(const std::string& pointer, std::string detail) {
    if (!problem_) problem_ = Problem{ProblemKind::Invalid, std::move(detail), pointer};
}

void BodyReader::refuse(const char* key, const std::string& expected) {
    complain('/' + escaped(key),
             fmt::format("{} is {}; expected {}.", key, shown(json_[key]), expected));
}

void BodyReader::require(const char* key, const std::string& expected) {
    if (!has(key))
        complain('/' + escaped(key), fmt::format("{} is missing; expected {}.", key, expected));
}

const nlohmann::json* BodyReader::find(const char* key) {
    learn(key);
    return has(key) ? &json_[key] : nullptr;
}

void BodyReader::read(const char* key, bool& value) {
    const auto* found = find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) return refuse(key, "true or false");
    value = found->get<bool>();
}

void BodyReader::read(const char* key, std::string& value) {
    const auto* found = find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return refuse(key, "a text");
    value = found->get<std::string>();
}

void BodyReader::read(const char* key, std::int64_t& value, std::int64_t lowest,
                      std::int64_t highest) {
    const auto* found = find(key);
    if (found == nullptr) return;
    const bool fits = found->is_number_integer() &&
                      !(found->is_number_unsigned() &&
                        found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) &&
                      found->get<std::int64_t>() >= lowest && found->get<std::int64_t>() <= highest;
    if (!fits) return refuse(key, fmt::format("a whole number from {} to {}", lowest, highest));
    value = found->get<std::int64_t>();
}

std::optional<Problem> BodyReader::finish() {
    for (const auto& [key, value] : json_.items())
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
            const bool none = known_.empty();
            complain('/' + escaped(key),
                     fmt::format("{} is not known here; expected {}.", key,
                                 none ? "an empty object"
                                      : fmt::format("only {}", fmt::join(known_, ", "))));
        }
    return problem_;
}

}  // namespace midinet::admin
