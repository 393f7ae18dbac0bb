#include "admin/config/config_watch.hpp"

#include "control/agreement.hpp"
#include "control/shared/shared_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace midinet::admin {
namespace {

using FileTime = std::filesystem::file_time_type;

std::uint64_t unix_ms(FileTime time) {
    using std::chrono::milliseconds;
    const auto ms = std::chrono::duration_cast<milliseconds>(
                        std::chrono::file_clock::to_sys(time).time_since_epoch())
                        .count();
    constexpr auto kLatest = static_cast<std::int64_t>(control::plane::ConfigMark::kLatest);
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(ms, 0, kLatest));
}

}  // namespace

void ConfigWatch::look() {
    if (!file_) return;
    std::error_code error;
    const auto time = std::filesystem::last_write_time(*file_, error);
    const auto seen = error ? std::nullopt : std::optional<FileTime>(time);
    if (looked_ && seen == seen_) return;
    looked_ = true;
    seen_ = seen;
    const auto config = read_(*file_).and_then([this](const std::string& text) {
        return control::parse_shared_config(text, file_->string());
    });
    trouble_ = config ? "" : config.error().message;
    mark_ = {.agreement = config ? control::agreement_of(config->host) : 0,
             .changed_ms = seen ? unix_ms(*seen) : 0,
             .broken = !config};
}

std::vector<control::Finding> ConfigWatch::findings() const {
    if (!mark_.broken) return {};
    return {
        {control::Grade::Degraded,
         fmt::format("the configuration file cannot be used, and no program starts with it: {}",
                     trouble_),
         "correct it (`midinet-cli config check` looks at it), or go back to an earlier version: "
         "`midinet-cli config rollback`"}};
}

}  // namespace midinet::admin
