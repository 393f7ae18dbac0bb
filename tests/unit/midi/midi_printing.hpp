// What tests of MIDI code share: readable failures, and sinks that remember.
#pragma once

#include "midi/parser.hpp"
#include "midi/state.hpp"

#include <iomanip>
#include <ostream>
#include <vector>

namespace midinet::midi {

inline std::ostream& operator<<(std::ostream& out, const Message& message) {
    const auto flags = out.flags();
    out << std::hex << std::uppercase << std::setfill('0');
    for (const unsigned byte : message.bytes()) out << std::setw(2) << byte << ' ';
    out.flags(flags);
    return out;
}

inline std::ostream& operator<<(std::ostream& out, const StateRecord& r) {
    return out << "{channel " << +r.channel << " cell " << static_cast<unsigned>(r.cell) << " key "
               << r.key << " value " << r.value << " age " << r.age_ms << "}";
}

using Bytes = std::vector<std::uint8_t>;
using Messages = std::vector<Message>;
using Records = std::vector<StateRecord>;

struct MessageLog final : MessageSink {
    Messages messages;
    void on_message(const Message& message) noexcept override { messages.push_back(message); }
};

struct RecordLog final : RecordSink {
    Records records;
    void on_record(const StateRecord& record) noexcept override { records.push_back(record); }
};

inline Records records_of(const PortState& state, std::uint64_t now_us = 0) {
    RecordLog log;
    state.for_each(now_us, log);
    return log.records;
}

inline void apply_all(PortState& state, const Messages& messages, std::uint64_t now_us = 0) {
    for (const Message& message : messages) state.apply(message, now_us);
}

inline PortState state_after(const Messages& messages, std::uint64_t now_us = 0) {
    PortState state;
    apply_all(state, messages, now_us);
    return state;
}

/// Everything a parser says, in a form that does not depend on where pieces of a long SysEx were
/// cut.
struct ParserLog final : ParserSink {
    Messages messages;  ///< all of them, real-time included
    Messages without_realtime;
    std::vector<Bytes> sysex;    ///< long ones, complete
    std::vector<Bytes> aborted;  ///< what had been handed out of long ones that were cut off
    std::vector<Bytes> order;  ///< all complete things but real-time, long SysEx included, in order
    Bytes current;
    bool open = false;
    bool contract_kept = true;

    void on_message(const Message& message) noexcept override {
        messages.push_back(message);
        contract_kept &= is_well_formed(message.bytes());
        if (message.is_realtime_message()) return;
        contract_kept &= !open;
        without_realtime.push_back(message);
        order.emplace_back(message.bytes().begin(), message.bytes().end());
    }
    void on_sysex_piece(std::span<const std::uint8_t> bytes, bool first,
                        bool last) noexcept override {
        contract_kept &= first != open && !bytes.empty();
        open = !last;
        current.insert(current.end(), bytes.begin(), bytes.end());
        if (!last) return;
        sysex.push_back(current);
        order.push_back(current);
        current.clear();
    }
    void on_sysex_aborted() noexcept override {
        contract_kept &= open;
        open = false;
        aborted.push_back(current);
        current.clear();
    }
};

}  // namespace midinet::midi
