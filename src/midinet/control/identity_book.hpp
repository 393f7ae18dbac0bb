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
    /// A host silent this long (identities come every 5 s) is believed whatever epoch it comes back
    /// with, and gives its place to one that is heard.
    static constexpr Duration kForgetAfter = 3 * wire::kIdentityInterval + 1s;
    /// People are told of one host this often at most: names that change all the time are noise.
    static constexpr Duration kQuiet = 1s;

    struct Entry {
        wire::Identity identity;
        io::Endpoint from;
        TimePoint heard{};
        TimePoint told{};
        bool is_remarkable = false;  ///< worth a line for people: kQuiet has passed since the last
        io::Endpoint door() const noexcept {
            return {from.address, identity.unicast_port != 0 ? identity.unicast_port : from.port};
        }
    };
    /// The host's entry when the datagram tells something new of it; nothing for garbage and
    /// repetitions.
    const Entry* take(ByteView bytes, io::Endpoint from, TimePoint now);
    const Entry* find(SourceId source) const;

  private:
    Entry* place_for(SourceId source, TimePoint now);
    std::map<SourceId, Entry> entries_;
};

/// What the identity says of the device, as ports need it.
io::DeviceInfo device_of(const wire::Identity& identity);
/// The other way: what a host says of its device.
void describe_device(const io::DeviceInfo& device, wire::Identity& identity);

}  // namespace midinet::control
