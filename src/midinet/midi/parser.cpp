#include "midi/parser.hpp"

#include <algorithm>

namespace midinet::midi {

void StreamParser::feed(std::span<const std::uint8_t> bytes, ParserSink& sink) noexcept {
    for (std::size_t i = 0; i < bytes.size();) {
        const std::uint8_t byte = bytes[i];
        if (is_realtime(byte)) {
            ++counters_.messages;
            if (byte == 0xFE) ++counters_.active_sensing;
            sink.on_message(Message{byte});
            ++i;
        } else if (mode_ == Mode::LongSysEx) {
            i += feed_long_sysex(bytes.subspan(i), sink);
        } else {
            if (is_status(byte))
                begin(byte, sink);
            else
                data(byte, sink);
            ++i;
        }
    }
}

void StreamParser::reset(ParserSink& sink) noexcept {
    abandon(sink);
    running_status_ = 0;
}

void StreamParser::begin(std::uint8_t status, ParserSink& sink) noexcept {
    if (status == 0xF7) {
        end_sysex(sink);
        return;
    }
    abandon(sink);
    running_status_ = is_channel(status) ? status : std::uint8_t{0};
    pending_ = Message{status};
    if (status == 0xF0) {
        mode_ = Mode::ShortSysEx;
        return;
    }
    expected_ = static_cast<std::uint8_t>(message_size(status));
    mode_ = Mode::Message;
    if (expected_ == 1) {
        ++counters_.messages;
        mode_ = Mode::Idle;
        sink.on_message(pending_);
    }
}

void StreamParser::data(std::uint8_t byte, ParserSink& sink) noexcept {
    if (mode_ == Mode::Idle) {
        if (running_status_ == 0) {
            ++counters_.stray_bytes;
            return;
        }
        pending_ = Message{running_status_};
        expected_ = static_cast<std::uint8_t>(message_size(running_status_));
        mode_ = Mode::Message;
    }
    pending_.push_back(byte);
    if (mode_ == Mode::Message) {
        if (pending_.size() < expected_) return;
        ++counters_.messages;
        mode_ = Mode::Idle;
        sink.on_message(pending_);
    } else if (pending_.size() == Message::kMaxInline) {  // no room left for its F7: a long one
        mode_ = Mode::LongSysEx;
        sink.on_sysex_piece(pending_.bytes(), true, false);
    }
}

void StreamParser::end_sysex(ParserSink& sink) noexcept {
    if (mode_ == Mode::ShortSysEx) {
        pending_.push_back(0xF7);
        ++counters_.messages;
        mode_ = Mode::Idle;
        sink.on_message(pending_);
        return;
    }
    abandon(sink);
    running_status_ = 0;
    ++counters_.stray_bytes;
}

void StreamParser::abandon(ParserSink& sink) noexcept {
    const Mode was = mode_;
    mode_ = Mode::Idle;
    if (was == Mode::Message) ++counters_.torn_messages;
    if (was == Mode::ShortSysEx || was == Mode::LongSysEx) ++counters_.aborted_sysex;
    if (was == Mode::LongSysEx) sink.on_sysex_aborted();
}

/// Hands out the run of data bytes at the front of `bytes`, with the F7 that may end it, and
/// returns its length. Any other status byte ends the run; feed() deals with it next: a real-time
/// byte passes, and the rest come back here at the front and abort the message, so that what is
/// handed out does not depend on how the bytes were chunked.
std::size_t StreamParser::feed_long_sysex(std::span<const std::uint8_t> bytes,
                                          ParserSink& sink) noexcept {
    const auto end = std::find_if(bytes.begin(), bytes.end(), is_status);
    auto length = static_cast<std::size_t>(end - bytes.begin());
    const bool ended = end != bytes.end() && *end == 0xF7;
    if (ended) {
        ++length;
        ++counters_.messages;
        mode_ = Mode::Idle;
    } else if (length == 0) {
        abandon(sink);  // begin() takes the status byte
        return 0;
    }
    sink.on_sysex_piece(bytes.first(length), false, ended);
    return length;
}

}  // namespace midinet::midi
