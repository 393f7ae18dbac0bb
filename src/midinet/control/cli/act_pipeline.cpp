#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"

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

}  // namespace

int act_pipeline(const Order& order, const Tools& tools) {
    if (order.api.url.empty()) return want_api(tools, "the pipeline is shown and set");
    std::string body;
    if (order.act == Act::PipelineReset) body = "{}";  // what a document leaves out is the default
    if (order.act == Act::PipelineSet) {
        auto document = document_of(order.files.at(0));
        if (!document) {
            tools.complain(document.error().message);
            return document.error().exit_code;
        }
        body = std::move(*document);
    }
    ApiCaller caller(tools.web, order.api);
    const auto answer = caller.ask(body.empty() ? "GET" : "PUT", "/api/pipeline", body);
    if (!answer) return refuse(order, tools, "pipeline", answer.error());
    say_source(tools, order, order.api.url);
    // As it came, so that it can be changed and set again.
    tools.print(answer->dump(order.request.json ? -1 : 2) + '\n');
    return number(ExitCode::Ok);
}

}  // namespace midinet::control::cli
