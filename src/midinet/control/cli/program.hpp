// midinet-cli from an order to its exit code.
#pragma once

#include "control/cli/doctor/examination.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace midinet::control::cli {

/// What the program works with. Lifetime: all of it outlives the run.
struct Tools {
    Surroundings with;
    io::Machine& machine;
    io::HttpClient& web;
    std::function<Result<std::unique_ptr<io::QueryEar>>(const std::string& interface)> make_ear;
    std::string version;
    std::function<void(std::string_view)> print;     ///< to standard output, at once
    std::function<void(std::string_view)> complain;  ///< one sentence, to standard error
};

/// Gives the exit code.
int run(const Order& order, const Tools& tools);

}  // namespace midinet::control::cli
