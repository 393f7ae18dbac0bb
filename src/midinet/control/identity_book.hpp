// The hosts that said who they are.
#pragma once

#include "io/datagram_socket.hpp"
#include "io/midi_source.hpp"
#include "wire/identity.hpp"

#include <map>
#include <optional>

namespace midinet::control {

/// Collects identity datagrams. Bounded. Thread: control.
class IdentityBook {
  public:
    static constexpr std::size_t kMaxHosts = 32;

    struct Entry {
        wire::Identity identity;
        io::Endpoint from;
        io::Endpoint door() const noexcept {
            return {from.address, identity.unicast_port != 0 ? identity.unicast_port : from.port};
        }
    };
    /// The host's entry when the datagram tells something new of it; nothing for garbage and
    /// repetitions.
    const Entry* take(ByteView bytes, io::Endpoint from);
    const Entry* find(SourceId source) const;

  private:
    std::map<SourceId, Entry> entries_;
};

/// What the identity says of the device, as ports need it.
io::DeviceInfo device_of(const wire::Identity& identity);
/// The other way: what a host says of its device.
void describe_device(const io::DeviceInfo& device, wire::Identity& identity);

}  // namespace midinet::control
