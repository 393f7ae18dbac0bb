#include "admin/config/config_history.hpp"

#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace midinet::admin {
namespace {

using control::JsonValue;

ConfigVersion version_of(const JsonValue& json) {
    return {json.at("number").get<std::int64_t>(),
            json.at("at_ms").get<std::int64_t>(),
            json.at("who").get<std::string>(),
            json.at("from").get<std::string>(),
            json.at("keys").get<std::vector<std::string>>(),
            json.at("text").get<std::string>()};
}

ConfigTrial trial_of(const JsonValue& json) {
    return {json.at("version").get<std::int64_t>(), json.at("back_to").get<std::int64_t>(),
            json.at("until_ms").get<std::int64_t>(), json.at("within_ms").get<std::int64_t>()};
}

}  // namespace

const ConfigVersion& ConfigHistory::add(ConfigVersion version) {
    version.number = ++last_;
    versions_.push_back(std::move(version));
    auto bytes = std::accumulate(
        versions_.begin(), versions_.end(), std::size_t{0},
        [](std::size_t sum, const ConfigVersion& one) { return sum + one.text.size(); });
    while (versions_.size() > kMostVersions || (versions_.size() > 2 && bytes > kMostBytes)) {
        bytes -= versions_.front().text.size();
        versions_.pop_front();
    }
    return versions_.back();
}

const ConfigVersion* ConfigHistory::find(std::int64_t number) const {
    const auto found = std::find_if(versions_.begin(), versions_.end(),
                                    [number](const auto& one) { return one.number == number; });
    return found == versions_.end() ? nullptr : &*found;
}

std::string ConfigHistory::to_file() const {
    JsonValue json{
        {"of", of}, {"last", last_}, {"trial", nullptr}, {"versions", JsonValue::array()}};
    if (trial)
        json["trial"] = {{"version", trial->version},
                         {"back_to", trial->back_to},
                         {"until_ms", trial->until_ms},
                         {"within_ms", trial->within_ms}};
    for (const auto& one : versions_)
        json["versions"].push_back({{"number", one.number},
                                    {"at_ms", one.at_ms},
                                    {"who", one.who},
                                    {"from", one.from},
                                    {"keys", one.keys},
                                    {"text", one.text}});
    return control::dump(json) + '\n';
}

Result<ConfigHistory> ConfigHistory::from_file(const std::string& text) {
    try {
        const auto json = JsonValue::parse(text);
        ConfigHistory history;
        for (const auto& one : json.at("versions")) history.versions_.push_back(version_of(one));
        history.of = json.at("of").get<std::string>();
        history.last_ = json.at("last").get<std::int64_t>();
        if (!json.at("trial").is_null()) history.trial = trial_of(json.at("trial"));
        return history;
    } catch (const JsonValue::exception& failed) {
        return fail(failed.what());
    }
}

}  // namespace midinet::admin
