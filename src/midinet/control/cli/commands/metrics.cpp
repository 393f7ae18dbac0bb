#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {
namespace {

void add_metrics(Grammar& grammar, Words& words) {
    grammar.flag("--system", words.system,
                 "Processor, memory, temperature, disk and network: of the machine of midi-admin, "
                 "or of this one without an API");
}

std::string read_metrics(const Words& words, Order& order) {
    order.act = words.system ? Act::SystemMetrics : Act::Metrics;
    order.request.task = Task::Status;
    return {};
}

}  // namespace

const CommandSpec kMetricsCommand{"metrics", "How much MIDI goes through, and how late it is",
                                  add_metrics, read_metrics};

}  // namespace midinet::control::cli
