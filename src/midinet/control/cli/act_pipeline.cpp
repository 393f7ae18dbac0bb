#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"
#include "control/cli/api/json_words.hpp"
#include "control/cli/table.hpp"
#include "control/report/pipeline_json.hpp"
#include "control/whole_file.hpp"

#include <algorithm>

namespace midinet::control::cli {
namespace {

/// Errors: it cannot be read, or is no JSON object.
Result<std::string> document_of(const std::string& path) {
    const int usage = number(ExitCode::Usage);
    auto text = read_whole(path, kMostText);
    if (!text) return fail(path + " cannot be read: " + text.error().message, usage);
    if (!JsonValue::parse(*text, nullptr, false).is_object())
        return fail(
            path + " is no JSON object; `midinet-cli pipeline show` prints one to begin with",
            usage);
    return text;
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

/// The same of a client.
std::string client_outcome_text(const JsonValue& answer) {
    Table table({"CLIENT", "NAME", "OUTCOME", "MS", "KEPT", "WHY"});
    table.add({words(answer, "client"), words(answer, "name"), words(answer, "outcome"),
               words(answer, "took_ms"), words(answer, "kept"), words(answer, "why")});
    return table.text();
}

bool is_whole(const JsonValue& answer) {
    const auto is_kept = [](const JsonValue& box) {
        return get(box, "outcome") == "done" && is_true(box, "kept");
    };
    if (get(answer, "client").is_string()) return is_kept(answer);
    const auto hosts = list(answer, "hosts");
    return std::all_of(hosts.begin(), hosts.end(), is_kept);
}

const char* method_of(const Order& order) {
    if (order.act == Act::PipelineShow) return "GET";
    return order.act == Act::PipelineReset && !order.client.empty() ? "DELETE" : "PUT";
}

std::string path_of(const Order& order) {
    return order.client.empty() ? "/api/pipeline" : "/api/pipeline/clients/" + order.client;
}

/// The body of the request; empty: it has none. Errors: the file.
Result<std::string> body_of(const Order& order) {
    if (order.act == Act::PipelineReset && order.client.empty()) return pipeline_json({}).dump();
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
    const auto answer = caller.ask(method_of(order), path_of(order), *body);
    if (!answer) {
        auto refusal = answer.error();
        const bool not_found = words(refusal.problem, "type").ends_with("#not-found");
        if (not_found && !order.client.empty()) refusal.code = ExitCode::Refused;
        return refuse(order, tools, "pipeline", refusal);
    }
    const bool asks = order.act == Act::PipelineShow;
    const bool good = asks ? get(*answer, "pipeline").is_object() : is_whole(*answer);
    JsonValue json{{"command", "pipeline"}, {"source", order.api.url}};
    json.update(*answer);
    json["exit_code"] = number(good ? ExitCode::Ok : ExitCode::Degraded);
    const auto text = order.client.empty() ? outcome_text : client_outcome_text;
    return report(order, tools, std::move(json), asks ? shown(*answer) : text(*answer));
}

}  // namespace midinet::control::cli
