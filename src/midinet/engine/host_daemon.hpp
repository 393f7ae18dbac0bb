// A host, whole: its engine thread, and the control loop around it.
#pragma once

#include "control/host_config.hpp"
#include "control/identity_beacon.hpp"
#include "control/identity_book.hpp"
#include "control/own_id.hpp"
#include "control/watchdog.hpp"
#include "engine/engine_thread.hpp"
#include "engine/host_announcement.hpp"
#include "engine/host_engine.hpp"
#include "engine/host_plane.hpp"
#include "engine/input_pair.hpp"
#include "engine/network_care.hpp"
#include "engine/surface_keeper.hpp"
#include "io/signals.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace midinet::engine {

/// What a host gets from the outside. Lifetime: all of it outlives the daemon.
struct HostSurroundings {
    io::Network& network;
    io::Clock& clock;
    io::Waiter& engine_waiter;
    io::Waiter& control_waiter;
    io::Signals& signals;
    control::Logger& logger;
    /// An epoch above every earlier one of the host, and above the one given.
    std::function<Epoch(HostId host, Epoch heard)> next_epoch;
    std::string version;
    std::function<std::int64_t()> unix_ms;  ///< the wall clock, for audit records
    std::function<Result<std::unique_ptr<io::DatagramListener>>(std::uint16_t port)> open_osc;
    std::function<void()> begin_engine_thread;
    std::function<Result<std::unique_ptr<io::MidiSourceOpener>>(const control::HostConfig&)>
        make_opener;
    /// What takes feedback; nothing where there is to be none. May be empty.
    std::function<Result<std::unique_ptr<io::VirtualPortOpener>>(const control::HostConfig&)>
        make_surface_opener;
    /// The directory of the network; nothing where there is none. May be empty.
    std::function<Result<std::unique_ptr<io::ServiceAnnouncer>>(const io::ServiceScope&)>
        make_announcer;
    std::function<Result<control::HostConfig>()> reload;
    /// Where a pipeline outlives the process. May be null. Lifetime: the daemon's.
    control::PipelineKeeper* pipelines = nullptr;
    Siblings siblings{};  ///< the host's other devices
    /// Hears, every second at least, when the engine turned last; nothing while a network interface
    /// is waited for. For whoever supervises the process. May be empty.
    std::function<void(std::optional<TimePoint> last_turn)> tell_turn{};
    /// Of this machine; of one device of the host. May be null: then nothing is said of it.
    /// Lifetime: the daemon's.
    io::SystemMeter* meter = nullptr;
};

/// Thread: the caller's becomes the control thread.
class HostDaemon {
  public:
    HostDaemon(control::HostConfig config, HostSurroundings surroundings)
        : config_(std::move(config)), s_(std::move(surroundings)), care_(s_.network, s_.logger) {}
    /// Runs until told to stop, the file ends (`exit_at_end`), or something fatal. Errors: the
    /// sentence to end with.
    Result<void> run();

  private:
    Result<void> prepare();
    Result<void> start();
    Result<std::vector<std::unique_ptr<io::DatagramSocket>>> open_sockets(std::uint16_t port,
                                                                          bool shared);
    Result<void> open_feedback_ears(HostSockets& sockets);
    Result<void> open_ears(HostSockets& sockets);
    Result<void> open_surface();
    Result<void> open_announcement();
    Result<void> loop(EngineThread<HostEngine>& thread);
    Epoch hear_own_id();
    HostEngineOptions engine_options() const;
    Result<void> open_plane();
    Result<std::unique_ptr<io::MidiSourceOpener>> make_source_opener(
        const control::HostConfig& config);
    Result<std::unique_ptr<io::VirtualPortOpener>> make_surface_opener();
    /// Null without a pair. Lifetime: until the next reload.
    InputPair* pair() const noexcept { return dynamic_cast<InputPair*>(opener_.get()); }
    Result<std::string> select_input(std::size_t input);
    control::plane::InputState inputs() const;
    Result<void> open_source();
    bool waits(const io::MidiSourceOpener& opener) const noexcept;
    void use(std::unique_ptr<io::MidiSource> source);
    void let_go();
    void retry_source(TimePoint now);
    void on_signals();
    void on_events();
    void tell_of_end(HostEvent::What what, const std::string& device);
    void reload_before_start();
    void reload();
    midi::PipelineSettings wanted_pipeline(const control::HostConfig& config) const;
    Result<void> change_source(control::HostConfig loaded);
    void stop();
    void tend_network(TimePoint now);
    void announce(const io::DeviceInfo& device);
    void identify(const HostEvent& event);
    void summarize();

    control::HostConfig config_;
    HostSurroundings s_;
    NetworkCare care_;
    std::vector<std::string> interfaces_;
    PairSeat seat_;
    std::unique_ptr<io::MidiSourceOpener> opener_;
    std::unique_ptr<control::IdentityBeacon> beacon_;
    std::unique_ptr<HostEngine> engine_;
    std::unique_ptr<HostPlane> plane_;
    std::unique_ptr<HostAnnouncement> announcement_;  ///< may be null
    std::unique_ptr<SurfaceKeeper> surface_;
    control::Watchdog watchdog_;
    wire::Identity identity_;
    const io::MidiSource* source_ = nullptr;  ///< the one the engine was given last and still has
    bool ended_ = false;                      ///< a file played to its end
    bool stopping_ = false;
    Epoch epoch_;
    std::string last_refusal_;  ///< why the device is not there, said once
    TimePoint next_try_{};
    TimePoint stop_at_ = kNever;
};

}  // namespace midinet::engine
