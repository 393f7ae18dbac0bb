// The configuration file as it is on the disk, for others to compare and for people to mend.
#pragma once

#include "base/result.hpp"
#include "control/plane/admin.hpp"
#include "control/report/finding.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

/// Reads it when it was changed. Thread: one.
class ConfigWatch {
  public:
    using Read = std::function<Result<std::string>(const std::filesystem::path&)>;
    /// `file`: nothing: the program was given none.
    ConfigWatch(std::optional<std::filesystem::path> file, Read read)
        : file_(std::move(file)), read_(std::move(read)) {}

    /// Looks at it now.
    void look();
    const control::plane::ConfigMark& mark() const noexcept { return mark_; }
    /// That it cannot be used, and what to do; empty: it can.
    std::vector<control::Finding> findings() const;

  private:
    std::optional<std::filesystem::path> file_;
    Read read_;
    std::optional<std::filesystem::file_time_type> seen_;  ///< nothing: it was not there
    bool looked_ = false;
    control::plane::ConfigMark mark_;
    std::string trouble_;
};

}  // namespace midinet::admin
