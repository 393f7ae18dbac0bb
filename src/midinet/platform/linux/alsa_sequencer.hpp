// Owners of what ALSA's sequencer library hands out.
#pragma once

#include <alsa/asoundlib.h>

#include <memory>

namespace midinet::platform {

struct CloseSequencer {
    void operator()(snd_seq_t* sequencer) const noexcept { snd_seq_close(sequencer); }
};
struct FreeEncoder {
    void operator()(snd_midi_event_t* encoder) const noexcept { snd_midi_event_free(encoder); }
};
using Sequencer = std::unique_ptr<snd_seq_t, CloseSequencer>;
/// Between MIDI bytes and the sequencer's events, in one direction or the other.
using Encoder = std::unique_ptr<snd_midi_event_t, FreeEncoder>;

}  // namespace midinet::platform
