#include "control/cli/acts.hpp"
#include "control/cli/stream/box_monitor.hpp"

namespace midinet::control::cli {

int act_monitor_tap(const Order& order, const Tools& tools) {
    // From here on an interrupt ends it in good order: the place is given to others.
    const auto signals = tools.make_signals();
    if (!signals) {
        tools.complain(signals.error().message);
        return signals.error().exit_code;
    }
    auto monitor = BoxMonitor::open(tools.with, order,
                                    {tools.unix_ms, tools.time_of_day, tools.print, tools.complain},
                                    signals->get());
    if (!monitor) {
        tools.complain(monitor.error().message);
        return monitor.error().exit_code;
    }
    while ((*monitor)->turn()) {
    }
    return number((*monitor)->exit_code());
}

}  // namespace midinet::control::cli
