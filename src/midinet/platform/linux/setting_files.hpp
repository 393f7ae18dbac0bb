// The settings of Linux, by /sys and /proc.
#pragma once

#include "io/setting_files.hpp"

#include <filesystem>
#include <memory>

namespace midinet::platform {

class LinuxSettings final : public io::SettingFiles {
  public:
    /// `root`: what paths are below of. Another one than "/" is another system's tree: whether its
    /// files can be changed is up to them, not to who is root here.
    explicit LinuxSettings(std::filesystem::path root = "/") : root_(std::move(root)) {}

    bool may_change() const override;
    std::vector<std::string> names_in(const std::string& folder) const override;
    std::optional<std::string> read(const std::string& path) const override;
    Result<void> write(const std::string& path, const std::string& value) override;
    Result<void> keep(const std::string& path, const std::string& text) override;
    Result<void> forget(const std::string& path) override;

  private:
    std::filesystem::path at(const std::string& path) const;

    std::filesystem::path root_;
};

/// Errors (exit code 2): `root` is no folder.
Result<std::unique_ptr<io::SettingFiles>> open_settings(const std::string& root);

}  // namespace midinet::platform
