// A client on the control plane: what it says of itself.
#pragma once

#include "control/client_config.hpp"
#include "control/plane/station.hpp"
#include "engine/client_engine.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace midinet::engine {

struct ClientPlaneOptions {
    SenderId client;
    std::string name;  ///< of this machine
    std::string version;
    std::vector<std::string> interfaces;
};

/// Says the client's status once a second, and at once when another source is played: a manual
/// switch is done when the clients say so. Hears identities for its daemon. Thread: control.
class ClientPlane {
  public:
    /// Errors: a socket that cannot be opened.
    static Result<std::unique_ptr<ClientPlane>> open(io::Network& network, io::Clock& clock,
                                                     const control::NetworkConfig& config,
                                                     const ClientPlaneOptions& options);
    std::vector<io::Handle> handles() const { return station_->handles(); }
    /// Gives every datagram that waits to `take`: identities among them.
    void receive(const std::function<void(const control::plane::Station::Heard&)>& take) {
        station_->receive(take);
    }
    /// Says what is due. `port`: the port's name, empty: none.
    void service(const ClientStatus& status, const std::string& port);

  private:
    ClientPlane(io::Clock& clock, ClientPlaneOptions options)
        : clock_(clock), options_(std::move(options)), began_(clock.now()) {}

    io::Clock& clock_;
    ClientPlaneOptions options_;
    std::unique_ptr<control::plane::Station> station_;
    TimePoint began_;
    TimePoint next_status_{};
    std::uint64_t switches_told_ = 0;
    std::uint32_t term_told_ = 0;
};

}  // namespace midinet::engine
