// Where a pipeline outlives the process.
#pragma once

#include "base/result.hpp"
#include "midi/pipeline_settings.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace midinet::control {

/// What a keeper does with files. Errors: a sentence that names the file, and why.
struct KeeperFiles {
    std::function<Result<std::string>(const std::filesystem::path&)> read;
    /// As a whole or not at all; on disk when it returns.
    std::function<Result<void>(const std::filesystem::path&, const std::string& text)> replace;
};

/// Keeps it in [pipeline] of the configuration file, and touches nothing else there. Where that is
/// not possible, in a file of the state directory: it goes before the configuration until somebody
/// changes [pipeline] there. Thread: any; it waits for the disk.
class PipelineKeeper {
  public:
    struct Places {
        std::optional<std::filesystem::path> config;
        std::optional<std::filesystem::path> state;  ///< a file of its own
    };
    struct Kept {
        bool kept = false;
        std::string sentence;  ///< where, or why it does not survive a restart
    };

    /// The text of a configuration file with another pipeline. Errors: it cannot be.
    using Rewrite = Result<std::string> (*)(const std::string&, const midi::PipelineSettings&);

    PipelineKeeper(Places places, KeeperFiles files, Rewrite rewrite)
        : places_(std::move(places)), files_(std::move(files)), rewrite_(rewrite) {}

    /// What is to be in force, where the configuration says `configured`.
    midi::PipelineSettings recall(const midi::PipelineSettings& configured);
    /// The same for what starts while others run: what is in force there by now, or was kept since.
    midi::PipelineSettings recall_at_start(const midi::PipelineSettings& configured);
    Kept keep(const midi::PipelineSettings& settings);

  private:
    midi::PipelineSettings recalled(const midi::PipelineSettings& configured);
    Result<void> keep_in_config(const midi::PipelineSettings& settings);
    Result<void> keep_in_state(const midi::PipelineSettings& settings);

    std::mutex mutex_;
    Places places_;
    KeeperFiles files_;
    Rewrite rewrite_;
    std::optional<midi::PipelineSettings> in_force_;
    midi::PipelineSettings configured_;  ///< what the configuration said last
};

/// The text of a host's configuration file with another pipeline. Pure. Errors: that file sets its
/// pipeline in a way that cannot be changed, or is no configuration.
Result<std::string> with_pipeline(const std::string& text, const midi::PipelineSettings& settings);
/// The same of a client's.
Result<std::string> with_client_pipeline(const std::string& text,
                                         const midi::PipelineSettings& settings);

}  // namespace midinet::control
