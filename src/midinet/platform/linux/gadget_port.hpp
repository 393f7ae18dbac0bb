// The clone as a real USB device, for a computer that runs nothing of ours.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/linux/alsa_raw_port.hpp"
#include "platform/linux/usb_gadget.hpp"
#include "platform/posix/steady_clock.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace midinet::platform {

/// This end of the cable. Ports that follow each other on one gadget share it, because its streams
/// can be opened only once; one of them at a time uses it. Lifetime: until the last of them went.
struct GadgetLine {
    std::unique_ptr<AlsaRawPort> out;
    std::unique_ptr<io::MidiSource> in;
    std::atomic<bool> attached{false};  ///< control thread to engine thread
    std::atomic<bool> lost{false};      ///< the other way: its streams are dead
};

/// Whether the computer at the other end takes what one output is given. One that runs no
/// application often does not, though it is attached.
class Ear {
  public:
    enum class Verdict : std::uint8_t {
        Hears,
        NowDeaf,  ///< for kPatience nothing was taken of what waits
        Deaf,     ///< still
        Again,    ///< it was deaf, and takes bytes again
    };
    /// So long bytes may wait before what waits is old.
    static constexpr Duration kPatience = 500ms;

    /// `waiting`: bytes given to the output and not taken yet. RT-safe.
    Verdict judge(std::size_t waiting, TimePoint now) noexcept;
    /// `bytes` more were given. RT-safe.
    void gave(std::size_t bytes) noexcept { given_ += bytes; }
    /// All that waited was thrown away. RT-safe.
    void threw_away() noexcept { given_ = taken_ = 0; }
    /// Something waits since then: when it is taken, the computer hears again.
    bool is_probed() const noexcept { return given_ != 0; }

  private:
    std::uint64_t given_ = 0;
    std::uint64_t taken_ = 0;
    TimePoint since_{};  ///< when something was taken last, or nothing waited
    bool deaf_ = false;
};

/// Plays into the computer. What is written while none is attached, or while it takes nothing, is
/// thrown away: an instrument's cable keeps nothing either. Its return ends this port, so that the
/// next one is told all there is to know.
class GadgetPort final : public io::VirtualPort {
  public:
    GadgetPort(std::shared_ptr<GadgetLine> line, io::DeviceInfo info)
        : line_(std::move(line)), info_(std::move(info)) {}

    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    std::span<const io::Handle> handles() const noexcept override { return line_->out->handles(); }
    using io::VirtualPort::wants_write;
    bool wants_write(std::size_t output) const noexcept override {
        return line_->out->wants_write(output);
    }
    io::WriteResult flush() noexcept override;
    io::MidiSource* feedback() noexcept override { return line_->in.get(); }

  private:
    void begin() noexcept;
    io::WriteResult noted(io::WriteResult result) noexcept;

    std::shared_ptr<GadgetLine> line_;
    io::DeviceInfo info_;
    SteadyClock clock_;
    std::array<Ear, kMaxPorts> ears_{};
    bool begun_ = false;
};

/// `gadget`. The product string is `name`, or the device's own when that is empty.
class GadgetPortOpener final : public io::VirtualPortOpener {
  public:
    GadgetPortOpener(std::string name, std::string controller)
        : name_(std::move(name)), controller_(std::move(controller)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    Result<void> check() const override;
    /// A computer was attached: it is to be told everything.
    bool replaced() const noexcept override;
    const char* what_happened() const noexcept override { return "was plugged into a computer"; }
    io::IdentityUse identity_use() const noexcept override { return io::IdentityUse::NameAndPorts; }

  private:
    Result<void> make(const io::DeviceInfo& device);

    std::string name_;
    std::string controller_;
    std::optional<UsbGadget> gadget_;
    io::DeviceInfo made_as_;
    std::optional<int> card_;
    std::shared_ptr<GadgetLine> line_;
};

}  // namespace midinet::platform
