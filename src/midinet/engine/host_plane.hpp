// A host on the control plane: its status, the switches it decides, and the triggers that ask for
// them.
#pragma once

#include "control/host_config.hpp"
#include "control/pipeline_keeper.hpp"
#include "control/plane/station.hpp"
#include "control/play_desk.hpp"
#include "control/switch_board.hpp"
#include "control/triggers/osc_trigger.hpp"
#include "engine/fleet.hpp"
#include "engine/host_engine.hpp"
#include "engine/machine_teller.hpp"
#include "engine/tap_service.hpp"
#include "io/datagram_listener.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace midinet::engine {

/// What the plane gets from the daemon. Lifetime: all of it outlives the plane.
struct HostPlaneSurroundings {
    io::Network& network;
    io::Clock& clock;
    io::Waiter& waiter;  ///< the control loop's
    control::Logger& logger;
    HostEngine& engine;
    std::function<std::int64_t()> unix_ms;
    std::function<Result<std::unique_ptr<io::DatagramListener>>(std::uint16_t port)> open_osc;
    /// Input 0 or 1 of the pair is to be read. Gives what was done, or why not.
    std::function<Result<std::string>(std::size_t input)> select_input;
    std::function<control::plane::InputState()> inputs;
    /// Keeps a pipeline beyond the process. May be empty: nothing does.
    std::function<control::PipelineKeeper::Kept(const midi::PipelineSettings&)> keep_pipeline;
    std::string version;
    Siblings siblings{};
    io::SystemMeter* meter = nullptr;  ///< of the machine; null: nothing is said of it
};

/// Thread: control.
class HostPlane final : private control::SwitchBoardHands {
  public:
    /// Errors: a socket that cannot be opened (the OSC port, say).
    static Result<std::unique_ptr<HostPlane>> open(const control::HostConfig& config,
                                                   const std::vector<std::string>& interfaces,
                                                   Epoch epoch, const HostPlaneSurroundings& s);
    ~HostPlane() override;

    /// At the start, and again when sockets were replaced behind their handles. Errors: the
    /// waiter's.
    Result<void> watch_sockets();
    /// The configuration changed: what can act at once does.
    void configure(const control::HostConfig& config);
    /// The device that is read; empty: none.
    void set_device(const std::string& name) { device_ = name; }
    /// The trigger note was pressed; `guarded`: with its guard, where there is one.
    void on_note(bool guarded);
    /// In force from the next event on, and said in the status. False: too many are on their way.
    bool use_pipeline(const midi::PipelineSettings& settings);
    /// The engine has taken over the next one of those.
    void on_pipeline();
    const midi::PipelineSettings& pipeline() const override { return config_.pipeline; }
    /// Says its last status: this host ends.
    void leave();
    /// Takes in what waits, says what is due.
    void service();
    TimePoint next_due() const noexcept;
    const wire::Appointment& appointment() const noexcept { return board_.appointment(); }

  private:
    HostPlane(const control::HostConfig& config, std::vector<std::string> interfaces, Epoch epoch,
              HostPlaneSurroundings s);
    Result<void> open_sockets();
    control::SwitchMoment moment() const { return {s_.clock.now(), s_.unix_ms()}; }
    using Sockets = std::vector<std::unique_ptr<io::DatagramSocket>>;
    std::set<std::uint32_t> host_groups() const;
    Sockets join(const std::set<std::uint32_t>& groups, std::uint16_t port);
    void take(const control::plane::Station::Heard& heard);
    void note_conflict(const control::plane::HostStatus& status,
                       const control::plane::Station::Heard& heard);
    void take_beats();
    void take_osc();
    void obey(const control::SiblingOrder& order);
    void note_stranger(const io::IpAddress& from);
    void say_status();

    void answer(const control::Asker& to, const control::plane::Message& message) override;
    void appoint(const wire::Appointment& appointment) override;
    void arm(bool on) override;
    void tell_siblings(const control::SiblingOrder& order) override;
    void set_focus(const wire::Focus& focus) override;
    Result<std::string> select_input(std::size_t input) override;
    Result<PipelineTaken> set_pipeline(const midi::PipelineSettings& settings,
                                       std::string_view who) override;
    void hold(Duration length) override;
    Duration held() const override;
    bool armed() const override { return config_.failover.auto_enabled; }
    Result<void> play(std::string_view player, PortIndex port,
                      const control::plane::PlayedMidi& midi) override;
    void let_go();
    void record(const control::AuditRecord& record) override;
    void listen() override;
    void quiet() override;

    control::HostConfig config_;
    std::vector<std::string> interfaces_;
    Epoch epoch_;
    HostPlaneSurroundings s_;
    control::SwitchBoard board_;
    std::unique_ptr<control::plane::Station> station_;
    std::optional<TapService> taps_;
    MachineTeller machine_;
    Sockets
        memberships_;  ///< of others' groups, all the time, so that no switch has to learn of us
    Sockets ears_;     ///< for heartbeats, while listening
    std::unique_ptr<io::DatagramListener> osc_socket_;
    std::unique_ptr<control::OscTrigger> osc_;
    std::string device_;
    std::optional<control::plane::Conflict> conflict_;
    control::PlayDesk playing_;
    TimePoint held_until_{};             ///< nothing of the stream is sent before: a rehearsal
    std::uint64_t pipelines_given_ = 0;  ///< to the engine, which takes them in order
    std::uint64_t pipelines_taken_ = 0;
    TimePoint next_stranger_{};  ///< no line about one sooner
    TimePoint twin_heard_{};     ///< the other host with our id, last
    TimePoint began_{};
    TimePoint next_status_{};
    bool leaving_ = false;
};

}  // namespace midinet::engine
