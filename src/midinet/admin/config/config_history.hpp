// What the configuration was, and what waits to be confirmed: a value, and its file.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

struct ConfigVersion {
    std::int64_t number = 0;  ///< from 1; one more each
    std::int64_t at_ms = 0;   ///< Units: ms since 1970
    std::string who;          ///< "api", "file" (found so), "midi-admin" (not confirmed in time)
    std::string from;         ///< the address that asked; may be empty
    std::vector<std::string> keys;  ///< that changed
    std::string text;               ///< all of the file
    friend bool operator==(const ConfigVersion&, const ConfigVersion&) = default;
};

/// A change that is taken back by itself.
struct ConfigTrial {
    std::int64_t version = 0;    ///< that waits
    std::int64_t back_to = 0;    ///< the version before
    std::int64_t until_ms = 0;   ///< Units: ms since 1970
    std::int64_t within_ms = 0;  ///< how long was given
    friend bool operator==(const ConfigTrial&, const ConfigTrial&) = default;
};

class ConfigHistory {
  public:
    static constexpr std::size_t kMostVersions = 50;
    /// Of all texts together, but for the last two.
    static constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;

    /// Gives it its number; the oldest make room.
    const ConfigVersion& add(ConfigVersion version);
    /// Null: it is not there any more, or never was. Lifetime: until the next add.
    const ConfigVersion* find(std::int64_t number) const;
    /// The oldest first.
    const std::deque<ConfigVersion>& versions() const noexcept { return versions_; }
    std::optional<ConfigTrial> trial;
    std::string of;  ///< the path of the file that it tells of

    /// JSON.
    std::string to_file() const;
    /// Errors: it is none of ours; why.
    static Result<ConfigHistory> from_file(const std::string& text);
    friend bool operator==(const ConfigHistory&, const ConfigHistory&) = default;

  private:
    std::deque<ConfigVersion> versions_;
    std::int64_t last_ = 0;
};

}  // namespace midinet::admin
