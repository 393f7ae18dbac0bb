#include "platform/linux/alsa_raw_port.hpp"

#include <cerrno>

namespace midinet::platform {
namespace {

constexpr std::size_t kQueueBytes = std::size_t{4} * 1024 * 1024;

}  // namespace

std::size_t AlsaRawPort::send(std::span<const std::uint8_t> bytes) noexcept {
    const ssize_t n = snd_rawmidi_write(stream_.get(), bytes.data(), bytes.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (n != -EAGAIN && n != -EINTR) lost_ = true;
    return 0;
}

io::WriteResult AlsaRawPort::write(PortIndex /*port*/, std::span<const std::uint8_t> bytes,
                                   TimePoint /*when*/) noexcept {
    if (lost_) return io::WriteResult::Lost;
    if (bytes.size() > queue_.room()) return io::WriteResult::Full;
    const bool at_once = queue_.empty() || overtaking_.allowed(bytes);
    const std::size_t sent = at_once ? send(bytes) : 0;
    if (lost_) return io::WriteResult::Lost;
    queue_.push(bytes.subspan(sent));
    overtaking_.queued(bytes.size() - sent, bytes);
    return io::WriteResult::Taken;
}

io::WriteResult AlsaRawPort::flush() noexcept {
    while (!queue_.empty()) {
        const std::size_t sent = send(queue_.front());
        if (sent == 0) break;
        queue_.pop(sent);
        overtaking_.sent(sent);
    }
    return lost_ ? io::WriteResult::Lost : io::WriteResult::Taken;
}

Result<std::unique_ptr<io::VirtualPort>> AlsaRawPortOpener::open(const io::DeviceInfo& /*device*/) {
    const auto choice = choose_device(list_alsa_cards(), wish_, before_);
    if (!choice)
        return fail(choice.error().message +
                    "; or set midi.port = \"stream:PATH\" or \"file:PATH\"");
    auto stream = open_raw(choice->card, choice->ports[0], MidiDirection::Output);
    if (!stream) return tl::unexpected(stream.error());
    auto memory = MappedMemory::create(kQueueBytes);
    if (!memory) return tl::unexpected(memory.error());
    before_ = choice->card;
    return std::make_unique<AlsaRawPort>(*choice, std::move(*stream), std::move(*memory));
}

}  // namespace midinet::platform
