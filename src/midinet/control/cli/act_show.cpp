#include "control/cli/acts.hpp"
#include "control/cli/api/show_calls.hpp"

#include <fmt/format.h>

namespace midinet::control::cli {
namespace {

/// For the boxes themselves.
int converse(const Order& order, const Tools& tools) {
    auto conversation = Conversation::open(tools.with, order.request);
    if (!conversation) {
        tools.complain(conversation.error().message);
        return conversation.error().exit_code;
    }
    while ((*conversation)->turn()) {
    }
    const auto scene = (*conversation)->scene();
    say_source(tools, order, kPlane);
    tools.print(order.request.json ? json_report(scene) : text_report(scene));
    return number(exit_code_of(scene));
}

int ask_api(const Order& order, const Tools& tools, const ApiCall& call) {
    const Task task = order.request.task;
    ApiCaller caller(tools.web, order.api);
    const auto answer = caller.ask(call.method, call.path, call.body);
    if (!answer) {
        auto refusal = answer.error();
        refusal.code = exit_code_of(order.request, refusal);
        return refuse(order, tools, command_name(task), refusal);
    }
    const auto code = exit_code_of(task, *answer);
    JsonValue json{{"command", command_name(task)}, {"source", order.api.url}};
    json.update(*answer);
    json["exit_code"] = number(code);
    return report(order, tools, std::move(json), api_text(task, *answer));
}

}  // namespace

void say_source(const Tools& tools, const Order& order, const std::string& source) {
    if (order.request.json) return;
    tools.complain("via " + std::string(source == kPlane ? "the " : "") + source);
}

int report(const Order& order, const Tools& tools, JsonValue json, const std::string& text) {
    say_source(tools, order, json["source"].get<std::string>());
    tools.print(order.request.json ? dump(json) + '\n' : text);
    return json["exit_code"].get<int>();
}

int refuse(const Order& order, const Tools& tools, const char* command, const ApiRefusal& refusal) {
    tools.complain(refusal.sentence);
    if (!order.request.json) return number(refusal.code);
    JsonValue json{{"command", command}, {"source", order.api.url}, {"why", refusal.sentence}};
    json.update(refusal.problem);
    json["exit_code"] = number(refusal.code);
    tools.print(dump(json) + '\n');
    return number(refusal.code);
}

int want_api(const Tools& tools, const std::string& what) {
    tools.complain(what + " by midi-admin: name it with --url http://HOST:8080 or MIDINET_URL");
    return number(ExitCode::Usage);
}

int act_show(const Order& order, const Tools& tools) {
    const auto call = order.api.url.empty() ? ApiCall{} : call_for(order.request);
    if (!call.path.empty()) return ask_api(order, tools, call);
    if (order.request.task == Task::Rehearsals)
        return want_api(tools, "what came of rehearsals is told");
    if (!order.api.url.empty())
        tools.complain("the API does not tell this: the boxes themselves are asked");
    return converse(order, tools);
}

}  // namespace midinet::control::cli
