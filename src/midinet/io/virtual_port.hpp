// Where MIDI messages go: a virtual device, a byte stream, a recording.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "io/midi_source.hpp"
#include "io/waiter.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace midinet::io {

enum class WriteResult : std::uint8_t {
    Taken,    ///< the port has all of it (some perhaps still queued inside)
    Full,     ///< the port has none of it: its reader is too slow
    Lost,     ///< the port went away: destroy this object and open a new one
    Refused,  ///< a piece of a long SysEx that the port cannot have; nothing of it comes out
};

/// What a port takes from the host's device.
enum class IdentityUse : std::uint8_t {
    None,          ///< nothing it could not do without
    Ports,         ///< its ports; its name is configured
    NameAndPorts,  ///< all of it: it is a clone
};

/// An open port. All calls on the engine's thread, RT-safe, never blocking.
class VirtualPort {
  public:
    virtual ~VirtualPort() = default;
    virtual const DeviceInfo& info() const noexcept = 0;
    /// One complete message in full-status form, or the next piece of a long SysEx (F0 … F7 over
    /// several calls, at most 1,024 bytes each; the engine puts nothing but real-time bytes between
    /// them). All or nothing. A one-byte real-time message may overtake what is queued. `when`: the
    /// moment the event belongs to, on this machine's clock: what a recorder writes down.
    virtual WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                              TimePoint when) noexcept = 0;
    /// One for each output that queues what its device does not take at once; empty when none does.
    virtual std::span<const Handle> handles() const noexcept { return {}; }
    /// Whether something waits until handles()[output] can be written. Precondition: it is there.
    virtual bool wants_write(std::size_t /*output*/) const noexcept { return false; }
    /// Whether anything waits.
    bool wants_write() const noexcept {
        for (std::size_t output = 0; output < handles().size(); ++output)
            if (wants_write(output)) return true;
        return false;
    }
    /// Sends on what is queued. Lost when the port went away.
    virtual WriteResult flush() noexcept { return WriteResult::Taken; }
    /// What applications play into the port; nullptr where they cannot. Lifetime: the port's.
    virtual MidiSource* feedback() noexcept { return nullptr; }
};

/// Opens, and after a loss re-opens, one configured port. Thread: control. May block shortly and
/// allocate.
class VirtualPortOpener {
  public:
    virtual ~VirtualPortOpener() = default;
    /// `device` is what the host's device is called: virtual ports take that identity unless a name
    /// is configured.
    virtual Result<std::unique_ptr<VirtualPort>> open(const DeviceInfo& device) = 0;
    /// Whether this machine can have such a port at all, before one can be opened. Errors: why not,
    /// and what to choose instead.
    virtual Result<void> check() const { return {}; }
    /// Whether what the port needs is waited for at the start, as it is later, or is an error then.
    virtual bool waits_for_server() const noexcept { return false; }
    /// Called now and then on the control thread for slow work (a recorder's disk writes). Must be
    /// cheap when idle.
    virtual void service() noexcept {}
    /// Whether what was opened last is not what its name leads to any more: a FIFO that was removed
    /// or made anew. Its handle would never tell.
    virtual bool replaced() const noexcept { return false; }
    /// What happened to the port then, for a log: 'port "X" was removed'.
    virtual const char* what_happened() const noexcept { return "was removed"; }
    virtual IdentityUse identity_use() const noexcept { return IdentityUse::None; }
};

}  // namespace midinet::io
