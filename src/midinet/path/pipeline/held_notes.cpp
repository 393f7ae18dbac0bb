#include "path/pipeline/held_notes.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr std::uint8_t kMost = 255;

void step_up(std::uint8_t& count) noexcept {
    if (count < kMost) ++count;
}

}  // namespace

std::optional<Place> HeldNotes::find(Place in) const noexcept {
    const In& note = in_[in.channel][in.number];
    return note.count > 0 ? std::optional(note.to) : std::nullopt;
}

unsigned HeldNotes::press(Place in, Place to) noexcept {
    In& note = in_[in.channel][in.number];
    const unsigned offs = note.count > 0 && note.to != to ? let_go(in) : 0;
    if (note.count == 0) {
        note.to = to;
        ++size_;
        if (to.exists()) {
            ++out_[to.channel][to.number].holders;
            ++on_channel_[to.channel];
        }
    }
    step_up(note.count);
    if (to.exists()) step_up(out_[to.channel][to.number].ons);
    return offs;
}

unsigned HeldNotes::release(Place in) noexcept {
    In& note = in_[in.channel][in.number];
    --note.count;
    return settle(note);
}

unsigned HeldNotes::let_go(Place in) noexcept {
    In& note = in_[in.channel][in.number];
    note.count = 0;
    return settle(note);
}

/// After a count went down.
unsigned HeldNotes::settle(In& note) noexcept {
    const bool gone = note.count == 0;
    if (gone) --size_;
    if (!note.to.exists()) return 0;
    Out& out = out_[note.to.channel][note.to.number];
    if (gone) {
        --out.holders;
        --on_channel_[note.to.channel];
    }
    if (out.holders > (gone ? 0U : 1U)) return 0;  // others hold it too
    const unsigned offs = out.ons > note.count ? out.ons - note.count : 0U;
    out.ons = std::min(out.ons, note.count);
    return offs;
}

void HeldNotes::clear() noexcept {
    if (size_ > 0) *this = HeldNotes{};
}

}  // namespace midinet::path
