// What a command asks of a host, one by one: SwitchBoard's other half.
#include "control/switch_board.hpp"

namespace midinet::control {
namespace {

constexpr std::size_t kMostSeen = 64;

}  // namespace

void SwitchBoard::on_command(const plane::Command& command, const Asker& from, SwitchMoment at) {
    if (seen_.size() >= kMostSeen) seen_.clear();
    const auto first = seen_.emplace(command.id, at.now).first->second;
    const bool decides = at.now - first >= kRankPause * rank(at.now);
    const auto judged = desk_.on_command(command, decides);
    if (judged.reply) hands_.answer(from, *judged.reply);
    if (judged.verdict == plane::CommandDesk::Verdict::Execute)
        execute(command, from, at);
    else if (judged.verdict == plane::CommandDesk::Verdict::NotForUs)
        follow(command);
}

void SwitchBoard::execute(const plane::Command& command, const Asker& from, SwitchMoment at) {
    const Asked asked{{}, command, from};
    switch (command.verb) {
        case plane::Verb::SwitchHost:
        case plane::Verb::Rehearse:
            return consider_command(command, asked, at.now);
        case plane::Verb::Arm:
            arm(command);
            return report(asked,
                          {.why = plane::Why{command.on ? "armed: clients leave a silent host"
                                                        : "disarmed: nobody switches by itself"}},
                          at.now);
        case plane::Verb::FailoverStatus:
        case plane::Verb::Audit:
            return tell_past(command, asked, at.now);
        case plane::Verb::ClaimFocus:
        case plane::Verb::ReleaseFocus:
        case plane::Verb::AssignFocus:
            return rule_focus(command, asked, at.now);
        case plane::Verb::SwitchInput:
            return rule_input(command, asked, at);
        case plane::Verb::SetPipeline:
            return set_pipeline(command, asked, at);
        case plane::Verb::GetPipeline:
            return report(asked, {.pipeline = hands_.pipeline()}, at.now);
        case plane::Verb::Play:
            return play(command, asked, at.now);
        case plane::Verb::Unknown:
            return report(
                asked,
                {.outcome = plane::CommandOutcome::Unknown,
                 .why =
                     plane::Why{"this host does not know that command: it is of another version"}},
                at.now);
    }
}

/// Both are judged by what the other hosts say in their heartbeats.
void SwitchBoard::consider_command(const plane::Command& command, const Asked& asked,
                                   TimePoint now) {
    const auto refuse = [&](std::string_view why) {
        report(asked, {.outcome = plane::CommandOutcome::Refused, .why = plane::Why{why}}, now);
    };
    if (waiting_.size() == kMostWaiting) return refuse("too many requests at once; try again");
    if (command.verb == plane::Verb::Rehearse && command.to.value == 0)
        return refuse("the command names no host whose loss is to be rehearsed");
    auto considered = asked;
    considered.request = {.origin = SwitchOrigin::Command,
                          .who = std::string(command.who.view()),
                          .target = command.target};
    consider(std::move(considered), now);
}

void SwitchBoard::arm(const plane::Command& command) {
    using What = SiblingOrder::What;
    hands_.arm(command.on);
    if (command.all_devices)
        hands_.tell_siblings({.what = command.on ? What::Arm : What::Disarm, .request = {}});
}

/// One host answers to what is meant for all, and all obey.
void SwitchBoard::follow(const plane::Command& command) {
    if (command.to.value != 0) return;
    if (command.verb == plane::Verb::Arm) arm(command);
    const bool sets = command.verb == plane::Verb::SetPipeline && command.pipeline;
    if (sets && *command.pipeline != hands_.pipeline())
        (void)hands_.set_pipeline(*command.pipeline, command.who.view());
}

/// Whether any present host's device takes what clients send back.
bool SwitchBoard::has_lights(TimePoint now) const {
    return std::any_of(roster_.hosts().begin(), roster_.hosts().end(), [&](const auto& host) {
        return !host.second.gone(now) && host.second.status.has_lights;
    });
}

void SwitchBoard::rule_focus(const plane::Command& command, const Asked& asked, TimePoint now) {
    const auto before = focus_.focus();
    FocusDesk::Ruling ruling;
    const bool gives = command.verb == plane::Verb::ClaimFocus ||
                       (command.verb == plane::Verb::AssignFocus && command.client.value != 0);
    if (gives && !has_lights(now))
        ruling = {plane::CommandOutcome::Refused,
                  "no host's device takes what applications send back"};
    else if (command.verb == plane::Verb::ClaimFocus)
        ruling = focus_.claim(command.from, roster_, now);
    else if (command.verb == plane::Verb::ReleaseFocus)
        ruling = focus_.release(command.from);
    else
        ruling = command.on ? focus_.unassign() : focus_.assign(command.client, roster_, now);
    tell_focus(before);
    report(asked, {.outcome = ruling.outcome, .why = plane::Why{ruling.why}}, now);
}

/// Of its own input a host decides alone: nobody else is asked, and no lockout applies.
void SwitchBoard::rule_input(const plane::Command& command, const Asked& asked, SwitchMoment at) {
    auto done = command.input == 0 ? Result<std::string>(fail("no input is named"))
                                   : hands_.select_input(command.input - std::size_t{1});
    const auto why = done ? *done : done.error().message;
    gate_.note({.unix_ms = at.unix_ms,
                .at = at.now,
                .origin = SwitchOrigin::Command,
                .who = std::string(command.who.view()),
                .outcome = done ? SwitchOutcome::Accepted : SwitchOutcome::Refused,
                .why = why,
                .input = command.input});
    hands_.record(gate_.audit().newest());
    report(asked,
           {.outcome = done ? plane::CommandOutcome::Done : plane::CommandOutcome::Refused,
            .why = plane::Why{why}},
           at.now);
}

/// Every host decides of its own pipeline, and answers once it is in force and kept.
void SwitchBoard::set_pipeline(const plane::Command& command, const Asked& asked, SwitchMoment at) {
    if (!command.pipeline)
        return report(asked,
                      {.outcome = plane::CommandOutcome::Refused,
                       .why = plane::Why{"the command holds no pipeline"}},
                      at.now);
    const auto taken = hands_.set_pipeline(*command.pipeline, command.who.view());
    if (!taken)
        return report(
            asked,
            {.outcome = plane::CommandOutcome::Failed, .why = plane::Why{taken.error().message}},
            at.now);
    plane::CommandResult result{.why = plane::Why{taken->sentence}, .pipeline = *command.pipeline};
    result.kept = taken->kept;
    pipelines_.emplace(taken->number, PipelineSet{asked, result});
}

void SwitchBoard::on_pipeline(std::uint64_t number, SwitchMoment at) {
    const auto set = pipelines_.extract(number);
    if (set) report(set.mapped().asked, set.mapped().result, at.now);
}

/// Not audited: it is no decision, and there may be hundreds a second.
void SwitchBoard::play(const plane::Command& command, const Asked& asked, TimePoint now) {
    const auto played = command.to.value == 0
                            ? Result<void>(fail("the command names no host that is to play"))
                            : hands_.play(command.who.view(), command.port, command.midi);
    report(asked,
           {.outcome = played ? plane::CommandOutcome::Done : plane::CommandOutcome::Refused,
            .why = plane::Why{played ? "" : played.error().message}},
           now);
}

void SwitchBoard::tell_past(const plane::Command& command, const Asked& asked, TimePoint now) {
    plane::CommandResult result;
    if (command.verb == plane::Verb::FailoverStatus) tell_last_switch(result);
    add_audit(result, command.max == 0 ? 255 : command.max, now);
    report(asked, result, now);
}

}  // namespace midinet::control
