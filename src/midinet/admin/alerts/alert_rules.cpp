#include "admin/alerts/alert_rules.hpp"

#include "admin/http/json_body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace midinet::admin {
namespace {

using control::JsonValue;
using nlohmann::json;

constexpr double kHighestLevel = 1e6;

/// Reads one object strictly; the first thing that is wrong is kept.
class Reader {
  public:
    Reader(const json& object, std::string path, std::optional<Problem>& problem)
        : object_(object), path_(std::move(path)), problem_(problem) {}

    const json* find(const char* key) {
        known_.emplace_back(key);
        const auto found = object_.find(key);
        return found == object_.end() ? nullptr : &*found;
    }
    void read(const char* key, bool& value) {
        const auto* found = find(key);
        if (found == nullptr) return;
        if (!found->is_boolean()) return refuse(key, "true or false");
        value = found->get<bool>();
    }
    void read(const char* key, double& value, double highest) {
        const auto* found = find(key);
        if (found == nullptr) return;
        if (!found->is_number() || !(found->get<double>() >= 0 && found->get<double>() <= highest))
            return refuse(key, fmt::format("a number from 0 to {}", highest));
        value = found->get<double>();
    }
    void read(const char* key, std::int64_t& value, std::int64_t highest) {
        const auto* found = find(key);
        if (found == nullptr) return;
        if (!found->is_number_integer() || found->get<double>() < 0 ||
            found->get<double>() > static_cast<double>(highest))
            return refuse(key, fmt::format("a whole number from 0 to {}", highest));
        value = found->get<std::int64_t>();
    }
    void read(const char* key, std::string& value, std::size_t longest) {
        const auto* found = find(key);
        if (found == nullptr) return;
        if (!found->is_string() || found->get_ref<const std::string&>().size() > longest)
            return refuse(key, fmt::format("a text of {} bytes at most", longest));
        value = found->get<std::string>();
    }
    void refuse(const std::string& key, const std::string& expected) {
        if (!problem_)
            problem_ = Problem{ProblemKind::Invalid,
                               fmt::format("{}/{}: expected {}.", path_, key, expected),
                               path_ + '/' + key};
    }
    void finish() {
        for (const auto& [key, value] : object_.items())
            if (std::find(known_.begin(), known_.end(), key) == known_.end())
                refuse(escaped(key), fmt::format("only {}", fmt::join(known_, ", ")));
    }

  private:
    const json& object_;
    std::string path_;
    std::optional<Problem>& problem_;
    std::vector<std::string> known_;
};

/// Without user and password: the API tells it.
bool is_url(const std::string& url) {
    const auto printable = [](char c) { return c > ' ' && c != 0x7F; };
    const auto after = url.starts_with("https://")  ? std::size_t{8}
                       : url.starts_with("http://") ? std::size_t{7}
                                                    : url.size();
    const auto authority = url.substr(after, url.find_first_of("/?#", after) - after);
    return !authority.empty() && authority.find('@') == std::string::npos &&
           std::all_of(url.begin(), url.end(), printable);
}

void read_rule(Reader& reader, AlertKind kind, AlertRule& rule) {
    reader.read("enabled", rule.enabled);
    if (has_level(kind)) {
        reader.read("threshold", rule.threshold, kHighestLevel);
        reader.read("clear", rule.clear, kHighestLevel);
        if (rule.clear > rule.threshold)
            reader.refuse("clear", fmt::format("the threshold, {}, or less", rule.threshold));
    }
    reader.read("hold_s", rule.hold_s, AlertRules::kLongestHold);
    reader.finish();
}

void read_webhook(Reader& reader, WebhookRule& webhook) {
    reader.read("enabled", webhook.enabled);
    reader.read("url", webhook.url, AlertRules::kLongestText);
    reader.read("secret", webhook.secret, AlertRules::kLongestText);
    if (!webhook.url.empty() && !is_url(webhook.url))
        reader.refuse("url", "a URL, as in \"https://alerts.example/midinet\", or \"\" for none");
    if (!webhook.secret.empty() && webhook.secret.size() < AlertRules::kShortestSecret)
        reader.refuse("secret", fmt::format("{} bytes or more, or \"\" for none",
                                            AlertRules::kShortestSecret));
    bool has_secret = !webhook.secret.empty();  // as GET tells it, so that what it gave may be PUT
    reader.read("has_secret", has_secret);
    if (has_secret == webhook.secret.empty())
        reader.refuse("has_secret", "what is true; to change it, write secret");
    if (webhook.enabled && webhook.url.empty()) reader.refuse("url", "a URL where it is enabled");
    reader.finish();
}

const json* object_at(Reader& reader, const char* key) {
    const auto* found = reader.find(key);
    if (found == nullptr) return nullptr;
    if (found->is_object()) return found;
    reader.refuse(key, "an object");
    return nullptr;
}

}  // namespace

std::array<AlertRule, kAlerts.size()> AlertRules::defaults() noexcept {
    return {{{true, 75, 70, 10},
             {true, 1, 0.5, 5},
             {true, 5, 4, 5},
             {true, 90, 85, 10},
             {true, 0, 0, 0},
             {true, 0, 0, 2},
             {true, 0, 0, 5},
             {true, 0, 0, 0},
             {true, 0, 0, 5}}};
}

JsonValue to_json(const AlertRules& rules) {
    JsonValue all;
    for (std::size_t i = 0; i < kAlerts.size(); ++i) {
        const auto& rule = rules.rules[i];
        JsonValue one{{"enabled", rule.enabled}};
        if (has_level(static_cast<AlertKind>(i))) {
            one["threshold"] = rule.threshold;
            one["clear"] = rule.clear;
        }
        one["hold_s"] = rule.hold_s;
        all[std::string(kAlerts[i].name)] = std::move(one);
    }
    all["webhook"] = {{"enabled", rules.webhook.enabled},
                      {"url", rules.webhook.url},
                      {"has_secret", !rules.webhook.secret.empty()}};
    return all;
}

std::string to_file(const AlertRules& rules) {
    auto all = to_json(rules);
    all["webhook"].erase("has_secret");
    all["webhook"]["secret"] = rules.webhook.secret;
    return all.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

tl::expected<AlertRules, Problem> merged(AlertRules rules, const std::string& body) {
    const auto parsed = parse_body(body.empty() ? "{}" : body);
    if (!parsed) return tl::unexpected(parsed.error());
    if (!parsed->is_object())
        return tl::unexpected(Problem{ProblemKind::Invalid, "The body is no object."});
    std::optional<Problem> problem;
    Reader root(*parsed, "", problem);
    for (std::size_t i = 0; i < kAlerts.size(); ++i) {
        const std::string name(kAlerts[i].name);
        if (const auto* object = object_at(root, name.c_str())) {
            Reader reader(*object, '/' + name, problem);
            read_rule(reader, static_cast<AlertKind>(i), rules.rules[i]);
        }
    }
    if (const auto* object = object_at(root, "webhook")) {
        Reader reader(*object, "/webhook", problem);
        read_webhook(reader, rules.webhook);
    }
    bool kept = false;  // told by GET, and not to be changed
    std::string trouble;
    root.read("kept", kept);
    root.read("trouble", trouble, AlertRules::kLongestText);
    root.finish();
    if (problem) return tl::unexpected(*problem);
    return rules;
}

}  // namespace midinet::admin
