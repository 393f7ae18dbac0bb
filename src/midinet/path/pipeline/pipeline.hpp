// What the show does to messages: at a host between device and network, at a client before its
// port.
#pragma once

#include "base/types.hpp"
#include "midi/message.hpp"
#include "midi/stream_state.hpp"
#include "path/pipeline/held_notes.hpp"
#include "path/pipeline/held_pedals.hpp"
#include "path/pipeline/pipeline_map.hpp"

#include <array>
#include <memory>

namespace midinet::path {

/// A host's stage between capture and transmit; a client's last one (PortPipeline). What is down
/// when the map changes ends as it began: a note-off, a poly pressure and the release of a pedal go
/// where the press went, and what was withheld stays so. docs/pipeline.md says what becomes of each
/// message.
///
/// While the map leaves everything as it is and nothing is down elsewhere, a message costs one
/// branch: then what is down is known from the state of what was sent. Fixed size, about 260 KiB.
/// Thread: the engine's. RT-safe but the constructor.
class Pipeline {
  public:
    Pipeline() : map_(std::make_unique<const PipelineMap>()) {}

    /// From the next message on. Gives the map that was in force, to be destroyed elsewhere.
    /// `sent`: the state of what came out so far.
    std::unique_ptr<const PipelineMap> use(std::unique_ptr<const PipelineMap> map,
                                           const midi::StreamState& sent) noexcept;
    std::uint32_t fingerprint() const noexcept { return map_->fingerprint(); }
    /// What process() is given comes out as it is.
    bool leaves_all() const noexcept { return unchanged_; }
    /// Whether a system message other than a reset goes on.
    bool passes(std::uint8_t status) const noexcept { return map_->passes(status); }

    /// Gives `out` what becomes of a message: nothing, one, or as many as it ends notes.
    void process(PortIndex port, const midi::Message& message, midi::MessageSink& out) noexcept {
        if (unchanged_) [[likely]]
            return out.on_message(message);
        change(port, message, out);
    }
    /// Whether a piece of a SysEx that is longer than a Message goes on. What is true of its first
    /// piece is true of all, and of its being aborted.
    bool passes_piece(PortIndex port, bool first, bool last) noexcept;
    bool passes_aborted(PortIndex port) noexcept;

    /// The device went away and all that sounded was ended elsewhere: nothing is down.
    void reset() noexcept;

  private:
    struct Held {
        HeldNotes notes;
        HeldPedals pedals;
        unsigned size() const noexcept { return notes.size() + pedals.size(); }
    };
    void learn(PortIndex port, const midi::PortState& sent) noexcept;
    void change(PortIndex port, const midi::Message& message, midi::MessageSink& out) noexcept;
    void change_channel_message(Held& held, const midi::Message& message,
                                midi::MessageSink& out) noexcept;
    void note_on(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void note_off(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void poly_pressure(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void control(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void mode(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void reset_controllers(Held& held, const midi::Message& message,
                           midi::MessageSink& out) noexcept;
    static void end_notes(Held& held, unsigned channel, midi::MessageSink& out) noexcept;
    static void lift_pedal(Held& held, Place in, midi::MessageSink& out) noexcept;
    void system(Held& held, const midi::Message& message, midi::MessageSink& out) noexcept;
    void settle() noexcept;

    std::unique_ptr<const PipelineMap> map_;
    bool unchanged_ = true;
    std::uint16_t down_ = 0;      ///< a bit a port: something is down
    std::uint16_t withheld_ = 0;  ///< a bit a port: the SysEx under way does not pass
    std::array<Held, kMaxPorts> held_{};
};

static_assert(kMaxPorts <= 16, "a bit a port");

}  // namespace midinet::path
