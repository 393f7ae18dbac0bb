// What a client plays, written down as a Standard MIDI File.
#pragma once

#include "io/virtual_port.hpp"
#include "midi/smf_writer.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/mapped_memory.hpp"
#include "platform/posix/spsc_ring.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::platform {

/// A file that grows. One thread adds, another one saves; the file is a valid one after every save.
/// Its time begins with the first event. The destructor saves what is left.
class Recording {
  public:
    static constexpr std::size_t kQueueBytes = std::size_t{4} * 1024 * 1024;

    /// Replaces a Standard MIDI File or an empty file that is there. Errors: it cannot be written,
    /// or holds something else.
    static Result<std::shared_ptr<Recording>> create(const std::string& path,
                                                     const std::string& device);
    Recording(std::string path, const std::string& device, FileDescriptor file,
              MappedMemory memory);
    ~Recording() { save(); }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    /// Thread: the engine's. RT-safe.
    io::WriteResult add(std::span<const std::uint8_t> bytes, TimePoint when) noexcept;
    /// Thread: control.
    void save() noexcept;
    /// Why nothing more is recorded; empty while all is well. Thread: control.
    const std::string& trouble() const noexcept { return trouble_; }

  private:
    void take_queued();
    void write_patches();
    void stop(const std::string& why);

    std::string path_;
    FileDescriptor file_;
    MappedMemory memory_;
    SpscRing queue_;
    midi::SmfAppender appender_;
    std::vector<std::uint8_t> message_;
    std::optional<TimePoint> first_;
    std::string trouble_;
    std::atomic<bool> stopped_{false};
};

class RecorderPort final : public io::VirtualPort {
  public:
    RecorderPort(io::DeviceInfo device, std::shared_ptr<Recording> recording)
        : info_(std::move(device)), recording_(std::move(recording)) {}
    const io::DeviceInfo& info() const noexcept override { return info_; }
    /// Lost once the disk refused.
    io::WriteResult write(PortIndex /*port*/, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override {
        return recording_->add(bytes, when);
    }

  private:
    io::DeviceInfo info_;
    std::shared_ptr<Recording> recording_;
};

/// `file:PATH` as a port. Opening again goes on with the same recording, and never replaces it.
class RecorderPortOpener final : public io::VirtualPortOpener {
  public:
    explicit RecorderPortOpener(std::string path) : path_(std::move(path)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    void service() noexcept override {
        if (recording_) recording_->save();
    }

  private:
    std::string path_;
    std::shared_ptr<Recording> recording_;
};

}  // namespace midinet::platform
