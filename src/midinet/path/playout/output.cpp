#include "path/playout/output.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

/// Real-time messages keep their order among themselves, and mean something else before one of the
/// others than after it.
bool is_ordered(const wire::Event& event) noexcept {
    if (event.kind != wire::EventKind::Message) return false;
    const auto kind = event.message.kind();
    return event.message.is_realtime_message() || kind == midi::Kind::SongPosition ||
           kind == midi::Kind::SongSelect;
}

}  // namespace

void Output::set_store(const SysExStore* store) noexcept {
    store_ = store;
    for (std::uint8_t p = 0; p < kMaxPorts; ++p) {
        Port& port = ports_[p];
        if (port.writing_sysex)
            ++counters_.sysex_lost;  // the next status byte ends it for the receiver
        port.writing_sysex = false;
        while (port.count > 0) drop_oldest(port, PortIndex{p});
    }
}

void Output::on_port_opened() noexcept {
    told_.clear();
    dirty_ = true;
}

void Output::on_event(const wire::Event& event, TimePoint when) noexcept {
    if (event.port.value >= kMaxPorts) return;
    const Port& port = ports_[event.port.value];
    if (goes_at_once(port, event)) {
        if (play(event, when)) return;
        if (is_tick(event) && port.ordered == 0) {
            ++counters_.port_full;
            return;
        }
    }
    if (event.kind == wire::EventKind::AbortedSysEx) {
        ++counters_.sysex_lost;
        return;
    }
    hold(event, when);
}

bool Output::goes_at_once(const Port& port, const wire::Event& event) noexcept {
    if (event.kind != wire::EventKind::Message) return false;
    if (port.count == 0) return true;
    return is_tick(event) && port.ordered == 0;
}

/// Writes one message. True when it is dealt with: played, or no port is there to play it.
bool Output::play(const wire::Event& event, TimePoint when) noexcept {
    switch (writer_.write(event.port, event.message.bytes(), when)) {
        case Wrote::Taken:
            told_.apply(event.port, event.message, event.time_us);
            ++counters_.messages;
            return true;
        case Wrote::Lost:
            ++counters_.port_absent;
            dirty_ = true;
            return true;
        case Wrote::Refused:
            ++counters_.sysex_lost;
            return true;
        case Wrote::Full:
            break;
    }
    return false;
}

void Output::hold(const wire::Event& event, TimePoint when) noexcept {
    Port& port = ports_[event.port.value];
    if (port.count == kHeldPerPort) make_room(port, event.port);
    if (port.count == 0) {
        ++blocked_ports_;
        port.waiting_since = when;
        retry_at_ = when;
    }
    if (is_ordered(event)) ++port.ordered;
    const auto at = (port.first + port.count++) % kHeldPerPort;
    held_[event.port.value * kHeldPerPort + at] = {.event = event, .when = when};
}

/// After a stall more may come in one turn than is held: what can be played by now is, and only
/// what cannot is dropped.
void Output::make_room(Port& port, PortIndex index) noexcept {
    pieces_left_ = kPiecesPerPump;
    pump_port(index, pumped_at_);
    if (port.count == kHeldPerPort) drop_oldest(port, index);
}

void Output::pop(Port& port, PortIndex index) noexcept {
    if (is_ordered(oldest(port, index).event)) --port.ordered;
    port.first = (port.first + 1) % kHeldPerPort;
    if (--port.count == 0) --blocked_ports_;
    port.writing_sysex = false;
    port.waiting_since = {};
}

void Output::drop_oldest(Port& port, PortIndex index) noexcept {
    if (oldest(port, index).event.kind == wire::EventKind::LongSysEx)
        ++counters_.sysex_lost;
    else
        ++counters_.port_full;
    dirty_ = true;
    pop(port, index);
}

void Output::pump(TimePoint now) noexcept {
    pumped_at_ = now;
    if (blocked_ports_ == 0) {
        retry_at_ = kNever;
        return;
    }
    pieces_left_ = kPiecesPerPump;
    for (std::uint8_t p = 0; p < kMaxPorts; ++p) pump_port(PortIndex{p}, now);
    if (blocked_ports_ == 0)
        retry_at_ = kNever;
    else
        retry_at_ = pieces_left_ == 0 ? now : now + kRetry;
}

void Output::pump_port(PortIndex index, TimePoint now) noexcept {
    Port& port = ports_[index.value];
    while (port.count > 0) {
        const Held& held = oldest(port, index);
        const bool done = held.event.kind == wire::EventKind::LongSysEx
                              ? write_sysex(port, held, now)
                              : play(held.event, held.when);
        if (!done) return;
        pop(port, index);
    }
}

/// Writes as much of the message as its turn allows. True when it is done with: played, or given
/// up.
bool Output::write_sysex(Port& port, const Held& held, TimePoint now) noexcept {
    const auto& extent = held.event.extent;
    if (!port.writing_sysex) {
        if (port.waiting_since == TimePoint{}) port.waiting_since = now;
        const auto readiness = store_ != nullptr ? store_->readiness(extent, held.event.port)
                                                 : SysExStore::Readiness::Lost;
        const bool patient = now - port.waiting_since < kSysExPatience;
        if (readiness == SysExStore::Readiness::Waiting && patient) return false;
        if (readiness != SysExStore::Readiness::Complete) {
            ++counters_.sysex_lost;
            return true;
        }
        port.writing_sysex = true;
        port.next_fragment = extent.first_fragment;
    }
    for (; !is_after(port.next_fragment, extent.last_fragment);
         port.next_fragment = port.next_fragment.next()) {
        const auto kept = store_->fragment(port.next_fragment, held.event.port);
        if (!kept) {  // later ones took its place: the port was too slow
            ++counters_.sysex_lost;
            return true;
        }
        if (kept->empty()) continue;  // another port's
        if (pieces_left_ == 0) return false;
        --pieces_left_;
        const auto* data = static_cast<const std::uint8_t*>(static_cast<const void*>(kept->data()));
        const auto wrote = writer_.write(held.event.port, {data, kept->size()}, held.when);
        if (wrote == Wrote::Full) return false;
        if (wrote == Wrote::Lost) {
            ++counters_.port_absent;
            return true;
        }
        if (wrote == Wrote::Refused) {
            ++counters_.sysex_lost;
            return true;
        }
    }
    ++counters_.sysex;
    return true;
}

}  // namespace midinet::path
