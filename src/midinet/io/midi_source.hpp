// Where MIDI bytes come from: a device, a byte stream, a file.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "io/waiter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace midinet::io {

/// How devices present themselves.
struct DeviceInfo {
    std::string name;  ///< as applications see it, e.g. "Akai APC40"
    std::string manufacturer;
    std::string product;  ///< the USB string; `name` may have the manufacturer in front of it
    std::string serial;
    std::uint16_t usb_vendor = 0;
    std::uint16_t usb_product = 0;
    std::vector<std::string> ports;  ///< names, in order; at least one, at most kMaxPorts
    friend bool operator==(const DeviceInfo&, const DeviceInfo&) = default;
};

struct SourceRead {
    enum class What : std::uint8_t {
        Nothing,  ///< no bytes now
        Bytes,    ///< `size` bytes of `port`, read or due at `stamp`
        Lost,     ///< the device went away: destroy this object and open a new one
        Ended,    ///< a file was played to its end; nothing will come any more
    };
    What what = What::Nothing;
    std::size_t size = 0;
    PortIndex port;
    TimePoint stamp{};
};

/// An open source. There are no half-open ones: a lost device is a dead object, and its opener
/// makes another.
class MidiSource {
  public:
    virtual ~MidiSource() = default;
    virtual const DeviceInfo& info() const noexcept = 0;
    /// All handles to wait for reading; empty for a timed source.
    virtual std::span<const Handle> handles() const noexcept = 0;
    /// Up to buffer.size() bytes. Never blocks. Thread: the engine's. RT-safe.
    virtual SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept = 0;
    /// When a timed source has its next bytes; kNever for others. RT-safe.
    virtual TimePoint next_due() const noexcept { return kNever; }
};

/// Opens, and after a loss re-opens, one configured source. Thread: control. May block shortly and
/// allocate.
class MidiSourceOpener {
  public:
    virtual ~MidiSourceOpener() = default;
    virtual Result<std::unique_ptr<MidiSource>> open(TimePoint now) = 0;
    /// Whether a source that is absent at start is waited for ("auto") or is an error.
    virtual bool waits_for_device() const noexcept { return false; }
    /// Whether what was opened last is not what its name leads to any more: a FIFO that was removed
    /// or made anew. Its handle would never tell.
    virtual bool replaced() const noexcept { return false; }
    /// What happened to it then, for a log: 'what was read as "X" was removed'.
    virtual const char* what_happened() const noexcept {
        return "was removed; looking for it again";
    }
};

}  // namespace midinet::io
