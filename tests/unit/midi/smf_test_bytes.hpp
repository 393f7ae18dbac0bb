// Standard MIDI Files written by hand.
#pragma once

#include "midi/smf_reader.hpp"

#include <cctype>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::midi::test {

using Bytes = std::vector<std::uint8_t>;

/// The bytes that hex digits name; blanks are ignored: "90 3C 40".
inline Bytes hex(std::string_view text) {
    Bytes bytes;
    unsigned value = 0;
    bool half = false;
    for (const char c : text) {
        if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
        const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = (value << 4U) | static_cast<unsigned>(digit);
        if (half) bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
        half = !half;
    }
    return bytes;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline Bytes big_endian(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
            static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

/// A chunk of four letters, its length and `body`.
inline Bytes chunk(std::string_view tag, const Bytes& body) {
    return Bytes(tag.begin(), tag.end()) + big_endian(body.size()) + body;
}

/// MThd: 14 bytes, so that the body of the first track is at byte 22. `fields`: format, tracks,
/// division.
inline Bytes header(std::string_view fields) { return chunk("MThd", hex(fields)); }
inline Bytes track(std::string_view body) { return chunk("MTrk", hex(body)); }

/// An event as a test writes it down.
struct Sent {
    Duration at;
    Bytes bytes;
    friend bool operator==(const Sent&, const Sent&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Sent& sent) {
        constexpr const char* kDigits = "0123456789ABCDEF";
        out << sent.at.count() << " ns:";
        for (const std::uint8_t b : sent.bytes) out << ' ' << kDigits[b >> 4U] << kDigits[b & 15U];
        return out;
    }
};

inline std::vector<Sent> sent_by(const SmfSong& song) {
    std::vector<Sent> all;
    for (const SmfEvent& event : song.events) {
        const auto bytes = song.bytes(event);
        all.push_back({event.at, Bytes(bytes.begin(), bytes.end())});
    }
    return all;
}

/// The events of a file that is expected to be fine; none otherwise, which no test expects.
inline std::vector<Sent> play(const Bytes& file) {
    const auto song = read_smf(file, "song.mid");
    return song ? sent_by(*song) : std::vector<Sent>{};
}

/// The complaint about a file that is expected to be refused.
inline std::string complaint(const Bytes& file) {
    const auto song = read_smf(file, "song.mid");
    return song ? "(accepted)" : song.error().message;
}

}  // namespace midinet::midi::test
