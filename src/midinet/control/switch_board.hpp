// A host's part in manual switches: every trigger comes here, and its outcome leaves from here.
#pragma once

#include "control/focus_desk.hpp"
#include "control/own_show.hpp"
#include "control/plane/exchange.hpp"
#include "control/sibling_order.hpp"
#include "control/switch_gate.hpp"
#include "wire/heartbeat.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace midinet::control {

/// Who asked, so that it can be answered the same way.
struct Asker {
    io::Endpoint from;
    std::size_t interface = 0;
};

/// What a board wants done. Thread: control.
class SwitchBoardHands {
  public:
    virtual ~SwitchBoardHands() = default;
    /// To one who asked, and to the group, so that other hosts know that it is taken.
    virtual void answer(const Asker& to, const plane::Message& message) = 0;
    /// Say it in every heartbeat from now on, and in a status at once.
    virtual void appoint(const wire::Appointment& appointment) = 0;
    virtual void arm(bool on) = 0;
    /// The host's other devices are to do the same.
    virtual void tell_siblings(const SiblingOrder& order) = 0;
    /// The same as `appoint`, for the focus.
    virtual void set_focus(const wire::Focus& focus) = 0;
    /// Read input 0 or 1 of the host's pair. Gives what was done. Errors: why it was not.
    virtual Result<std::string> select_input(std::size_t input) = 0;
    struct PipelineTaken {
        std::uint64_t number = 0;  ///< `on_pipeline` tells it when it is in force
        bool kept = false;         ///< survives a restart
        std::string sentence;      ///< where it is kept, or why it is not
    };
    /// To be in force, and kept. Errors: it cannot be in force.
    virtual Result<PipelineTaken> set_pipeline(const midi::PipelineSettings& settings,
                                               std::string_view who) = 0;
    virtual const midi::PipelineSettings& pipeline() const = 0;
    /// Send nothing of the stream for so long; zero: go on.
    virtual void hold(Duration length) = 0;
    /// How much of that is left.
    virtual Duration held() const = 0;
    virtual bool armed() const = 0;
    /// Take this as if the device had sent it. `player`: who plays it. Errors: why it cannot be
    /// taken now.
    virtual Result<void> play(std::string_view player, PortIndex port,
                              const plane::PlayedMidi& midi) = 0;
    virtual void record(const AuditRecord& record) = 0;
    /// Listen to the other hosts' heartbeats; call `on_beat` for each, until `quiet`.
    virtual void listen() = 0;
    virtual void quiet() = 0;
};

/// Requests from commands, MIDI notes and OSC are judged by one gate, by what hosts say in
/// heartbeats at that moment; an accepted one becomes the next appointment, which all hosts repeat
/// and all clients obey. It is done when the clients say so. Pure: time and messages in, calls of
/// its hands out. Thread: control.
class SwitchBoard {
  public:
    /// Beats are listened to before a request is judged, until all hosts were heard that could be
    /// switched to: at most for the silence after which clients leave a host, within these bounds.
    static constexpr Duration kListen = 15ms;
    static constexpr Duration kLongestListen = 500ms;
    /// Clients that did not report by then are missing. Their statuses come once a second.
    static constexpr Duration kReportWithin = 1200ms;
    /// A command to nobody in particular is taken by the lowest host; the next one takes it when it
    /// was not answered for so long, and so on.
    static constexpr Duration kRankPause = 60ms;
    /// A trigger that comes again sooner is the same press.
    static constexpr Duration kBounce = 100ms;

    /// `epoch`: of this run of the host.
    SwitchBoard(HostId own, Epoch epoch, const SwitchGateConfig& gate, SwitchBoardHands& hands)
        : own_(own),
          gate_(gate),
          own_show_(own),
          focus_(own, epoch),
          desk_(SenderId{own.value}),
          hands_(hands) {}

    /// `returns`: as OwnShow's. `patience`: after so long a silence clients leave a host.
    void configure(const SwitchGateConfig& gate, bool returns, Duration patience = kListen) {
        gate_.configure(gate);
        own_show_.configure(returns);
        listen_for_ = std::clamp(patience, Duration{kListen}, Duration{kLongestListen});
    }
    void on_message(const plane::Message& message, const Asker& from, SwitchMoment at);
    /// A MIDI note, an OSC message, or another device of this host that was switched.
    void on_trigger(SwitchRequest request, SwitchMoment at);
    /// Another host's heartbeat, or our own, while listening.
    void on_beat(const wire::Heartbeat& beat, TimePoint now);
    /// The pipeline of that number is in force.
    void on_pipeline(std::uint64_t number, SwitchMoment at);
    void on_timer(SwitchMoment at);
    TimePoint next_due() const noexcept;

    const wire::Appointment& appointment() const noexcept { return appointment_; }
    const wire::Focus& focus() const noexcept { return focus_.focus(); }
    Duration lockout_left(TimePoint now) const noexcept { return gate_.lockout_left(now); }
    const plane::Roster& roster() const noexcept { return roster_; }
    /// Who is played, as far as clients tell; else as it ought to be. 0: nobody is known.
    SourceId active(TimePoint now) const;

  private:
    /// More requests than these, at one time, are refused.
    static constexpr std::size_t kMostWaiting = 8;

    struct Asked {
        SwitchRequest request;
        std::optional<plane::Command> command;
        Asker asker;
    };
    struct Underway {
        Asked asked;
        wire::Appointment appointment;
        TimePoint began;
        TimePoint ends;  ///< who did not report by then is missing
        std::map<SenderId, plane::ClientAnswer> clients;
    };
    /// What is to be answered when it is in force.
    struct PipelineSet {
        Asked asked;
        plane::CommandResult result;
    };
    struct Beat {
        wire::Heartbeat beat;
        TimePoint heard;
    };
    void on_command(const plane::Command& command, const Asker& from, SwitchMoment at);
    void execute(const plane::Command& command, const Asker& from, SwitchMoment at);
    void on_client(const plane::ClientStatus& status, SwitchMoment at);
    void note_own_switch(const plane::ClientStatus& status, SwitchMoment at);
    void remember(const plane::CommandResult& result);
    void tell_last_switch(plane::CommandResult& result) const;
    void learn(const wire::Appointment& appointment);
    void learn(const wire::Focus& focus);
    void tell_focus(const wire::Focus& before);
    void rule_focus(const plane::Command& command, const Asked& asked, TimePoint now);
    void rule_input(const plane::Command& command, const Asked& asked, SwitchMoment at);
    void set_pipeline(const plane::Command& command, const Asked& asked, SwitchMoment at);
    void consider_command(const plane::Command& command, const Asked& asked, TimePoint now);
    void rehearse(const Asked& asked, const std::vector<HostView>& hosts, SwitchMoment at);
    void play(const plane::Command& command, const Asked& asked, TimePoint now);
    void tell_past(const plane::Command& command, const Asked& asked, TimePoint now);
    void follow(const plane::Command& command);
    bool has_lights(TimePoint now) const;
    void consider(Asked asked, TimePoint now);
    void judge(SwitchMoment at);
    void begin_switch(const Asked& asked, SourceId target, TimePoint now);
    void arm(const plane::Command& command);
    void finish_switch(TimePoint now);
    void report(const Asked& asked, plane::CommandResult result, TimePoint now);
    void add_audit(plane::CommandResult& result, unsigned most, TimePoint now) const;
    std::vector<HostView> views(TimePoint now) const;
    unsigned rank(TimePoint now) const;
    bool heard_enough(TimePoint now) const;

    HostId own_;
    SwitchGate gate_;
    OwnShow own_show_;
    FocusDesk focus_;
    plane::CommandDesk desk_;
    plane::Roster roster_;
    SwitchBoardHands& hands_;
    wire::Appointment appointment_;
    std::map<SourceId, Beat> beats_;           ///< since listening began
    std::map<std::uint64_t, TimePoint> seen_;  ///< commands to nobody in particular; bounded
    std::vector<Asked> waiting_;               ///< to be judged when listening ends; bounded
    Duration listen_for_ = kListen;
    TimePoint listening_since_{};
    TimePoint listen_until_ = kNever;
    std::optional<Underway> underway_;
    std::map<std::uint64_t, PipelineSet> pipelines_;  ///< not in force yet; few: the hands refuse
    TimePoint last_switch_{};                         ///< of any client, by itself or by hand
    /// What came of the last switch by hand that we heard of: who followed, and how soon.
    std::optional<plane::CommandResult> last_result_;
    TimePoint last_trigger_{};
};

}  // namespace midinet::control
