#include "midi/smf_track.hpp"

#include "midi/message.hpp"

#include <algorithm>

namespace midinet::midi {
namespace {

constexpr std::uint8_t kMetaEndOfTrack = 0x2F;

std::string hex(std::uint8_t byte) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    return {kDigits[byte >> 4U], kDigits[byte & 0x0FU]};
}

}  // namespace

std::string smf_place(const std::string& name, std::size_t offset) {
    return name + ": byte " + std::to_string(offset) + ": ";
}

Result<SmfItem> SmfTrackCursor::next() {
    if (at_ == track_.end) return end_without_mark();
    tick_ += number("a delta time");
    SmfItem item{.what = SmfItem::What::Packet, .tick = tick_, .offset = at_};
    const std::uint8_t first = byte("an event");
    if (first == 0xFF) {
        read_meta(item);
    } else if (first == 0xF0) {
        item.what = SmfItem::What::SysEx;
        item.status = first;
        item.data = block("a SysEx event");
    } else if (first == 0xF7) {
        item.data = block("an F7 event");
    } else if (first > 0xF0) {
        fault(item.offset, "holds " + hex(first) + " where an event must begin; only channel " +
                               "messages, F0, F7 and FF can stand there");
    } else {
        read_channel(item, first);
    }
    if (!fault_.empty()) return fail(fault_);
    return item;
}

void SmfTrackCursor::read_channel(SmfItem& item, std::uint8_t first) {
    item.what = SmfItem::What::Channel;
    if (is_status(first)) {
        running_status_ = first;
    } else {
        if (running_status_ == 0)
            fault(item.offset, "holds the data byte " + hex(first) +
                                   " where a status byte is expected: no status came before");
        --at_;
    }
    item.status = running_status_;
    const std::size_t start = at_;
    for (std::size_t i = 1; i < message_size(running_status_); ++i) {
        const std::uint8_t data = byte("a channel message");
        if (is_status(data))
            fault(at_ - 1, "holds " + hex(data) + " where a data byte of the message " +
                               hex(running_status_) + " is expected");
    }
    item.data = file_.subspan(start, at_ - start);
}

void SmfTrackCursor::read_meta(SmfItem& item) {
    item.what = SmfItem::What::Meta;
    item.status = byte("a meta event");
    item.data = block("a meta event");
    if (item.status == kMetaEndOfTrack) item.what = SmfItem::What::End;
}

Result<SmfItem> SmfTrackCursor::end_without_mark() {
    if (track_.cut) {
        fault_at_end("its events");
        return fail(fault_);
    }
    return SmfItem{.what = SmfItem::What::EndWithoutMark, .tick = tick_, .offset = at_};
}

std::uint8_t SmfTrackCursor::byte(const char* inside) {
    if (at_ < track_.end) return file_[at_++];
    fault_at_end(inside);
    return 0;
}

/// A variable-length quantity: seven bits a byte, the top bit set on all but the last, at most four
/// bytes.
std::uint32_t SmfTrackCursor::number(const char* inside) {
    const std::size_t start = at_;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint8_t b = byte(inside);
        value = (value << 7U) | (b & 0x7FU);
        if (b < 0x80) return value;
    }
    fault(start, std::string{"holds a number of more than four bytes in "} + inside);
    return 0;
}

std::span<const std::uint8_t> SmfTrackCursor::block(const char* inside) {
    const std::size_t size = number(inside);
    if (size > track_.end - at_) {
        at_ = track_.end;
        fault_at_end(inside);
    }
    if (!fault_.empty()) return {};
    at_ += size;
    return file_.subspan(at_ - size, size);
}

void SmfTrackCursor::fault(std::size_t offset, const std::string& what) {
    if (!fault_.empty()) return;  // the first one tells where it went wrong
    fault_ = smf_place(name_, offset) + "track " + std::to_string(track_.number) + " " + what;
}

void SmfTrackCursor::fault_at_end(const char* inside) {
    const bool truncated = track_.cut || track_.end == file_.size();
    fault(track_.end,
          std::string{"ends inside "} + inside + "; " +
              (truncated ? "the file is truncated" : "its chunk's length is too small"));
}

}  // namespace midinet::midi
