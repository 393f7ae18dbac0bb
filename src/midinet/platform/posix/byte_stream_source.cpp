#include "platform/posix/byte_stream_source.hpp"

#include <unistd.h>

#include <cerrno>

namespace midinet::platform {

io::SourceRead ByteStreamSource::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    using What = io::SourceRead::What;
    const ssize_t n = ::read(stream_.fd.get(), buffer.data(), buffer.size());
    if (n > 0)
        return {.what = What::Bytes, .size = static_cast<std::size_t>(n), .port = {}, .stamp = now};
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    // 0: a serial adapter was pulled out; EIO: the other end of a pseudo-terminal closed.
    return {.what = What::Lost, .size = 0, .port = {}, .stamp = now};
}

Result<std::unique_ptr<io::MidiSource>> ByteStreamSourceOpener::open(TimePoint /*now*/) {
    auto stream = open_byte_stream(path_, baud_);
    if (!stream) return tl::unexpected(stream.error());
    place_ = stream->place;
    return std::make_unique<ByteStreamSource>(std::move(*stream));
}

}  // namespace midinet::platform
