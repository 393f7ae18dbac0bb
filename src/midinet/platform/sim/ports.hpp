// Ports of the simulated world.
#pragma once

#include "io/midi_source.hpp"
#include "io/virtual_port.hpp"
#include "platform/sim/world.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <vector>

namespace midinet::platform::sim {

/// A device that plays what the test pushes. Thread: the world's.
class Source final : public io::MidiSource {
  public:
    explicit Source(Node& node, std::size_t ports = 1) : node_(node), handles_{node.new_handle()} {
        info_.name = "Simulated";
        info_.ports.assign(ports, "port");
    }
    ~Source() override { node_.unwatch(handles_[0]); }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    void push(std::vector<std::uint8_t> bytes, PortIndex port = {}) {
        queue_.push_back({std::move(bytes), port});
        node_.signal(handles_[0], true);
    }
    /// The cable is pulled: what was not read yet is gone.
    void unplug() {
        queue_.clear();
        lost_ = true;
        node_.signal(handles_[0], true);
    }
    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return handles_; }
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override {
        using What = io::SourceRead::What;
        const Aside aside{node_.world()};
        if (lost_) {
            if (on_lost) on_lost();
            return {.what = What::Lost};
        }
        if (queue_.empty()) return {};
        auto& [bytes, port] = queue_.front();
        const auto n = std::min(bytes.size(), buffer.size());
        std::copy_n(bytes.begin(), n, buffer.begin());
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
        const io::SourceRead read{What::Bytes, n, port, now};
        if (on_read) on_read(port, buffer.first(n), now);
        if (bytes.empty()) queue_.pop_front();
        node_.signal(handles_[0], !queue_.empty());
        return read;
    }

    /// What the program truly read, as it reads it. Bytes that an unplugging took are not among it.
    std::function<void(PortIndex, std::span<const std::uint8_t>, TimePoint)> on_read;
    /// The program learns that the device is gone.
    std::function<void()> on_lost;

  private:
    Node& node_;
    std::array<io::Handle, 1> handles_;
    io::DeviceInfo info_;
    std::deque<std::pair<std::vector<std::uint8_t>, PortIndex>> queue_;
    bool lost_ = false;
};

/// A virtual port that tells the test each write.
class Port final : public io::VirtualPort {
  public:
    using OnWrite =
        std::function<io::WriteResult(PortIndex, std::span<const std::uint8_t>, TimePoint)>;
    Port(World& world, OnWrite on_write) : world_(world), on_write_(std::move(on_write)) {}
    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept override {
        const Aside aside{world_};
        return on_write_(port, bytes, when);
    }

  private:
    World& world_;
    OnWrite on_write_;
    io::DeviceInfo info_;
};

}  // namespace midinet::platform::sim
