// A client, whole: its engine thread, and the control loop around it.
#pragma once

#include "control/client_config.hpp"
#include "control/identity_book.hpp"
#include "control/port_identity.hpp"
#include "control/watchdog.hpp"
#include "engine/client_engine.hpp"
#include "engine/client_pipeline.hpp"
#include "engine/client_plane.hpp"
#include "engine/engine_thread.hpp"
#include "engine/host_search.hpp"
#include "engine/network_care.hpp"
#include "io/signals.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace midinet::engine {

/// What a client gets from the outside. Lifetime: all of it outlives the daemon.
struct ClientSurroundings {
    io::Network& network;
    io::Clock& clock;
    io::Waiter& engine_waiter;
    io::Waiter& control_waiter;
    io::Signals& signals;
    control::Logger& logger;
    SenderId client_id;
    /// An epoch above that of the client's last run.
    Epoch epoch{1};
    std::string machine;  ///< its host name, for people
    std::string version;
    std::function<void()> begin_engine_thread;
    std::function<Result<std::unique_ptr<io::VirtualPortOpener>>(const control::ClientConfig&)>
        make_opener;
    /// What applications send back, where it is not the port's own; else nothing. May be empty.
    std::function<Result<std::unique_ptr<io::MidiSourceOpener>>(const control::ClientConfig&)>
        make_feedback_opener;
    /// The directory of the network; nothing where there is none. May be empty.
    std::function<Result<std::unique_ptr<io::ServiceBrowser>>(const io::ServiceScope&)>
        make_browser;
    std::function<Result<control::ClientConfig>()> reload;
    std::function<void(const ClientStatus&)> on_status;  ///< about once a second; may be empty
    /// A host says that it has so many devices. May be empty.
    std::function<void(std::uint8_t)> on_devices{};
    /// A port that cannot be opened at the start is waited for: other devices are played meanwhile.
    bool waits_for_port = false;
    /// Where a pipeline outlives the process. May be null. Lifetime: the daemon's.
    control::PipelineKeeper* pipelines = nullptr;
    Siblings siblings{};
    /// Hears, every second at least, when the engine turned last; nothing while a network interface
    /// is waited for. For whoever supervises the process. May be empty.
    std::function<void(std::optional<TimePoint> last_turn)> tell_turn{};
    /// Of this machine; of one device that is played. May be null: then nothing is said of it.
    /// Lifetime: the daemon's.
    io::SystemMeter* meter = nullptr;
};

/// Thread: the caller's becomes the control thread.
class ClientDaemon {
  public:
    ClientDaemon(control::ClientConfig config, ClientSurroundings surroundings)
        : config_(std::move(config)), s_(std::move(surroundings)), care_(s_.network, s_.logger) {}
    /// Runs until told to stop, or something fatal. Errors: the sentence to end with.
    Result<void> run();

  private:
    Result<void> prepare();
    Result<void> start();
    Result<std::vector<ClientSocket>> open_sockets();
    Result<void> open_control();
    Result<void> open_search();
    void open_pipeline();
    void reload_pipeline(const control::ClientConfig& loaded);
    bool is_configured(io::Endpoint door) const;
    bool is_known_without_search(SourceId source, io::Endpoint door) const;
    Result<void> watch_control();
    void tend_network(TimePoint now);
    Result<ClientEngineOptions> engine_options() const;
    Result<void> loop(EngineThread<ClientEngine>& thread);
    Result<void> open_port(const io::DeviceInfo& device);
    void on_host_heard(const ClientEvent& event);
    void retire(const ClientEvent& event);
    void on_event(const ClientEvent& event);
    void tell_of_lease(io::Endpoint door);
    void warn_of_group(SourceId source, io::Endpoint group);
    void tell_focus(const wire::Focus& focus);
    void tell_of_loops(const path::LoopCounters& loops);
    void tell_of(const control::IdentityBook::Entry& entry);
    void take_identity(const control::IdentityBook::Entry& entry);
    void ask_identity(TimePoint now);
    void tell_replies();
    void mind_device();
    void retry_port(TimePoint now);
    void retry_feedback(TimePoint now);
    void on_signals();
    void on_events();
    void on_identities();
    void reload_before_start();
    void reload();
    void stop();
    std::string port_name() const { return port_ != nullptr ? port_->info().name : ""; }
    void report(TimePoint now);
    void summarize();

    control::ClientConfig config_;
    ClientSurroundings s_;
    NetworkCare care_;
    std::vector<std::string> interfaces_;
    std::unique_ptr<io::VirtualPortOpener> opener_;
    std::unique_ptr<io::MidiSourceOpener> feedback_opener_;
    const io::MidiSource* feedback_ = nullptr;  ///< the one the engine was given last and still has
    TimePoint next_feedback_try_{};
    std::unique_ptr<ClientEngine> engine_;
    std::unique_ptr<ClientPipeline> pipeline_;
    std::unique_ptr<ClientPlane> plane_;
    std::unique_ptr<HostSearch> search_;  ///< may be null
    control::IdentityBook book_;
    std::map<SourceId, std::uint32_t> strange_groups_;  ///< that were warned of
    control::Watchdog watchdog_;
    control::PortIdentity identity_;
    SourceId minded_;                        ///< whose device was compared with the port's
    TimePoint minded_at_{};                  ///< as of when
    midi::InquiryReplies replies_{};         ///< what the engine answers with
    const io::VirtualPort* port_ = nullptr;  ///< the one the engine was given last and still has
    io::DeviceInfo opened_with_;             ///< what the port at hand was opened as
    bool started_ = false;
    bool stopping_ = false;
    std::string last_refusal_;
    path::LoopCounters loops_told_;  ///< each kind is told of once
    TimePoint next_try_{};
    TimePoint next_question_{};
    TimePoint next_report_{};
};

}  // namespace midinet::engine
