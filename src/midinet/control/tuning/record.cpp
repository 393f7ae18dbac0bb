#include "control/tuning/record.hpp"

#include "control/tuning/places.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::tuning {
namespace {

using Json = nlohmann::ordered_json;

bool has_texts(const Json& object, std::initializer_list<const char*> keys) {
    return object.is_object() && std::all_of(keys.begin(), keys.end(), [&](const char* key) {
               const auto at = object.find(key);
               return at != object.end() && at->is_string();
           });
}

/// Of a setting, or what people are told of it: one short line that a terminal shows as it is.
bool is_line(const std::string& text) {
    constexpr std::size_t kLongest = 256;
    return text.size() <= kLongest && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

bool is_former_value(const FormerValue& one) {
    return places::is_setting(one.path) && is_line(one.name) && is_line(one.value);
}

}  // namespace

void Record::add(FormerValue one) {
    const bool known = std::any_of(former.begin(), former.end(),
                                   [&](const auto& f) { return f.path == one.path; });
    if (!known) former.push_back(std::move(one));
}

std::string to_text(const Record& record) {
    Json former = Json::array();
    for (const auto& one : record.former)
        former.push_back({{"path", one.path}, {"name", one.name}, {"value", one.value}});
    const Json json{{"boot", record.boot}, {"former", former}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Record> parse_record(const std::string& text) {
    const auto json = Json::parse(text, nullptr, false);
    const auto refused = [] { return fail("it is no record of `midinet-cli tune`"); };
    if (!has_texts(json, {"boot"}) || !json.contains("former") || !json["former"].is_array())
        return refused();
    Record record{json["boot"].get<std::string>(), {}};
    for (const auto& one : json["former"]) {
        if (!has_texts(one, {"path", "name", "value"})) return refused();
        FormerValue value{one["path"].get<std::string>(), one["name"].get<std::string>(),
                          one["value"].get<std::string>()};
        if (!is_former_value(value)) return refused();
        record.add(std::move(value));
    }
    return record;
}

}  // namespace midinet::control::tuning
