#include "engine/client_pipeline.hpp"

#include <fmt/core.h>

#include <memory>

namespace midinet::engine {
namespace {

namespace plane = control::plane;

/// On their way to the engine: who asks faster is told so.
constexpr std::uint64_t kMostPipelines = 4;

plane::CommandResult refusal(plane::CommandOutcome outcome, std::string_view why) {
    return {.outcome = outcome, .why = plane::Why{why}};
}

}  // namespace

bool ClientPipeline::use(const midi::PipelineSettings& settings) {
    if (given_ - taken_ >= kMostPipelines) return false;
    auto map = std::make_unique<const path::PipelineMap>(settings);
    if (!s_.give(map.get())) return false;
    s_.logger.info(fmt::format("pipeline {:08x} is in force", map->fingerprint()));
    (void)map.release();
    settings_ = settings;
    ++given_;
    return true;
}

void ClientPipeline::on_replaced() {
    const auto asked = asked_.extract(++taken_);
    if (asked) asked.mapped().answer(asked.mapped().result);
}

void ClientPipeline::on_command(const plane::Command& command, Answer answer) {
    using Outcome = plane::CommandOutcome;
    if (command.verb == plane::Verb::SetPipeline && command.pipeline)
        return set(command, std::move(answer));
    if (command.verb == plane::Verb::SetPipeline)
        return answer(refusal(Outcome::Refused, "the command holds no pipeline"));
    if (command.verb == plane::Verb::GetPipeline) return answer({.pipeline = settings_});
    answer(refusal(Outcome::Unknown, "a client does not know that command"));
}

/// The disk is slower than the engine: it acts first, and is answered for when both are done. A
/// device that starts meanwhile finds it kept, or is told.
void ClientPipeline::set(const plane::Command& command, Answer answer) {
    if (!use(*command.pipeline))
        return answer(refusal(plane::CommandOutcome::Failed,
                              "earlier pipelines are not in force yet: try again in a second"));
    const auto kept = s_.keep
                          ? s_.keep(settings_)
                          : control::PipelineKeeper::Kept{false, "it does not survive a restart"};
    if (s_.siblings.tell)
        s_.siblings.tell(
            {.what = control::SiblingOrder::What::Pipeline, .request = {}, .pipeline = settings_});
    if (kept.kept)
        s_.logger.info(
            fmt::format("the pipeline, set by \"{}\", is {}", command.who.view(), kept.sentence));
    else
        s_.logger.warning(fmt::format("the pipeline, set by \"{}\", is in force, but {}",
                                      command.who.view(), kept.sentence));
    plane::CommandResult result{.why = plane::Why{kept.sentence}, .pipeline = settings_};
    result.kept = kept.kept;
    asked_.emplace(given_, Asked{std::move(answer), result});
}

void ClientPipeline::follow_siblings() {
    if (!s_.siblings.next_order) return;
    while (const auto order = s_.siblings.next_order())
        if (order->what == control::SiblingOrder::What::Pipeline && order->pipeline != settings_)
            (void)use(order->pipeline);
}

}  // namespace midinet::engine
