#include "path/recover/recover.hpp"

#include <algorithm>

namespace midinet::path {

/// Makes an event of each correction and takes it into the shadow.
class Recover::Emit final : public midi::MessageSink {
  public:
    Emit(Recover& recover, PortIndex port, TimePoint now) noexcept
        : recover_(recover), port_(port), now_(now) {}
    void on_message(const midi::Message& message) noexcept override {
        ++recover_.corrections_;
        recover_.on_event({.port = port_, .message = message}, now_);
    }

  private:
    Recover& recover_;
    PortIndex port_;
    TimePoint now_;
};

void Recover::on_event(const wire::Event& event, TimePoint when) noexcept {
    if (event.kind == wire::EventKind::Message)
        shadow_.apply(event.port, event.message, event.time_us);
    next_.on_event(event, when);
}

void Recover::resync(const midi::StreamState& truth, const midi::RestorePolicy& policy,
                     wire::StreamTime stream_now, TimePoint now) noexcept {
    const auto ports = std::max(truth.count(), shadow_.count());
    for (std::uint8_t p = 0; p < ports; ++p) resync(PortIndex{p}, truth, policy, stream_now, now);
}

void Recover::resync(PortIndex port, const midi::StreamState& truth,
                     const midi::RestorePolicy& policy, wire::StreamTime stream_now,
                     TimePoint now) noexcept {
    static const midi::PortState nothing;
    if (port.value >= std::max(truth.count(), shadow_.count())) return;
    before_ = shadow_.at(port);
    Emit emit{*this, port, now};
    const auto* known = truth.find(port);
    midi::difference(before_, known != nullptr ? *known : nothing, profile_, policy, stream_now,
                     emit);
}

void Recover::release(TimePoint now) noexcept {
    for (std::uint8_t p = 0; p < shadow_.count(); ++p) {
        before_ = shadow_.at(PortIndex{p});
        Emit emit{*this, PortIndex{p}, now};
        midi::release(before_, emit);
    }
}

}  // namespace midinet::path
