#include "platform/linux/alsa_seq_feedback.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace midinet::platform {
namespace {

/// Cells of the kernel's pool for what was not read yet: the most there can be, 2,000 events or
/// 48 KiB of SysEx.
constexpr std::size_t kInputCells = 2000;

int descriptor_of(snd_seq_t* sequencer) noexcept {
    pollfd descriptor{.fd = -1, .events = 0, .revents = 0};
    return snd_seq_poll_descriptors(sequencer, &descriptor, 1, POLLIN) == 1 ? descriptor.fd : -1;
}

}  // namespace

AlsaSeqFeedback::AlsaSeqFeedback(snd_seq_t* sequencer, Encoder decoder, const io::DeviceInfo& info,
                                 std::vector<int> ports)
    : sequencer_(sequencer),
      decoder_(std::move(decoder)),
      info_(info),
      ports_(std::move(ports)),
      handles_{descriptor_of(sequencer)},
      own_client_(snd_seq_client_id(sequencer)) {
    snd_seq_set_client_pool_input(sequencer_, kInputCells);
    snd_midi_event_no_status(decoder_.get(), 1);  // every message with its status byte
}

std::size_t AlsaSeqFeedback::index_of(int port) const noexcept {
    const auto found = std::find(ports_.begin(), ports_.end(), port);
    return static_cast<std::size_t>(found - ports_.begin());
}

void AlsaSeqFeedback::open(const snd_seq_event_t& event) noexcept {
    const auto index = index_of(event.dest.port);
    if (event.source.client == own_client_ || index == ports_.size()) return;
    port_ = {static_cast<std::uint8_t>(index)};
    if (event.type == SND_SEQ_EVENT_SYSEX) {
        rest_ = {static_cast<const std::uint8_t*>(event.data.ext.ptr), event.data.ext.len};
        return;
    }
    const long size = snd_midi_event_decode(decoder_.get(), short_.data(),
                                            static_cast<long>(short_.size()), &event);
    if (size > 0) rest_ = {short_.data(), static_cast<std::size_t>(size)};
}

AlsaSeqFeedback::Took AlsaSeqFeedback::take_event() noexcept {
    snd_seq_event_t* event = nullptr;
    const int error = snd_seq_event_input(sequencer_, &event);
    // The kernel had no room: what came before was read, what comes after can be.
    if (error == -ENOSPC) return Took::Event;
    if (error == -EAGAIN || error == -EINTR) return Took::Nothing;
    if (error < 0) return Took::Lost;
    if (event != nullptr) open(*event);
    return Took::Event;
}

io::SourceRead AlsaSeqFeedback::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    using What = io::SourceRead::What;
    while (rest_.empty()) {
        const auto took = take_event();
        if (took == Took::Nothing) return {};
        if (took == Took::Lost) return {.what = What::Lost, .size = 0, .port = {}, .stamp = now};
    }
    const auto size = std::min(rest_.size(), buffer.size());
    std::copy_n(rest_.begin(), size, buffer.begin());
    rest_ = rest_.subspan(size);
    return {.what = What::Bytes, .size = size, .port = port_, .stamp = now};
}

}  // namespace midinet::platform
