// The clone among JACK's ports, for applications of JACK or PipeWire.
#pragma once

#include "io/virtual_port.hpp"
#include "platform/linux/jack_feedback.hpp"
#include "platform/linux/jack_library.hpp"
#include "platform/linux/jack_names.hpp"
#include "platform/linux/jack_queue.hpp"
#include "platform/posix/steady_clock.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace midinet::platform {

struct CloseJackClient {
    void operator()(jack_client_t* client) const noexcept { jack().client_close(client); }
};
using JackClient = std::unique_ptr<jack_client_t, CloseJackClient>;

/// A client of JACK's named as the device, with two ports for each of the device's: an output with
/// what the controller plays, and an input for what applications send back. Every event keeps its
/// distance to the others and comes one period later than it happened.
///
/// JACK's thread calls on_cycle(); what it shares with the engine's is in JackQueue and
/// JackFeedback. It does not allocate, lock or log; its one system call is JackFeedback::wake().
class JackPort final : public io::VirtualPort {
  public:
    /// Errors: JACK refuses. Thread: control.
    static Result<std::unique_ptr<io::VirtualPort>> create(JackClient client,
                                                           const io::DeviceInfo& device);
    /// Waits until JACK has what was written, for 100 ms at most: note-offs are the last of it.
    ~JackPort() override;
    JackPort(const JackPort&) = delete;
    JackPort& operator=(const JackPort&) = delete;

    /// Its name is the one that JACK gave.
    const io::DeviceInfo& info() const noexcept override { return info_; }
    /// A SysEx that does not fit into JACK's buffer of one period is refused.
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override;
    io::MidiSource* feedback() noexcept override { return &feedback_; }

  private:
    struct Line {
        explicit Line(std::size_t longest) : queue(longest) {}
        jack_port_t* out = nullptr;
        jack_port_t* in = nullptr;
        JackQueue queue;
    };
    /// What a cycle knows of its time.
    struct Moment {
        JackCycle cycle;
        TimePoint now;
        std::uint32_t frame = 0;  ///< now
        std::uint32_t rate = 0;   ///< Units: frames a second
    };

    JackPort(JackClient client, FileDescriptor event, const io::DeviceInfo& device);
    Result<void> add_ports();
    Result<void> activate();
    static int on_cycle(jack_nframes_t frames, void* self) noexcept;
    static void on_shutdown(void* self) noexcept;
    void cycle(jack_nframes_t frames) noexcept;
    void play(Line& line, const Moment& moment) noexcept;
    bool hear(const Line& line, PortIndex index, jack_nframes_t frames) noexcept;
    bool all_played() const noexcept;

    io::DeviceInfo info_;
    JackFeedback feedback_;
    SteadyClock clock_;
    std::uint32_t rate_;
    std::vector<std::unique_ptr<Line>> lines_;  ///< by port index
    std::atomic<std::uint64_t> cycles_{0};
    JackClient client_;  ///< the last one, so that it is closed first: then no thread is in here
};

/// `jack`. The name is `name`, or the host's device's when that is empty. No server is ever
/// started: one that is absent is looked for once a second.
class JackPortOpener final : public io::VirtualPortOpener {
  public:
    explicit JackPortOpener(std::string name) : name_(std::move(name)) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    /// Errors: the library is not installed.
    Result<void> check() const override;
    bool waits_for_server() const noexcept override { return true; }
    io::IdentityUse identity_use() const noexcept override {
        return name_.empty() ? io::IdentityUse::NameAndPorts : io::IdentityUse::Ports;
    }

  private:
    std::string name_;
    SteadyClock clock_;
    TimePoint next_look_{};
};

}  // namespace midinet::platform
