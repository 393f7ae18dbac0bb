// The MIDI outputs of a sound card, played directly.
#pragma once

#include "base/fixed_vector.hpp"
#include "io/virtual_port.hpp"
#include "platform/linux/alsa_book.hpp"
#include "platform/linux/alsa_raw.hpp"
#include "platform/posix/byte_ring.hpp"
#include "platform/posix/byte_stream.hpp"
#include "platform/posix/mapped_memory.hpp"
#include "platform/posix/overtaking.hpp"

#include <algorithm>
#include <vector>

namespace midinet::platform {

/// All chosen outputs of one card, by port index. The kernel paces each to the device; what it
/// cannot take waits in a queue of that output, so that a slow one holds up no other.
class AlsaRawPort final : public io::VirtualPort {
  public:
    static Result<std::unique_ptr<AlsaRawPort>> create(const AlsaChoice& choice);

    const io::DeviceInfo& info() const noexcept override { return info_; }
    /// A port that the device does not have is its last one.
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    std::span<const io::Handle> handles() const noexcept override { return handles_.view(); }
    using io::VirtualPort::wants_write;
    bool wants_write(std::size_t output) const noexcept override {
        return !outputs_[output].queue.empty();
    }
    io::WriteResult flush() noexcept override;
    /// Bytes that the device was not given yet, here or in the kernel. RT-safe.
    std::size_t waiting(PortIndex port) const noexcept;
    /// Throws them away. RT-safe.
    void discard(PortIndex port) noexcept;
    void discard() noexcept;

  private:
    struct Output {
        Output(RawMidi raw, MappedMemory mapped)
            : stream(std::move(raw)),
              kernel_bytes(buffer_size(stream.get())),
              memory(std::move(mapped)),
              queue(memory.bytes()) {}
        RawMidi stream;
        std::size_t kernel_bytes;  ///< that the kernel keeps at most
        MappedMemory memory;
        ByteRing queue;
        Overtaking overtaking;
    };
    AlsaRawPort(io::DeviceInfo info, std::vector<Output> outputs) noexcept;
    std::size_t index_of(PortIndex port) const noexcept {
        return std::min<std::size_t>(port.value, outputs_.size() - 1);
    }
    std::size_t send(Output& output, std::span<const std::uint8_t> bytes) noexcept;

    io::DeviceInfo info_;
    std::vector<Output> outputs_;
    FixedVector<io::Handle, kMaxPorts> handles_;
    bool lost_ = false;
};

class AlsaRawPortOpener final : public io::VirtualPortOpener {
  public:
    /// With a book: the outputs of the card that the device has.
    explicit AlsaRawPortOpener(AlsaWish wish, AlsaPlace seat = {})
        : wish_(std::move(wish)), seat_(seat) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    /// An output that nothing is written to does not tell that its device went.
    bool replaced() const noexcept override { return place_ && !leads_to(node_, *place_); }

  private:
    AlsaWish wish_;
    AlsaPlace seat_;
    std::optional<AlsaCard> before_;
    std::string node_;
    std::optional<FilePlace> place_;
};

}  // namespace midinet::platform
