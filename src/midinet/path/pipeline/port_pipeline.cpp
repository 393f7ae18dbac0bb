#include "path/pipeline/port_pipeline.hpp"

#include "base/verify.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

using midi::Kind;
using midi::Message;

/// Whether these bytes are of a SysEx: a whole one, or a piece that may begin anywhere in it.
bool is_of_sysex(std::span<const std::uint8_t> bytes) noexcept {
    const auto first = bytes.front();
    return !midi::is_status(first) || static_cast<Kind>(first) == Kind::SysEx ||
           static_cast<Kind>(first) == Kind::EndOfSysEx;
}

/// What leads to one message at most and is not remembered. A reset ends what is down.
bool is_momentary(const Message& message) noexcept {
    return !message.is_channel_message() && message.kind() != Kind::SystemReset;
}

}  // namespace

/// Where what becomes of one message goes: to the port as long as that takes it.
class PortPipeline::Out final : public midi::MessageSink {
  public:
    Out(PortPipeline& self, PortIndex port, TimePoint when) noexcept
        : self_(self), port_(port), when_(when) {}
    void on_message(const Message& message) noexcept override {
        if (lost) return;
        if (self_.ports_[port_.value].count == 0) {
            const auto wrote = self_.next_.write(port_, message.bytes(), when_);
            lost = wrote == Wrote::Lost;
            if (wrote != Wrote::Full) return;
        }
        self_.keep(port_, message, when_);
    }
    bool lost = false;

  private:
    PortPipeline& self_;
    PortIndex port_;
    TimePoint when_;
};

PortPipeline::PortPipeline(PortWriter& next) : next_(next), runs_(kMaxPorts * kMostRuns) {}

void PortPipeline::on_port_opened() noexcept {
    pipeline_.reset();
    for (std::uint8_t p = 0; p < kMaxPorts; ++p) forget({p});
}

Wrote PortPipeline::write(PortIndex port, std::span<const std::uint8_t> bytes,
                          TimePoint when) noexcept {
    if (is_of_sysex(bytes)) return write_piece(port, bytes, when);
    if (waiting_ == 0 && pipeline_.leaves_all()) [[likely]]
        return next_.write(port, bytes, when);
    return write_message(port, Message{bytes}, when);
}

/// Asked again after the port was full it is judged anew, and until its first piece is written that
/// does no harm.
Wrote PortPipeline::write_piece(PortIndex port, std::span<const std::uint8_t> bytes,
                                TimePoint when) noexcept {
    if (ports_[port.value].count > 0) return Wrote::Full;
    const bool first = static_cast<Kind>(bytes.front()) == Kind::SysEx;
    const bool last = static_cast<Kind>(bytes.back()) == Kind::EndOfSysEx;
    if (!pipeline_.passes_piece(port, first, last)) return Wrote::Taken;
    return next_.write(port, bytes, when);
}

Wrote PortPipeline::write_message(PortIndex port, const Message& message, TimePoint when) noexcept {
    if (is_momentary(message)) {
        if (ports_[port.value].count > 0 && !is_tick(message)) return Wrote::Full;
        return pipeline_.passes(message.status()) ? next_.write(port, message.bytes(), when)
                                                  : Wrote::Taken;
    }
    if (ports_[port.value].count > 0) return Wrote::Full;
    Out out{*this, port, when};
    pipeline_.process(port, message, out);
    if (!out.lost) return Wrote::Taken;
    forget(port);
    return Wrote::Lost;
}

void PortPipeline::keep(PortIndex index, const Message& message, TimePoint when) noexcept {
    Port& port = ports_[index.value];
    if (port.count > port.first) {
        Run& last = run(index, port.count - 1U);
        const auto bytes = message.bytes();
        if (last.size == bytes.size() && std::equal(bytes.begin(), bytes.end(), last.bytes.begin()))
            return void(++last.times);
    }
    if (!MIDINET_VERIFY(port.count < kMostRuns && message.size() <= 3)) return;
    if (port.count == 0) {
        ++waiting_;
        port.when = retry_at_ = when;
    }
    Run& added = run(index, port.count++);
    added = {{}, static_cast<std::uint8_t>(message.size()), 1};
    std::copy(message.bytes().begin(), message.bytes().end(), added.bytes.begin());
}

void PortPipeline::forget(PortIndex index) noexcept {
    Port& port = ports_[index.value];
    if (port.count > 0 && --waiting_ == 0) retry_at_ = kNever;
    port = {};
}

void PortPipeline::pump_port(PortIndex index) noexcept {
    Port& port = ports_[index.value];
    while (port.first < port.count) {
        Run& next = run(index, port.first);
        const std::span bytes{next.bytes.data(), next.size};
        const auto wrote = next_.write(index, bytes, port.when);
        if (wrote == Wrote::Full) return;
        if (wrote == Wrote::Lost) break;
        if (--next.times == 0) ++port.first;
    }
    forget(index);
}

void PortPipeline::pump(TimePoint now) noexcept {
    if (waiting_ == 0) return;
    for (std::uint8_t p = 0; p < kMaxPorts; ++p)
        if (ports_[p].count > 0) pump_port({p});
    retry_at_ = waiting_ > 0 ? now + kRetry : kNever;
}

}  // namespace midinet::path
