// A client on the control plane: what it says of itself.
#pragma once

#include "base/random.hpp"
#include "control/client_config.hpp"
#include "control/logging.hpp"
#include "control/plane/command_desk.hpp"
#include "control/plane/command_sender.hpp"
#include "control/plane/station.hpp"
#include "engine/client_engine.hpp"
#include "engine/machine_teller.hpp"
#include "engine/recent_transits.hpp"
#include "engine/tap_service.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace midinet::engine {

struct ClientPlaneOptions {
    SenderId client;
    std::string name;  ///< of this machine
    std::string version;
    std::vector<std::string> interfaces;
    /// Does what this client is told by its id, and calls `answer` once, at any time. May be empty:
    /// then nothing is obeyed. Lifetime: the plane's.
    std::function<void(const control::plane::Command&,
                       std::function<void(const control::plane::CommandResult&)> answer)>
        obey{};
    /// Of this machine. May be null: then nothing is said of it. Lifetime: the plane's.
    io::SystemMeter* meter = nullptr;
};

/// Says the client's status once a second, and at once when another source is played: a manual
/// switch is done when the clients say so. Takes what it is told by its id. Hears identities for
/// its daemon. Thread: control.
class ClientPlane {
  public:
    /// Errors: a socket that cannot be opened.
    static Result<std::unique_ptr<ClientPlane>> open(io::Network& network, io::Clock& clock,
                                                     control::Logger& logger,
                                                     const control::NetworkConfig& config,
                                                     const ClientPlaneOptions& options);
    std::vector<io::Handle> handles() const { return station_->handles(); }
    /// Gives every datagram that waits to `take`: identities among them.
    void receive(const std::function<void(const control::plane::Station::Heard&)>& take);
    /// The next status is due now: a host does not know what it would tell.
    void hurry() noexcept { next_status_ = {}; }
    /// Asks the hosts for the focus, until one answers.
    void claim();
    /// Gives it back, when it is ours and nobody chose us by hand: we are leaving.
    void release_focus(const ClientStatus& status);
    /// From now on every status says that it may be the last.
    void leave() noexcept {
        leaving_ = true;
        hurry();
    }
    /// From now on whoever asks is told what passes there. Lifetime: `feed` outlives the plane.
    void show(TapFeed& feed);
    /// When service() wants to be called, at the latest with the next status.
    TimePoint next_due() const noexcept { return taps_ ? taps_->next_due() : kNever; }
    /// Says what is due. `port`: the port's name, empty: none.
    void service(const ClientStatus& status, const std::string& port);

  private:
    ClientPlane(io::Clock& clock, control::Logger& logger, ClientPlaneOptions options)
        : clock_(clock),
          logger_(logger),
          options_(std::move(options)),
          machine_(options_.meter, options_.client, options_.name, options_.interfaces),
          desk_(options_.client),
          random_(options_.client.value ^
                  static_cast<std::uint64_t>(clock.now().time_since_epoch().count())),
          began_(clock.now()) {}
    void on_control(const control::plane::Station::Heard& heard);
    void on_command(const control::plane::Command& command,
                    const control::plane::Station::Heard& heard);
    void answer(const control::plane::Station::Heard& to, const control::plane::Message& message);
    void say_transits(const ClientStatus& status, TimePoint now);
    void note_twin(const control::plane::HostStatus& host);
    void on_answer(const control::plane::CommandResult& answer);
    control::plane::Command command(control::plane::Verb verb);

    io::Clock& clock_;
    control::Logger& logger_;
    ClientPlaneOptions options_;
    std::unique_ptr<control::plane::Station> station_;
    std::optional<TapService> taps_;
    MachineTeller machine_;
    RecentTransits recent_;
    control::plane::CommandSender sender_;
    control::plane::CommandDesk desk_;
    Random random_;
    std::optional<std::string> last_refusal_;  ///< of the focus; "": it was granted
    std::set<HostId> twins_;                   ///< hosts that say that another one has their id
    TimePoint began_;
    TimePoint next_status_{};
    TimePoint next_transits_{};
    std::uint64_t switches_told_ = 0;
    std::uint32_t term_told_ = 0;
    wire::Focus focus_told_;
    std::uint32_t pipeline_told_ = 0;
    bool leaving_ = false;
};

}  // namespace midinet::engine
