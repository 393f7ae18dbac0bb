#include "platform/posix/byte_stream_port.hpp"

#include <unistd.h>

#include <cerrno>

namespace midinet::platform {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;
/// Bounds one flush; the wait reports the handle again while there is more.
constexpr int kPiecesAFlush = 16;

}  // namespace

Result<std::unique_ptr<io::VirtualPort>> ByteStreamPort::create(ByteStream stream) {
    auto memory = MappedMemory::create(kQueueBytes);
    if (!memory) return tl::unexpected(memory.error());
    return std::unique_ptr<io::VirtualPort>(
        new ByteStreamPort(std::move(stream), std::move(*memory)));
}

ByteStreamPort::~ByteStreamPort() {
    while (wants_write()) {
        const std::size_t before = queue_.size() + realtime_.size();
        if (flush() != io::WriteResult::Taken || queue_.size() + realtime_.size() == before) break;
    }
}

/// How many bytes went out; 0 also when the stream broke, which `lost_` then tells.
std::size_t ByteStreamPort::send(std::span<const std::uint8_t> bytes) noexcept {
    const ssize_t n = ::write(stream_.fd.get(), bytes.data(), bytes.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EAGAIN && errno != EINTR) lost_ = true;
    return 0;
}

/// True when the ring is empty afterwards.
bool ByteStreamPort::drain(ByteRing& ring) noexcept {
    for (int pieces = 0; pieces < kPiecesAFlush && !ring.empty(); ++pieces) {
        const auto front = ring.front();
        const std::size_t sent = send(front.first(std::min(front.size(), kPieceBytes)));
        if (sent == 0) break;
        ring.pop(sent);
        if (&ring == &queue_) overtaking_.sent(sent);
    }
    return ring.empty();
}

io::WriteResult ByteStreamPort::write(PortIndex /*port*/, std::span<const std::uint8_t> bytes,
                                      TimePoint /*when*/) noexcept {
    if (lost_) return io::WriteResult::Lost;
    ByteRing& ring = overtaking_.allowed(bytes) ? realtime_ : queue_;
    if (bytes.size() > ring.room()) return io::WriteResult::Full;
    const std::size_t sent = wants_write() ? 0 : send(bytes);
    if (lost_) return io::WriteResult::Lost;
    ring.push(bytes.subspan(sent));
    if (&ring == &queue_) overtaking_.queued(bytes.size() - sent, bytes);
    return io::WriteResult::Taken;
}

io::WriteResult ByteStreamPort::flush() noexcept {
    if (drain(realtime_)) drain(queue_);
    return lost_ ? io::WriteResult::Lost : io::WriteResult::Taken;
}

Result<std::unique_ptr<io::VirtualPort>> ByteStreamPortOpener::open(
    const io::DeviceInfo& /*device*/) {
    auto stream = open_byte_stream(path_, baud_);
    if (!stream) return tl::unexpected(stream.error());
    place_ = stream->place;
    return ByteStreamPort::create(std::move(*stream));
}

}  // namespace midinet::platform
