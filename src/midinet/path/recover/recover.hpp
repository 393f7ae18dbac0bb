// The shadow: what the virtual port has been told, and the corrections that make it true.
#pragma once

#include "midi/difference.hpp"
#include "midi/stream_state.hpp"
#include "path/types.hpp"

namespace midinet::path {

/// Passes events on and keeps the shadow. Every correction is the difference between shadow and
/// truth, as explicit messages, so that correcting what is right already emits nothing. Thread: the
/// engine's. RT-safe after construction.
class Recover final : public EventSink {
  public:
    Recover(const midi::ControlProfile& profile, EventSink& next,
            midi::Notes notes = midi::Notes::Sound)
        : profile_(profile), next_(next), shadow_(notes) {}

    void on_event(const wire::Event& event, TimePoint when) noexcept override;
    /// Emits what turns the shadow into `truth`. `stream_now`: the source's clock, which dates the
    /// truth's notes.
    void resync(const midi::StreamState& truth, const midi::RestorePolicy& policy,
                wire::StreamTime stream_now, TimePoint now) noexcept;
    /// The same on one port alone.
    void resync(PortIndex port, const midi::StreamState& truth, const midi::RestorePolicy& policy,
                wire::StreamTime stream_now, TimePoint now) noexcept;
    /// Silences what sounds; values stay.
    void release(TimePoint now) noexcept;
    /// The port was told something else than we thought: `told`.
    void rebase(const midi::StreamState& told) noexcept { shadow_.copy_from(told); }
    const midi::StreamState& shadow() const noexcept { return shadow_; }
    std::uint64_t corrections() const noexcept { return corrections_; }

  private:
    class Emit;

    const midi::ControlProfile& profile_;
    EventSink& next_;
    midi::StreamState shadow_;
    midi::PortState before_;  ///< the shadow as it was, while corrections change it
    std::uint64_t corrections_ = 0;
};

}  // namespace midinet::path
