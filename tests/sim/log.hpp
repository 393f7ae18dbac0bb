// What was played, port by port: into a device, or out of a client.
#pragma once

#include "midi_model.hpp"

namespace midinet::simtest {

/// Messages in order.
class Tape {
  public:
    struct Entry {
        std::size_t offset = 0;
        std::size_t size = 0;
        TimePoint at{};
        std::uint64_t trouble = 0;  ///< of a client: how much had gone wrong by then
    };
    void add(BytesView message, TimePoint at, std::uint64_t trouble) {
        entries_.push_back({bytes_.size(), message.size(), at, trouble});
        bytes_.insert(bytes_.end(), message.begin(), message.end());
    }
    std::size_t size() const noexcept { return entries_.size(); }
    const Entry& entry(std::size_t i) const noexcept { return entries_[i]; }
    BytesView operator[](std::size_t i) const noexcept {
        return BytesView{bytes_}.subspan(entries_[i].offset, entries_[i].size);
    }

  private:
    Bytes bytes_;
    std::vector<Entry> entries_;
};

/// One port. Real-time messages have a tape of their own, since they may overtake; active sensing
/// is not music.
struct PortLog {
    Splitter splitter;
    Model model;
    Tape music;
    Tape realtime;

    void feed(BytesView bytes, TimePoint at, std::uint64_t trouble = 0) {
        splitter.feed(bytes, [&](BytesView message) { add(message, at, trouble); });
    }
    void add(BytesView message, TimePoint at, std::uint64_t trouble = 0) {
        const auto status = message[0];
        if (status == 0xFE) return;
        (status >= 0xF8 && status != 0xFF ? realtime : music).add(message, at, trouble);
        model.apply(message, at);
    }
};

inline constexpr unsigned kMostPorts = 3;
using PortLogs = std::array<PortLog, kMostPorts>;

/// Which SysEx of the musician's this is.
struct Marker {
    unsigned source = 0;
    unsigned epoch = 0;
    unsigned port = 0;
    unsigned number = 0;
    static bool is(BytesView m) noexcept { return m.size() >= 9 && m[0] == 0xF0 && m[1] == 0x7D; }
    explicit Marker(BytesView m) noexcept
        : source(m[2]), epoch(m[3]), port(m[4]), number(m[5] * 16384U + m[6] * 128U + m[7]) {}
};

/// One epoch of one source: what its device played.
struct Performance {
    unsigned source = 0;
    unsigned epoch = 0;
    PortLogs ports;

    /// The device is gone: half messages are void, and the host releases what sounds.
    void release(TimePoint now) {
        for (auto& port : ports)
            for (const auto& message : port.model.releases()) port.add(message, now);
    }
    void unplug(TimePoint now) {
        for (auto& port : ports) port.splitter.reset();
        release(now);
    }
    /// Where marker `number` is on a port's tape, or its size.
    std::size_t find(unsigned port, unsigned number) const noexcept {
        const auto& tape = ports[port].music;
        std::size_t i = 0;
        while (i < tape.size() && !(Marker::is(tape[i]) && Marker{tape[i]}.number == number)) ++i;
        return i;
    }
};

}  // namespace midinet::simtest
