// The clone among Windows' MIDI devices, by the teVirtualMIDI driver.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/windows/te_feedback.hpp"
#include "platform/windows/te_library.hpp"

#include <memory>
#include <string>
#include <vector>

namespace midinet::platform {

/// One MIDI device of Windows for each port of the host's: an input with what the controller plays,
/// and an output for what applications send back. A long SysEx waits here for its end, as the
/// driver takes whole messages alone.
class TeVirtualPort final : public io::VirtualPort {
  public:
    /// SysEx that is longer is refused: what the driver's interface takes. Units: bytes.
    static constexpr std::size_t kLongestSysEx = 65'535;

    /// Errors: the driver refuses, or Windows has no more MIDI devices than before although it did
    /// not. Thread: control; waits for some seconds at most.
    static Result<std::unique_ptr<io::VirtualPort>> create(const io::DeviceInfo& device);
    ~TeVirtualPort() override;
    TeVirtualPort(const TeVirtualPort&) = delete;
    TeVirtualPort& operator=(const TeVirtualPort&) = delete;

    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    io::MidiSource* feedback() noexcept override { return &feedback_; }

  private:
    struct Line {
        TeVirtualPort* owner = nullptr;
        PortIndex index;
        TePort* port = nullptr;
        std::vector<std::uint8_t> sysex;  ///< as long as the longest
        std::size_t gathered = 0;
        bool gathering = false;
    };

    TeVirtualPort(OwnedHandle event, const io::DeviceInfo& device);
    Result<void> add_lines();
    static void CALLBACK on_heard(TePort* port, BYTE* bytes, DWORD size, DWORD_PTR about) noexcept;
    io::WriteResult gather(Line& line, std::span<const std::uint8_t> bytes) noexcept;
    io::WriteResult send(const Line& line, std::span<const std::uint8_t> message) noexcept;

    io::DeviceInfo info_;
    TeFeedback feedback_;
    const TeLibrary& te_;
    std::vector<std::unique_ptr<Line>> lines_;  ///< by port index
};

/// `auto`. The name is `name`, or the host's device's when that is empty.
class TePortOpener final : public io::VirtualPortOpener {
  public:
    explicit TePortOpener(std::string name) : name_(std::move(name)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    /// Errors: the driver is not installed; the sentence says where it is to be had.
    Result<void> check() const override;
    io::IdentityUse identity_use() const noexcept override {
        return name_.empty() ? io::IdentityUse::NameAndPorts : io::IdentityUse::Ports;
    }

  private:
    std::string name_;
};

}  // namespace midinet::platform
