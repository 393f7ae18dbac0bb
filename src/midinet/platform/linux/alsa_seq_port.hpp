// A virtual MIDI device that other programs see, made with ALSA's sequencer.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/linux/alsa_seq_feedback.hpp"
#include "platform/linux/alsa_sequencer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::platform {

/// A sequencer client named exactly as the device, with one readable and writable port for each of
/// the device's.
class AlsaSeqPort final : public io::VirtualPort {
  public:
    static Result<std::unique_ptr<io::VirtualPort>> create(const io::DeviceInfo& device);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    io::MidiSource* feedback() noexcept override { return &*feedback_; }

  private:
    AlsaSeqPort(io::DeviceInfo device, Sequencer sequencer, Encoder encoder)
        : info_(std::move(device)),
          sequencer_(std::move(sequencer)),
          encoder_(std::move(encoder)) {}
    Result<void> add_ports();
    void prepare_long_pieces() noexcept;
    io::WriteResult send(snd_seq_event_t& event, int port) noexcept;

    io::DeviceInfo info_;
    Sequencer sequencer_;
    Encoder encoder_;
    std::vector<int> ports_;  ///< the sequencer's numbers, by port index
    std::optional<AlsaSeqFeedback> feedback_;
};

/// `auto` as a port. The name is `name`, or the host's device's when that is empty.
class AlsaSeqPortOpener final : public io::VirtualPortOpener {
  public:
    explicit AlsaSeqPortOpener(std::string name) : name_(std::move(name)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    Result<void> check() const override;
    io::IdentityUse identity_use() const noexcept override {
        return name_.empty() ? io::IdentityUse::NameAndPorts : io::IdentityUse::Ports;
    }

  private:
    std::string name_;
};

}  // namespace midinet::platform
