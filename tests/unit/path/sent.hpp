// What a transmit stage sent, decoded again.
#pragma once

#include "path/types.hpp"
#include "wire/data.hpp"
#include "wire/heartbeat.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace midinet::path {

/// One datagram, and where it went: to a group, or to one peer.
struct Letter {
    std::optional<Group> group;
    Peer to;
    std::vector<std::byte> bytes;
    wire::Datagram decoded() const {
        const auto datagram = wire::decode_datagram(bytes);
        if (!datagram) ADD_FAILURE() << "malformed: " << wire::to_string(datagram.error());
        return datagram.value_or(wire::Datagram{});
    }
};

struct DataLetter {
    wire::DataHead head;
    std::vector<wire::Event> events;
};
struct BeatLetter {
    wire::Heartbeat beat;
    std::vector<wire::Event> events;
};
struct BulkLetter {
    Sequence sequence;
    PortIndex port;
    std::uint32_t offset;
    std::vector<std::byte> bytes;
};

inline std::vector<wire::Event> events_of(ByteView blocks, wire::StreamTime sent_us) {
    std::vector<wire::Event> events;
    wire::EventReader reader{blocks, sent_us};
    wire::Event event;
    while (reader.next(event)) events.push_back(event);
    return events;
}

inline std::vector<std::uint32_t> numbers_of(const std::vector<wire::Event>& events) {
    std::vector<std::uint32_t> numbers;
    for (const auto& event : events) numbers.push_back(event.sequence.value);
    return numbers;
}

/// first, first + 1, … last.
inline std::vector<std::uint32_t> counted(std::uint32_t first, std::uint32_t last) {
    std::vector<std::uint32_t> numbers;
    for (auto n = first; n <= last; ++n) numbers.push_back(n);
    return numbers;
}

/// Keeps all that is sent.
class Sent final : public DatagramOut {
  public:
    void multicast(Group group, std::span<std::byte> datagram) noexcept override {
        letters.push_back({group, {}, {datagram.begin(), datagram.end()}});
    }
    void unicast(Peer to, std::span<std::byte> datagram) noexcept override {
        letters.push_back({std::nullopt, to, {datagram.begin(), datagram.end()}});
    }
    std::vector<Letter> of(wire::PacketKind kind) const {
        std::vector<Letter> found;
        for (const auto& letter : letters)
            if (letter.decoded().header.kind == kind) found.push_back(letter);
        return found;
    }
    std::vector<DataLetter> data() const {
        std::vector<DataLetter> found;
        for (const auto& letter : of(wire::PacketKind::Data))
            if (const auto view = wire::decode_data(letter.decoded().payload))
                found.push_back({view->head, events_of(view->blocks, view->head.sent_us)});
        return found;
    }
    std::vector<BeatLetter> beats() const {
        std::vector<BeatLetter> found;
        for (const auto& letter : of(wire::PacketKind::Heartbeat))
            if (const auto view = wire::decode_heartbeat(letter.decoded().payload))
                found.push_back({view->beat, events_of(view->blocks, view->beat.sent_us)});
        return found;
    }
    std::vector<BulkLetter> bulk() const {
        std::vector<BulkLetter> found;
        for (const auto& letter : of(wire::PacketKind::Bulk))
            if (const auto b = wire::decode_bulk(letter.decoded().payload))
                found.push_back(
                    {b->sequence, b->port, b->offset, {b->bytes.begin(), b->bytes.end()}});
        return found;
    }
    void clear() { letters.clear(); }

    std::vector<Letter> letters;
};

/// F0, `size` - 2 data bytes that differ from place to place, F7.
inline std::vector<std::uint8_t> sysex_of(std::size_t size, unsigned seed = 1) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>((i * 31 + i / 128 + seed) & 0x7FU);
    bytes.front() = 0xF0;
    bytes.back() = 0xF7;
    return bytes;
}

}  // namespace midinet::path
