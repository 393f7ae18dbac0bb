// A client's own pipeline, as the control side sees it.
#pragma once

#include "control/logging.hpp"
#include "control/pipeline_keeper.hpp"
#include "control/plane/message.hpp"
#include "engine/fleet.hpp"
#include "path/pipeline/pipeline_map.hpp"

#include <functional>
#include <map>

namespace midinet::engine {

struct ClientPipelineSurroundings {
    control::Logger& logger;  ///< Lifetime: the pipeline's
    /// To the engine, whose it is then. False: it has no room.
    std::function<bool(const path::PipelineMap*)> give;
    /// Beyond the process. May be empty: nothing does.
    std::function<control::PipelineKeeper::Kept(const midi::PipelineSettings&)> keep{};
    Siblings siblings{};  ///< the client's other devices, which have the same one
};

/// Obeys who sets it, and answers once the engine has it and it is kept. Thread: control.
class ClientPipeline {
  public:
    using Answer = std::function<void(const control::plane::CommandResult&)>;
    explicit ClientPipeline(ClientPipelineSurroundings surroundings)
        : s_(std::move(surroundings)) {}

    /// In force from the next event on. False: too many are on their way.
    bool use(const midi::PipelineSettings& settings);
    /// The engine has taken over the next one of those.
    void on_replaced();
    const midi::PipelineSettings& settings() const noexcept { return settings_; }
    /// `answer` is called once: at once, or from on_replaced(). Lifetime of what it holds: this
    /// object's.
    void on_command(const control::plane::Command& command, Answer answer);
    /// What the client's other devices were told.
    void follow_siblings();

  private:
    struct Asked {
        Answer answer;
        control::plane::CommandResult result;
    };
    void set(const control::plane::Command& command, Answer answer);

    ClientPipelineSurroundings s_;
    midi::PipelineSettings settings_;
    std::uint64_t given_ = 0;  ///< to the engine, which takes them in order
    std::uint64_t taken_ = 0;
    std::map<std::uint64_t, Asked> asked_;  ///< by the number of the one that was given
};

}  // namespace midinet::engine
