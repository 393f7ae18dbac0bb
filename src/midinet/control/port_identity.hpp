// As what a virtual port is opened: as the device, once a host has said what its device is.
#pragma once

#include "base/types.hpp"
#include "io/virtual_port.hpp"

#include <optional>

namespace midinet::control {

/// Waits for the first device a host tells of, but not for ever: multicast of the control group may
/// not arrive where the stream does. Pure. Thread: control.
class PortIdentity {
  public:
    /// So long after a host is heard a port goes without its identity.
    static constexpr Duration kPatience = 2s;
    static constexpr const char* kFallbackName = "MIDInet";

    void on_host_heard(SourceId source, TimePoint now);
    /// What an identity says. A host without a device has one without a name.
    void on_identity(const io::DeviceInfo& device);

    /// What the device of the host is that is played. True when that is news, and another device
    /// than ports were opened as: mappings are made for that one, so it stays until confirm().
    bool on_played(const io::DeviceInfo& device);
    /// Somebody wants ports to be as what is played now. Nothing: they are.
    std::optional<io::DeviceInfo> confirm();

    /// What to open a port with now; nothing: not yet.
    std::optional<io::DeviceInfo> to_open(io::IdentityUse use, TimePoint now) const;
    /// Whether a port that was opened with `opened` is to be opened anew, by what is known now.
    bool outdates(const io::DeviceInfo& opened, io::IdentityUse use) const;
    /// The host to ask who it is: it is heard, and none has said so.
    std::optional<SourceId> to_ask() const;

  private:
    std::optional<io::DeviceInfo> device_;  ///< the first one told, or the one confirmed; stays
    std::optional<io::DeviceInfo> other_;   ///< what is played instead
    bool told_ = false;                     ///< some host said who it is
    SourceId heard_;                        ///< 0: none yet
    TimePoint heard_at_ = kNever;
};

}  // namespace midinet::control
