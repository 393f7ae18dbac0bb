// Runs of numbered events, and fragments of long SysEx. Layout: docs/wire_format.md §3 and §4.
#pragma once

#include "wire/event.hpp"
#include "wire/header.hpp"

#include <optional>

namespace midinet::wire {

/// Begins a Data payload.
struct DataHead {
    SourceId source{};
    Epoch epoch{};
    StreamTime sent_us = 0;  ///< the source's clock when this was sent; event ages count from here
    Sequence newest{};       ///< the highest number sent so far
    Sequence first_new{};    ///< older events are repeats; from this one on they are new
    friend bool operator==(const DataHead&, const DataHead&) = default;
};

/// Writes events into blocks of consecutive numbers, opening a new block where numbers jump. Used
/// by data, by heartbeats and by retransmissions. RT-safe.
class EventWriter {
  public:
    EventWriter(ByteWriter& writer, StreamTime sent_us) noexcept
        : writer_(writer), sent_us_(sent_us) {}
    /// False, and nothing written, when the event does not fit any more.
    bool add(const Event& event) noexcept;
    /// Bytes `event` takes on the wire, without a block header.
    static std::size_t encoded_size(const Event& event) noexcept;
    static constexpr std::size_t kBlockHeader = 6;  ///< first number u32, count u16

  private:
    ByteWriter& writer_;
    StreamTime sent_us_;
    std::size_t count_at_ = 0;  ///< where the open block's count is; 0 = none open
    std::uint16_t count_ = 0;
    Sequence next_;
};

/// Walks the blocks of events at the end of a Data or Heartbeat payload. `next` gives false at the
/// end and at the first malformed byte; `ok()` tells them apart. Well-formed means:
/// is_well_formed() messages, known kinds, port < kMaxPorts. Total; RT-safe.
class EventReader {
  public:
    EventReader(ByteView blocks, StreamTime sent_us) noexcept
        : reader_(blocks), sent_us_(sent_us) {}
    bool next(Event& event) noexcept;
    /// As `next`, for one who only wants to know whether all is well-formed.
    bool check_next() noexcept;
    /// The number of the event that `next` would give; nothing at the end.
    std::optional<Sequence> upcoming() noexcept;
    /// Passes over one, and looks at its length alone. Precondition: upcoming().
    void skip() noexcept;
    bool ok() const noexcept { return ok_; }

  private:
    /// One event as it lies in the datagram.
    struct Raw {
        std::uint8_t kind_and_port = 0;
        std::uint64_t age_us = 0;
        ByteView body{};
        EventKind kind() const noexcept { return static_cast<EventKind>(kind_and_port >> 4U); }
        PortIndex port() const noexcept {
            return PortIndex{static_cast<std::uint8_t>(kind_and_port & 0x0FU)};
        }
    };
    bool begin() noexcept;
    bool read(Raw& raw) noexcept;
    static bool read_body(Event& event, ByteView bytes) noexcept;
    static bool is_body_valid(const Raw& raw) noexcept;

    ByteReader reader_;
    StreamTime sent_us_;
    Sequence next_;
    std::uint16_t left_ = 0;
    bool ok_ = true;
};

/// Whether an EventReader comes to the end of `blocks` with nothing malformed on the way. Total;
/// RT-safe.
bool are_well_formed(ByteView blocks, StreamTime sent_us) noexcept;

/// Whether these can name a stream: source and epoch 0 stand for "none". RT-safe.
constexpr bool names_a_stream(SourceId source, Epoch epoch) noexcept {
    return source.value != 0 && epoch.value != 0;
}

struct DataView {
    DataHead head{};
    ByteView blocks{};  ///< for an EventReader, already validated: walking it cannot fail
};
void encode_data_head(ByteWriter& writer, const DataHead& head) noexcept;
/// Validates the whole payload first, so a malformed datagram changes nothing.
Decoded<DataView> decode_data(ByteView payload) noexcept;

/// One fragment of a long SysEx. `bytes` is 1..kFragmentBytes; offset is where it belongs in its
/// message.
struct Bulk {
    SourceId source{};
    Epoch epoch{};
    Sequence sequence{};  ///< number within the bulk lane of (source, epoch)
    PortIndex port{};
    std::uint32_t offset = 0;
    ByteView bytes{};
};
void encode_bulk(ByteWriter& writer, const Bulk& bulk) noexcept;
Decoded<Bulk> decode_bulk(ByteView payload) noexcept;

}  // namespace midinet::wire
