#include "platform/posix/recorder_port.hpp"

#include "platform/posix/recording_file.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <new>

namespace midinet::platform {
namespace {

/// In front of every message in the queue.
struct Entry {
    std::int64_t when_ns = 0;
    std::size_t size = 0;
};
using EntryBytes = std::array<std::uint8_t, sizeof(Entry)>;

}  // namespace

Result<std::shared_ptr<Recording>> Recording::create(const std::string& path,
                                                     const std::string& device) {
    auto file = open_recording(path);
    if (!file) return tl::unexpected(file.error());
    auto memory = MappedMemory::create(kQueueBytes);
    if (!memory) return tl::unexpected(memory.error());
    auto recording =
        std::make_shared<Recording>(path, device, std::move(*file), std::move(*memory));
    recording->save();
    if (!recording->trouble().empty()) return fail(recording->trouble());
    return recording;
}

Recording::Recording(std::string path, const std::string& device, FileDescriptor file,
                     MappedMemory memory)
    : path_(std::move(path)),
      file_(std::move(file)),
      memory_(std::move(memory)),
      queue_(memory_.bytes()),
      appender_({.track = device, .device = device}) {}

io::WriteResult Recording::add(std::span<const std::uint8_t> bytes, TimePoint when) noexcept {
    if (stopped_.load(std::memory_order_relaxed)) return io::WriteResult::Lost;
    const Entry entry{when.time_since_epoch().count(), bytes.size()};
    return queue_.write(std::bit_cast<EntryBytes>(entry), bytes) ? io::WriteResult::Taken
                                                                 : io::WriteResult::Full;
}

void Recording::save() noexcept {
    if (stopped_.load(std::memory_order_relaxed)) return;
    try {
        take_queued();
        write_patches();
    } catch (const std::bad_alloc&) {
        stopped_ = true;
    }
}

void Recording::take_queued() {
    EntryBytes head{};
    while (queue_.read(head)) {
        const auto entry = std::bit_cast<Entry>(head);
        message_.resize(entry.size);
        queue_.read(message_);
        const TimePoint when{Duration{entry.when_ns}};
        if (!first_) first_ = when;
        if (appender_.add(when - *first_, message_)) continue;
        write_patches();
        return stop("it has reached the largest size of a MIDI file we write");
    }
}

void Recording::write_patches() {
    for (const midi::SmfPatch& patch : appender_.flush())
        if (!write_patch(file_, patch)) return stop(os_error(errno));
}

void Recording::stop(const std::string& why) {
    trouble_ = "recording to " + path_ + " stopped: " + why;
    stopped_ = true;
}

Result<std::unique_ptr<io::VirtualPort>> RecorderPortOpener::open(const io::DeviceInfo& device) {
    if (!recording_) {
        auto created = Recording::create(path_, device.name);
        if (!created) return tl::unexpected(created.error());
        recording_ = std::move(*created);
    }
    if (!recording_->trouble().empty()) return fail(recording_->trouble());
    // It is opened before a host was heard: an open port has a name in any case.
    auto info = device;
    if (info.name.empty()) info.name = std::filesystem::path(path_).filename().string();
    return std::make_unique<RecorderPort>(std::move(info), recording_);
}

}  // namespace midinet::platform
