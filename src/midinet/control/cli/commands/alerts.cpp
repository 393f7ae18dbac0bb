#include "control/cli/commands/specs.hpp"

namespace midinet::control::cli {

const CommandSpec kAlertsCommand{"alerts", "What midi-admin warns of", nullptr,
                                 [](const Words&, Order& order) {
                                     order.act = Act::Alerts;
                                     return std::string{};
                                 }};

}  // namespace midinet::control::cli
