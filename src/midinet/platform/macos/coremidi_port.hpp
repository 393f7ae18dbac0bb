// A virtual MIDI device that other programs see, made with CoreMIDI.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/macos/coremidi_feedback.hpp"
#include "platform/macos/endpoint_ids.hpp"
#include "platform/macos/host_ticks.hpp"
#include "platform/macos/read_seat.hpp"
#include "platform/posix/steady_clock.hpp"

#include <CoreMIDI/CoreMIDI.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace midinet::platform {

/// Owns one of CoreMIDI's objects. Move-only.
template <OSStatus (*Dispose)(MIDIObjectRef)>
class CoreMidiObject {
  public:
    CoreMidiObject() noexcept = default;
    explicit CoreMidiObject(MIDIObjectRef object) noexcept : object_(object) {}
    CoreMidiObject(CoreMidiObject&& other) noexcept : object_(std::exchange(other.object_, 0)) {}
    CoreMidiObject& operator=(CoreMidiObject&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~CoreMidiObject() {
        if (object_ != 0) Dispose(object_);
    }
    MIDIObjectRef get() const noexcept { return object_; }

  private:
    MIDIObjectRef object_ = 0;
};
using CoreMidiClient = CoreMidiObject<MIDIClientDispose>;
using CoreMidiEndpoint = CoreMidiObject<MIDIEndpointDispose>;

/// A virtual source and a virtual destination for each of the device's ports, with its names,
/// manufacturer and model, and the unique ids that they had before. Time stamps are the moments
/// that events belong to, and never go backwards at a port.
class CoreMidiPort final : public io::VirtualPort {
  public:
    /// A packet's own array holds so many, and some applications trust in that. Units: bytes.
    static constexpr std::size_t kMostBytes = 256;

    /// Errors: CoreMIDI refuses. Thread: control.
    static Result<std::unique_ptr<io::VirtualPort>> create(const io::DeviceInfo& device,
                                                           const EndpointIds& ids);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    /// A longer piece of a SysEx goes out in packet lists of kMostBytes each.
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    io::MidiSource* feedback() noexcept override { return feedback_.get(); }

  private:
    struct Line {
        CoreMidiEndpoint source;
        ReadSeat seat;  ///< goes after the destination that tells it
        CoreMidiEndpoint destination;
        MIDITimeStamp last = 0;  ///< that went out
    };

    CoreMidiPort(io::DeviceInfo device, CoreMidiClient client)
        : info_(std::move(device)), client_(std::move(client)) {}
    Result<void> add_lines(const EndpointIds& ids);
    Result<void> add_line(const std::string& name, PortIndex port, const EndpointIds& ids);

    io::DeviceInfo info_;
    SteadyClock clock_;
    HostTicks ticks_;
    bool is_lost_ = false;
    std::unique_ptr<CoreMidiFeedback> feedback_;
    CoreMidiClient client_;
    std::vector<Line> lines_;  ///< by port index; the last one, so that they go first
};

/// `auto` as a port. The name is `name`, or the host's device's when that is empty.
class CoreMidiPortOpener final : public io::VirtualPortOpener {
  public:
    CoreMidiPortOpener(std::string name, EndpointIds ids)
        : name_(std::move(name)), ids_(std::move(ids)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    io::IdentityUse identity_use() const noexcept override {
        return name_.empty() ? io::IdentityUse::NameAndPorts : io::IdentityUse::Ports;
    }

  private:
    std::string name_;
    EndpointIds ids_;
};

}  // namespace midinet::platform
