#include "control/cli/program.hpp"

#include "control/cli/acts.hpp"
#include "control/cli/api/caller.hpp"
#include "control/cli/doctor/examination.hpp"

namespace midinet::control::cli {
namespace {

/// What is about this machine alone, or tells words; and the plain questions to a show.
int act_here(const Order& order, const Tools& tools) {
    switch (order.act) {
        case Act::Doctor:
            return act_doctor(order, tools);
        case Act::TuneShow:
        case Act::TuneApply:
        case Act::TuneUndo:
            return act_tune(order, tools);
        case Act::Print:
            tools.print(order.text);
            return number(ExitCode::Ok);
        default:
            return act_show(order, tools);
    }
}

int act(const Order& order, const Tools& tools) {
    switch (order.act) {
        case Act::Watch:
            return act_watch(order, tools);
        case Act::Metrics:
            return act_metrics(order, tools);
        case Act::SystemMetrics:
            return act_system_metrics(order, tools);
        case Act::Alerts:
            return act_alerts(order, tools);
        case Act::PipelineShow:
        case Act::PipelineSet:
        case Act::PipelineReset:
            return act_pipeline(order, tools);
        case Act::ConfigCheck:
        case Act::ConfigDiff:
            return act_config(order, tools);
        case Act::ConfigApply:
        case Act::ConfigRollback:
        case Act::ConfigConfirm:
            return act_config_change(order, tools);
        case Act::Send:
        case Act::Replay:
            return act_play(order, tools);
        case Act::Monitor:
            return order.tap ? act_monitor_tap(order, tools) : act_monitor(order, tools);
        case Act::Record:
            return act_record(order, tools);
        case Act::Verify:
            return act_verify(order, tools);
        case Act::VerifyLive:
            return act_verify_live(order, tools);
        default:
            return act_here(order, tools);
    }
}

}  // namespace

int act_doctor(const Order& order, const Tools& tools) {
    if (tools.machine == nullptr) {
        tools.complain(
            "doctor examines machines that run Linux alone: run it on a host, and status here");
        return number(ExitCode::Error);
    }
    const Instruments instruments{tools.with,     *tools.machine, tools.web,
                                  tools.make_ear, tools.version,  tools.unix_ms};
    const auto facts = gather_facts(instruments, order);
    const auto checks = examine(facts);
    tools.print(order.request.json ? doctor_json(checks, facts.listened)
                                   : doctor_text(checks, facts.listened));
    return number(exit_code_of(checks));
}

int run(const Order& order, const Tools& tools) {
    auto access = with_token(order.api);
    if (!access) {
        tools.complain(access.error().message);
        return access.error().exit_code;
    }
    auto whole = order;
    whole.api = std::move(*access);
    bool lost = false;
    auto counting = tools;
    counting.print = [&](std::string_view text) {
        lost = lost || !tools.print(text);
        return !lost;
    };
    const int code = act(whole, counting);
    return lost ? number(ExitCode::Error) : code;
}

}  // namespace midinet::control::cli
