// The show's configuration, by midi-admin.
#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"
#include "control/cli/api/config_text.hpp"
#include "control/cli/api/json_words.hpp"
#include "control/whole_file.hpp"

#include <fmt/format.h>

namespace midinet::control::cli {
namespace {

/// A change that the API can try, and make.
struct Change {
    const char* action;
    const char* method;
    std::string path;
    std::string body;
};

using Answer = tl::expected<JsonValue, ApiRefusal>;

tl::expected<Change, ApiRefusal> apply_of(const Order& order) {
    const auto& file = order.files.front();
    const auto text = read_whole(file, kMostText);
    if (!text)
        return tl::unexpected(ApiRefusal{
            ExitCode::Usage, fmt::format("{} cannot be read: {}", file, text.error().message), {}});
    return Change{"apply", "PUT", "/api/config", dump(JsonValue{{"text", *text}})};
}

/// To the version that is named, or to the one before the last.
tl::expected<Change, ApiRefusal> rollback_of(const Order& order, ApiCaller& caller) {
    auto version = JsonValue(order.version);
    if (order.version == 0) {
        const auto history = caller.ask("GET", "/api/config/history");
        if (!history) return tl::unexpected(history.error());
        const auto versions = list(*history, "versions");
        if (versions.size() < 2)
            return tl::unexpected(ApiRefusal{
                ExitCode::Error, "there is no version before this one to go back to", {}});
        version = get(versions[1], "version");
    }
    return Change{"rollback", "POST", "/api/config/rollback", dump(JsonValue{{"to", version}})};
}

/// The API judges the text as its own file's, and names that one.
ApiRefusal told_of(const Order& order, ApiRefusal refusal) {
    if (order.act == Act::ConfigApply && refusal.code == ExitCode::Error)
        refusal.sentence =
            fmt::format("{} is not taken: {}", order.files.front(), refusal.sentence);
    return refusal;
}

/// Nothing: it may be done. Else why not.
std::optional<ApiRefusal> ask_first(const Order& order, const Tools& tools) {
    if (order.yes) return std::nullopt;
    const auto said = tools.confirm("Put this in force?");
    if (!said)
        return ApiRefusal{
            ExitCode::Usage, "nobody can be asked here, and nothing was changed: add --yes", {}};
    if (!*said) return ApiRefusal{ExitCode::Refused, "nothing was changed", {}};
    return std::nullopt;
}

/// Shows what it would do, asks, and does it.
Answer carry_out(const Order& order, const Tools& tools, ApiCaller& caller, const Change& change) {
    if (auto now = caller.ask("GET", "/api/config"); !now) return now;
    const auto etag = caller.etag();
    caller.want_etag(etag);
    auto tried = caller.ask(change.method, change.path + "?dry_run=true", change.body);
    if (!tried) return tl::unexpected(told_of(order, std::move(tried.error())));
    if (!order.request.json) tools.print(config_change_text(*tried));
    if (list(*tried, "keys").empty() && words(*tried, "diff").empty()) return tried;
    if (auto refusal = ask_first(order, tools)) return tl::unexpected(std::move(*refusal));
    const auto within = order.confirm_within_s == 0
                            ? std::string{}
                            : fmt::format("?confirm_within={}", order.confirm_within_s);
    return caller.ask(change.method, change.path + within, change.body);
}

int finish(const Order& order, const Tools& tools, const char* action, const Answer& answer) {
    if (!answer) return refuse(order, tools, "config", answer.error());
    JsonValue json{{"command", "config"}, {"action", action}, {"source", order.api.url}};
    json.update(*answer);
    json["exit_code"] = number(ExitCode::Ok);
    return report(order, tools, std::move(json), config_done_text(*answer));
}

}  // namespace

int act_config_change(const Order& order, const Tools& tools) {
    if (order.api.url.empty()) return want_api(tools, "the show's configuration is changed");
    ApiCaller caller(tools.web, order.api);
    if (order.act == Act::ConfigConfirm)
        return finish(order, tools, "confirm", caller.ask("POST", "/api/config/confirm", "{}"));
    const auto change =
        order.act == Act::ConfigApply ? apply_of(order) : rollback_of(order, caller);
    if (!change) return refuse(order, tools, "config", change.error());
    return finish(order, tools, change->action, carry_out(order, tools, caller, *change));
}

}  // namespace midinet::control::cli
