// The command `tune`, with what it works with and no more.
#pragma once

#include "control/cli/order.hpp"
#include "io/setting_files.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace midinet::control::cli {

/// See Tools.
struct TuneTools {
    std::function<Result<std::unique_ptr<io::SettingFiles>>(const std::string& root)> open_settings;
    std::function<void(std::string_view)> print;
    std::function<void(std::string_view)> complain;
};

/// Gives the exit code. Precondition: the order's act is one of Tune….
int tune(const Order& order, const TuneTools& tools);

}  // namespace midinet::control::cli
