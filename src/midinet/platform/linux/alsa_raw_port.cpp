#include "platform/linux/alsa_raw_port.hpp"

#include <algorithm>
#include <cerrno>

namespace midinet::platform {
namespace {

/// More than five minutes of a DIN line.
constexpr std::size_t kQueueBytes = std::size_t{1024} * 1024;

}  // namespace

AlsaRawPort::AlsaRawPort(io::DeviceInfo info, std::vector<Output> outputs) noexcept
    : info_(std::move(info)), outputs_(std::move(outputs)) {
    for (const auto& output : outputs_) handles_.push_back(descriptor_of(output.stream.get()));
}

Result<std::unique_ptr<AlsaRawPort>> AlsaRawPort::create(const AlsaChoice& choice) {
    std::vector<Output> outputs;
    for (const AlsaPort& port : choice.ports) {
        auto stream = open_raw(choice.card, port, MidiDirection::Output);
        if (!stream) return tl::unexpected(stream.error());
        auto memory = MappedMemory::create(kQueueBytes);
        if (!memory) return tl::unexpected(memory.error());
        outputs.emplace_back(std::move(*stream), std::move(*memory));
    }
    return std::unique_ptr<AlsaRawPort>(new AlsaRawPort(describe(choice), std::move(outputs)));
}

std::size_t AlsaRawPort::send(Output& output, std::span<const std::uint8_t> bytes) noexcept {
    const ssize_t n = snd_rawmidi_write(output.stream.get(), bytes.data(), bytes.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (n != -EAGAIN && n != -EINTR) lost_ = true;
    return 0;
}

io::WriteResult AlsaRawPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                   TimePoint /*when*/) noexcept {
    if (lost_) return io::WriteResult::Lost;
    auto& output = outputs_[index_of(port)];
    if (bytes.size() > output.queue.room()) return io::WriteResult::Full;
    const bool at_once = output.queue.empty() || output.overtaking.allowed(bytes);
    const std::size_t sent = at_once ? send(output, bytes) : 0;
    if (lost_) return io::WriteResult::Lost;
    output.queue.push(bytes.subspan(sent));
    output.overtaking.queued(bytes.size() - sent, bytes);
    return io::WriteResult::Taken;
}

io::WriteResult AlsaRawPort::flush() noexcept {
    for (auto& output : outputs_)
        while (!output.queue.empty()) {
            const std::size_t sent = send(output, output.queue.front());
            if (sent == 0) break;
            output.queue.pop(sent);
            output.overtaking.sent(sent);
        }
    return lost_ ? io::WriteResult::Lost : io::WriteResult::Taken;
}

std::size_t AlsaRawPort::waiting(PortIndex port) const noexcept {
    const auto& output = outputs_[index_of(port)];
    return output.queue.size() + output.kernel_bytes -
           std::min(output.kernel_bytes, free_bytes(output.stream.get()));
}

void AlsaRawPort::discard(PortIndex port) noexcept {
    auto& output = outputs_[index_of(port)];
    while (!output.queue.empty()) output.queue.pop(output.queue.front().size());
    output.overtaking = {};
    (void)snd_rawmidi_drop(output.stream.get());
}

void AlsaRawPort::discard() noexcept {
    for (std::size_t i = 0; i < outputs_.size(); ++i)
        discard(PortIndex{static_cast<std::uint8_t>(i)});
}

Result<std::unique_ptr<io::VirtualPort>> AlsaRawPortOpener::open(const io::DeviceInfo& /*device*/) {
    const auto choice = seat_.book != nullptr ? seat_.book->outputs_of(seat_.slot, wish_)
                                              : choose_device(list_alsa_cards(), wish_, before_);
    if (!choice)
        return fail(choice.error().message +
                    "; or set midi.port = \"stream:PATH\" or \"file:PATH\"");
    auto port = AlsaRawPort::create(*choice);
    if (!port) return tl::unexpected(port.error());
    before_ = choice->card;
    node_ = node_of(choice->card, choice->ports[0]);
    place_ = place_at(node_);
    return port;
}

}  // namespace midinet::platform
