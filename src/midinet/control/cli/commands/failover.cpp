#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_failover(Grammar& grammar, Words& words) {
    words.target_given =
        grammar
            .option("TARGET", words.target,
                    "Switch to the host with this id; without one, to the best standby")
            .check(between(1, 65535))
            .type("");
    grammar.flag("--status", words.status, "Tell how failover is, and the last decisions");
    grammar.flag("--arm", words.arm, "Let clients leave a silent host by themselves");
    grammar.flag("--disarm", words.disarm, "Do not let them");
    words.audit_given = grammar
                            .option("--audit", words.audit,
                                    "Tell the last N decisions, or as many as fit one answer")
                            .value_optional()
                            .check(between(1, 255))
                            .type("[N]");
}

std::string read_failover(const Words& words, Order& order) {
    const bool audit = words.audit_given.typed();
    const bool target = words.target_given.typed();
    if (words.status + words.arm + words.disarm + audit + target > 1)
        return "ask one thing at a time: TARGET, --status, --arm, --disarm or --audit";
    auto& task = order.request.task;
    task = Task::Switch;
    if (words.status) task = Task::FailoverStatus;
    if (words.arm) task = Task::Arm;
    if (words.disarm) task = Task::Disarm;
    if (audit) task = Task::Audit;
    return {};
}

}  // namespace

const CommandSpec kFailoverCommand{"failover",
                                   "Switch to another host, or tell and set how it is done",
                                   add_failover, read_failover};

}  // namespace midinet::control::cli
