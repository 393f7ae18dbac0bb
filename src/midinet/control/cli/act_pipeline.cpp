#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"
#include "control/cli/api/json_words.hpp"
#include "control/cli/table.hpp"
#include "control/report/pipeline_json.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace midinet::control::cli {
namespace {

/// Errors: it cannot be read, or is no JSON object.
Result<std::string> document_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    const int usage = number(ExitCode::Usage);
    if (!file) return fail(path + " cannot be read", usage);
    if (!JsonValue::parse(text.str(), nullptr, false).is_object())
        return fail(
            path + " is no JSON object; `midinet-cli pipeline show` prints one to begin with",
            usage);
    return text.str();
}

/// As it is set: a document to change and set again; of hosts that differ one each.
std::string shown(const JsonValue& answer) {
    if (const auto pipeline = get(answer, "pipeline"); pipeline.is_object())
        return pipeline.dump(2) + '\n';
    std::string text;
    for (const auto& host : list(answer, "hosts"))
        text += fmt::format(
            "Host {} ({}): {}\n", words(host, "id"), words(host, "name"),
            get(host, "pipeline").is_null() ? "it does not tell" : get(host, "pipeline").dump(2));
    return text + "The hosts differ: give all of them the same with `midinet-cli pipeline set`.\n";
}

/// What each host made of a change.
std::string outcome_text(const JsonValue& answer) {
    Table table({"HOST", "NAME", "OUTCOME", "MS", "KEPT", "WHY"});
    for (const auto& host : list(answer, "hosts"))
        table.add({words(host, "id"), words(host, "name"), words(host, "outcome"),
                   words(host, "took_ms"), words(host, "kept"), words(host, "why")});
    return table.text();
}

bool is_whole(const JsonValue& answer) {
    const auto hosts = list(answer, "hosts");
    return std::all_of(hosts.begin(), hosts.end(), [](const JsonValue& host) {
        return get(host, "outcome") == "done" && is_true(host, "kept");
    });
}

/// The body of the request; empty: it only asks. Errors: the file.
Result<std::string> body_of(const Order& order) {
    if (order.act == Act::PipelineReset) return pipeline_json({}).dump();
    if (order.act == Act::PipelineSet) return document_of(order.files.at(0));
    return std::string();
}

}  // namespace

int act_pipeline(const Order& order, const Tools& tools) {
    if (order.api.url.empty()) return want_api(tools, "the pipeline is shown and set");
    const auto body = body_of(order);
    if (!body) {
        tools.complain(body.error().message);
        return body.error().exit_code;
    }
    ApiCaller caller(tools.web, order.api);
    const auto answer = caller.ask(body->empty() ? "GET" : "PUT", "/api/pipeline", *body);
    if (!answer) return refuse(order, tools, "pipeline", answer.error());
    const bool good = body->empty() ? get(*answer, "pipeline").is_object() : is_whole(*answer);
    JsonValue json{{"command", "pipeline"}, {"source", order.api.url}};
    json.update(*answer);
    json["exit_code"] = number(good ? ExitCode::Ok : ExitCode::Degraded);
    return report(order, tools, std::move(json),
                  body->empty() ? shown(*answer) : outcome_text(*answer));
}

}  // namespace midinet::control::cli
