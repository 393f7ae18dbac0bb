#include "platform/macos/coremidi_feedback.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>

namespace midinet::platform {
namespace {

using SizeBytes = std::array<std::uint8_t, sizeof(std::uint32_t)>;

/// Also for programs that this one starts: they need not have it.
bool tame(const FileDescriptor& end) noexcept {
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): POSIX has no other
    return ::fcntl(end.get(), F_SETFL, O_NONBLOCK) == 0 &&
           ::fcntl(end.get(), F_SETFD, FD_CLOEXEC) == 0;
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
}

/// Whether a SysEx goes on in it, which began in another packet.
bool is_continuation(std::span<const std::uint8_t> packet) noexcept {
    return packet[0] < 0x80 || packet[0] == 0xF7;
}

bool is_real_time(std::span<const std::uint8_t> packet) noexcept { return packet[0] >= 0xF8; }

}  // namespace

Result<std::unique_ptr<CoreMidiFeedback>> CoreMidiFeedback::create(const io::DeviceInfo& info) {
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) != 0) return fail_errno("making a pipe for feedback");
    FileDescriptor reader(ends[0]);
    FileDescriptor writer(ends[1]);
    if (!tame(reader) || !tame(writer)) return fail_errno("preparing a pipe for feedback");
    return std::unique_ptr<CoreMidiFeedback>(
        new CoreMidiFeedback(info, std::move(reader), std::move(writer)));
}

CoreMidiFeedback::CoreMidiFeedback(const io::DeviceInfo& info, FileDescriptor reader,
                                   FileDescriptor writer)
    : info_(info), reader_(std::move(reader)), writer_(std::move(writer)), handles_{reader_.get()} {
    for (std::size_t i = 0; i < std::max<std::size_t>(info.ports.size(), 1); ++i)
        lanes_.push_back(std::make_unique<Lane>());
}

void CoreMidiFeedback::push(PortIndex port, std::span<const std::uint8_t> packet) noexcept {
    if (packet.empty()) return;
    Lane& lane = *lanes_[port.value];
    const bool continues = is_continuation(packet);
    if (lane.is_cut && continues) return;
    const auto size = std::bit_cast<SizeBytes>(static_cast<std::uint32_t>(packet.size()));
    if (lane.ring.write(size, packet)) {
        if (!is_real_time(packet)) lane.is_cut = false;
    } else if (continues || packet[0] == 0xF0) {
        lane.is_cut = true;
    }
}

void CoreMidiFeedback::wake() noexcept {
    if (rung_.exchange(true)) return;
    const char any = 0;
    [[maybe_unused]] const auto n = ::write(writer_.get(), &any, 1);
}

/// The pipe first, then the flag: whoever pushes in between rings again, or is seen by the look
/// that follows.
void CoreMidiFeedback::drain_pipe() noexcept {
    std::array<char, 16> bytes{};
    [[maybe_unused]] const auto n = ::read(reader_.get(), bytes.data(), bytes.size());
    rung_.store(false);
}

bool CoreMidiFeedback::take_size() noexcept {
    for (std::size_t tried = 0; tried < lanes_.size(); ++tried) {
        lane_ = (lane_ + 1) % lanes_.size();
        SizeBytes size{};
        if (!lanes_[lane_]->ring.read(size)) continue;
        rest_ = std::bit_cast<std::uint32_t>(size);
        return true;
    }
    return false;
}

bool CoreMidiFeedback::take_any() noexcept {
    if (take_size()) return true;
    drain_pipe();
    return take_size();
}

io::SourceRead CoreMidiFeedback::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    if (rest_ == 0 && !take_any()) return {};
    const auto size = std::min<std::size_t>(rest_, buffer.size());
    // A packet and its size were written in one.
    (void)lanes_[lane_]->ring.read(buffer.first(size));
    rest_ -= static_cast<std::uint32_t>(size);
    return {.what = io::SourceRead::What::Bytes,
            .size = size,
            .port = {static_cast<std::uint8_t>(lane_)},
            .stamp = now};
}

}  // namespace midinet::platform
