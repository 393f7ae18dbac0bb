#include "control/cli/program.hpp"

namespace midinet::control::cli {
namespace {

int number(ExitCode code) { return static_cast<int>(code); }

int converse(const Order& order, const Tools& tools) {
    auto conversation = Conversation::open(tools.with, order.request);
    if (!conversation) {
        tools.complain(conversation.error().message);
        return conversation.error().exit_code;
    }
    while ((*conversation)->turn()) {
    }
    const auto scene = (*conversation)->scene();
    tools.print(order.request.json ? json_report(scene) : text_report(scene));
    return number(exit_code_of(scene));
}

int doctor(const Order& order, const Tools& tools) {
    const Instruments instruments{tools.with, tools.machine, tools.web, tools.make_ear,
                                  tools.version};
    const auto facts = gather_facts(instruments, order);
    const auto checks = examine(facts);
    tools.print(order.request.json ? doctor_json(checks, facts.listened)
                                   : doctor_text(checks, facts.listened));
    return number(exit_code_of(checks));
}

}  // namespace

int run(const Order& order, const Tools& tools) {
    return order.act == Act::Doctor ? doctor(order, tools) : converse(order, tools);
}

}  // namespace midinet::control::cli
