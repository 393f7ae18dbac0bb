// What the program can do, one function each. Private to it. Each gives the exit code.
#pragma once

#include "control/cli/program.hpp"
#include "control/report/show_json.hpp"

namespace midinet::control::cli {

struct ApiRefusal;

int act_doctor(const Order& order, const Tools& tools);
/// Asks the API where one was named and has it, else the boxes.
int act_show(const Order& order, const Tools& tools);
int act_watch(const Order& order, const Tools& tools);
int act_metrics(const Order& order, const Tools& tools);
int act_system_metrics(const Order& order, const Tools& tools);
int act_alerts(const Order& order, const Tools& tools);
int act_pipeline(const Order& order, const Tools& tools);
int act_monitor(const Order& order, const Tools& tools);
int act_monitor_tap(const Order& order, const Tools& tools);
int act_record(const Order& order, const Tools& tools);
int act_verify(const Order& order, const Tools& tools);
int act_verify_live(const Order& order, const Tools& tools);
/// Plays a file, or messages, as a host.
int act_play(const Order& order, const Tools& tools);
int act_config_change(const Order& order, const Tools& tools);
int act_config(const Order& order, const Tools& tools);
int act_tune(const Order& order, const Tools& tools);

inline int number(ExitCode code) noexcept { return static_cast<int>(code); }
inline constexpr const char* kPlane = "control plane";

/// Says where it comes from: "via http://foh:8080", for people.
void say_source(const Tools& tools, const Order& order, const std::string& source);
/// A report: `json` with "command", "source" and "exit_code", or the text.
int report(const Order& order, const Tools& tools, JsonValue json, const std::string& text);
/// What the API said instead of an answer. Gives its exit code.
int refuse(const Order& order, const Tools& tools, const char* command, const ApiRefusal& refusal);
/// Without an API there is nobody to ask. Gives the exit code.
int want_api(const Tools& tools, const std::string& what);

}  // namespace midinet::control::cli
