#include "musician.hpp"

#include <algorithm>

namespace midinet::simtest {
namespace {

constexpr std::array<std::uint8_t, 5> kChannels{0, 0, 1, 9, 15};
constexpr std::array<std::uint8_t, 14> kControllers{0,  1,  7,  10, 11, 32, 33,
                                                    39, 64, 64, 66, 69, 74, 119};

void put(Bytes& out, std::initializer_list<unsigned> bytes) {
    for (const auto byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
}

}  // namespace

void Musician::begin(unsigned epoch) {
    epoch_ = epoch;
    held_.clear();
    sysex_count_ = {};
}

std::uint8_t Musician::any_channel() { return kChannels[below(kChannels.size())]; }

Musician::Phrase Musician::next() {
    Phrase phrase{.port = random_.below(piece_.ports), .bytes = {}};
    const auto dice = random_.below(100);
    if (dice < 28)
        chord(phrase);
    else if (dice < 52)
        release(phrase);
    else if (dice < 63)
        sweep(phrase.bytes);
    else if (dice < 67)
        program(phrase.bytes);
    else if (dice < 72)
        parameter(phrase.bytes);
    else if (dice < 80)
        expression(phrase);
    else if (dice < 86)
        system(phrase.bytes);
    else if (dice < 98)
        phrase.bytes = sysex(phrase.port, 9 + random_.below(30));
    else
        rare(phrase);
    return phrase;
}

void Musician::chord(Phrase& phrase) {
    const auto channel = any_channel();
    const unsigned notes = 1U + below(4);
    put(phrase.bytes, {0x90U + channel});
    for (unsigned i = 0; i < notes; ++i) {  // running status
        const auto note = static_cast<std::uint8_t>(48 + below(24));
        put(phrase.bytes, {note, 1U + below(127)});
        held_.push_back({phrase.port, channel, note});
    }
}

void Musician::release(Phrase& phrase) {
    if (held_.empty()) return chord(phrase);
    const auto i = random_.below(static_cast<std::uint32_t>(held_.size()));
    const auto held = held_[i];
    held_[i] = held_.back();
    held_.pop_back();
    phrase.port = held.port;
    if (below(2) == 0)
        put(phrase.bytes, {0x90U + held.channel, held.note, 0});
    else
        put(phrase.bytes, {0x80U + held.channel, held.note, below(128)});
}

void Musician::sweep(Bytes& out) {
    const auto channel = any_channel();
    const auto controller = kControllers[below(kControllers.size())];
    for (unsigned n = 1U + below(6), value = below(128); n > 0; --n, value = (value + 3) % 128)
        put(out, {0xB0U + channel, controller, below(8) == 0 ? 0U : value});
}

void Musician::program(Bytes& out) {
    const auto channel = any_channel();
    if (below(2) == 0) put(out, {0xB0U + channel, 0, below(128)});
    if (below(2) == 0) put(out, {0xB0U + channel, 32, below(128)});
    if (below(5) != 0) put(out, {0xC0U + channel, below(128)});
}

void Musician::parameter(Bytes& out) {
    const auto channel = any_channel();
    const bool nrpn = below(2) == 0;
    const unsigned msb = nrpn ? below(2) : 0U;
    put(out, {0xB0U + channel, nrpn ? 99U : 101U, msb, nrpn ? 98U : 100U, below(7)});
    put(out, {6, below(128)});
    if (below(2) == 0) put(out, {38, below(128)});
    if (below(4) == 0) put(out, {96U + below(2), 0});
    if (below(2) == 0) put(out, {101, 127, 100, 127});
}

void Musician::expression(Phrase& phrase) {
    const auto channel = any_channel();
    switch (below(3)) {
        case 0:
            put(phrase.bytes, {0xE0U + channel, below(128), below(128)});
            return;
        case 1:
            put(phrase.bytes, {0xD0U + channel, below(128)});
            return;
        default:
            break;
    }
    if (held_.empty()) return chord(phrase);
    const auto& held = held_[random_.below(static_cast<std::uint32_t>(held_.size()))];
    phrase.port = held.port;
    put(phrase.bytes, {0xA0U + held.channel, held.note, below(128)});
}

void Musician::system(Bytes& out) {
    switch (below(8)) {
        case 0:
            put(out, {0xFA});
            break;
        case 1:
            put(out, {0xFB});
            break;
        case 2:
            put(out, {0xFC});
            break;
        case 3:
            put(out, {0xF2, below(128), below(128)});
            break;
        case 4:
            put(out, {0xF3, below(128)});
            break;
        case 5:
            put(out, {0xF6});
            break;
        default:
            break;
    }
    for (unsigned n = below(4); n > 0; --n) put(out, {0xF8});
    if (out.empty()) put(out, {0xFE});
}

void Musician::rare(Phrase& phrase) {
    const auto channel = any_channel();
    switch (below(piece_.resets ? 6 : 5)) {
        case 0:
            put(phrase.bytes, {0xB0U + channel, 121, 0});
            return;
        case 1:
            put(phrase.bytes, {0xB0U + channel, 123, 0});
            return;
        case 2:
            put(phrase.bytes, {0xF0, 1, 2, 0x90, 60, 1, 0x80, 60, 0});
            return;  // a SysEx cut off
        case 5:
            put(phrase.bytes, {0xFF});
            return;
        default:
            break;
    }
    std::size_t size = 48 + random_.below(3000);
    if (piece_.huge_sysex && below(4) == 0) size = 20'000 + random_.below(80'000);
    phrase.bytes = sysex(phrase.port, piece_.long_sysex ? size : 40);
}

Bytes Musician::sysex(unsigned port, std::size_t size) {
    const auto number = ++sysex_count_[port];
    Bytes out{0xF0, 0x7D};
    put(out, {source_, epoch_, port, number >> 14U, (number >> 7U) & 0x7FU, number & 0x7FU});
    out.reserve(size + 1);
    while (out.size() + 1 < size) out.push_back(below(128));
    out.push_back(0xF7);
    return out;
}

}  // namespace midinet::simtest
