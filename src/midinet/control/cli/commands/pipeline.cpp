#include "control/cli/commands/specs.hpp"
#include "control/report/words.hpp"

namespace midinet::control::cli {
namespace {

void add_pipeline(Grammar& grammar, Words& words) {
    grammar.option("VERB", words.verb, "show, set FILE (JSON, as show prints it) or reset")
        .required()
        .check(one_word_of({"show", "set", "reset"}))
        .type("");
    grammar.option("FILE", words.files, "What to set").check(some_text()).type("");
    grammar
        .option("--client", words.client,
                "The client's own one, not the hosts': its id, as `clients --json` tells it")
        .check(some_text())
        .type("ID");
}

std::string read_pipeline(const Words& words, Order& order) {
    if (words.files.size() != (words.verb == "set" ? 1U : 0U))
        return "give one file to `pipeline set`, and none to show and reset";
    if (!words.client.empty() && !id_of_text(words.client))
        return "--client is \"" + words.client +
               "\"; expected a client's id, 16 hexadecimal digits, as `clients --json` tells it";
    order.client = words.client;
    order.act = Act::PipelineShow;
    if (words.verb == "set") order.act = Act::PipelineSet;
    if (words.verb == "reset") order.act = Act::PipelineReset;
    order.files = words.files;
    return {};
}

}  // namespace

const CommandSpec kPipelineCommand{"pipeline", "What hosts, or one client, change of the MIDI",
                                   add_pipeline, read_pipeline};

}  // namespace midinet::control::cli
