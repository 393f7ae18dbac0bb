// A box's place on the control plane: where it hears the others, and how it is heard.
#pragma once

#include "control/plane/message.hpp"
#include "io/datagram_socket.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace midinet::control::plane {

struct StationOptions {
    io::Endpoint group;                   ///< the control group
    std::vector<std::string> interfaces;  ///< each of them is used
    std::vector<io::Endpoint>
        peers;             ///< boxes that multicast does not reach, at their control port
    bool has_door = true;  ///< takes unicast on the control port too: daemons do
};

/// The sockets of the control plane, and nothing of what is said there. Thread: control.
class Station {
  public:
    /// Where something was heard, so that it can be answered the same way.
    struct Heard {
        ByteView bytes;  ///< Lifetime: during the call
        io::Endpoint from;
        std::size_t interface = 0;  ///< index into the options' interfaces
    };

    /// Errors: an interface or port that cannot be used.
    static Result<std::unique_ptr<Station>> open(io::Network& network,
                                                 const StationOptions& options);

    /// All of them to be watched for reading.
    std::vector<io::Handle> handles() const;
    /// Gives what waits to `take`: at most kBatch datagrams of each socket, so that a flood cannot
    /// hold its thread.
    void receive(const std::function<void(const Heard&)>& take);
    static constexpr int kBatch = 64;

    /// To the group on every interface, and to every peer.
    void say(const Message& message, Epoch boot);
    /// To one box alone, by the interface it was heard on.
    void reply(const Heard& to, const Message& message, Epoch boot);

    const std::string& interface_name(std::size_t index) const {
        return options_.interfaces[index];
    }
    std::uint64_t send_failures() const noexcept { return send_failures_; }

  private:
    struct Ear {
        std::unique_ptr<io::DatagramSocket> socket;
        std::size_t interface = 0;
    };
    explicit Station(StationOptions options) : options_(std::move(options)) {}
    void send(std::size_t interface, io::Endpoint to, ByteView bytes);

    StationOptions options_;
    std::vector<Ear> ears_;  ///< first one per interface to speak with, then the rest
    std::vector<std::uint32_t> packet_numbers_;
    std::uint64_t send_failures_ = 0;
};

}  // namespace midinet::control::plane
