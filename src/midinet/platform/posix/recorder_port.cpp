#include "platform/posix/recorder_port.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>

namespace midinet::platform {
namespace {

/// In front of every message in the queue.
struct Entry {
    std::int64_t when_ns = 0;
    std::uint64_t size = 0;
};
using EntryBytes = std::array<std::uint8_t, sizeof(Entry)>;

bool write_at(int fd, const midi::SmfPatch& patch) noexcept {
    std::size_t done = 0;
    while (done < patch.bytes.size()) {
        const ssize_t n = ::pwrite(fd, patch.bytes.data() + done, patch.bytes.size() - done,
                                   static_cast<off_t>(patch.offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += static_cast<std::size_t>(n);
    }
    return true;
}

/// Why the open file may not be replaced; empty when it may.
std::string reason_to_keep(int fd, const std::string& path) {
    struct stat about {};
    if (::fstat(fd, &about) != 0) return path + ": " + os_error(errno);
    if (!S_ISREG(about.st_mode))
        return path + " is not a regular file: write stream:" + path + " for a FIFO or a line";
    std::array<char, 4> head{};
    const ssize_t n = ::pread(fd, head.data(), head.size(), 0);
    if (n == 0 || std::memcmp(head.data(), "MThd", head.size()) == 0) return {};
    return path + " exists and is not a Standard MIDI File: name another path, or remove it";
}

}  // namespace

Result<std::shared_ptr<Recording>> Recording::create(const std::string& path,
                                                     const std::string& device) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644));
    if (!file.valid()) return fail_errno("recording to " + path);
    if (std::string why = reason_to_keep(file.get(), path); !why.empty()) return fail(why);
    if (::ftruncate(file.get(), 0) != 0) return fail_errno("recording to " + path);
    auto memory = MappedMemory::create(kQueueBytes);
    if (!memory) return tl::unexpected(memory.error());
    auto recording = std::make_shared<Recording>(path, device, std::move(file), std::move(*memory));
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
        if (!write_at(file_.get(), patch)) return stop(os_error(errno));
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
    return std::make_unique<RecorderPort>(device, recording_);
}

}  // namespace midinet::platform
