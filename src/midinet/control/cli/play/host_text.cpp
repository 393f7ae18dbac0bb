#include "control/cli/play/host_text.hpp"

#include "control/config_text.hpp"
#include "control/toml_writer.hpp"

namespace midinet::control::cli {

std::string player_config(const Order& order, const std::string& file) {
    TomlWriter writer;
    writer.table("host");
    writer.key("id", static_cast<std::int64_t>(order.as.value));
    writer.key("name", order.act == Act::Send ? "midinet-cli send" : "midinet-cli replay");
    writer.table("network");
    if (!order.request.interfaces.empty()) writer.key("interfaces", order.request.interfaces);
    writer.key("control_group", address_text(order.request.group.address));
    writer.key("control_port", static_cast<std::int64_t>(order.request.group.port));
    writer.key("dns_sd", false);
    writer.table("midi");
    writer.key("device", "file:" + file);
    writer.table("midi.file");
    writer.key("exit_at_end", true);
    return writer.text();
}

}  // namespace midinet::control::cli
