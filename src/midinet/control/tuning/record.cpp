#include "control/tuning/record.hpp"

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
        record.add({one["path"].get<std::string>(), one["name"].get<std::string>(),
                    one["value"].get<std::string>()});
    }
    return record;
}

}  // namespace midinet::control::tuning
