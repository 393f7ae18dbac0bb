// Settings of a machine that its system keeps as small text files, as Linux does in /sys and /proc.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

/// Paths are absolute, such as "/proc/sys/net/core/rmem_max". Thread: one.
class SettingFiles {
  public:
    virtual ~SettingFiles() = default;
    /// Whether this user may change settings at all; a single one may be refused nevertheless.
    virtual bool may_change() const = 0;
    /// What is in a folder, by name; empty: nothing, or there is no such folder.
    virtual std::vector<std::string> names_in(const std::string& folder) const = 0;
    /// Without the end of the last line. Nothing: it is not there, or does not say.
    virtual std::optional<std::string> read(const std::string& path) const = 0;
    /// Of a setting that is there. Errors: why the system refuses, without the path.
    virtual Result<void> write(const std::string& path, const std::string& value) = 0;
    /// Of a file of our own: made or replaced as a whole, its folder made where it is missing.
    /// Errors: a whole sentence; then the one before is still there.
    virtual Result<void> keep(const std::string& path, const std::string& text) = 0;
    /// Removes such a file. Errors: a whole sentence.
    virtual Result<void> forget(const std::string& path) = 0;
};

}  // namespace midinet::io
