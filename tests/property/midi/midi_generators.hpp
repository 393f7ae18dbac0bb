// Random MIDI for properties: few channels, notes and numbers, so that messages meet, in phrases
// that mean something.
#pragma once

#include "unit/midi/midi_printing.hpp"

#include <rapidcheck.h>

namespace midinet::midi {

inline rc::Gen<unsigned> up_to(unsigned highest) { return rc::gen::inRange(0U, highest + 1); }
inline rc::Gen<unsigned> any_data() {
    return rc::gen::oneOf(rc::gen::element(0U, 63U, 64U, 127U), up_to(127));
}

/// Two ordinary channels, the first of which also carries MPE zones.
inline rc::Gen<unsigned> any_channel() { return rc::gen::element(0U, 1U); }

inline rc::Gen<Messages> one(const rc::Gen<Message>& message) {
    return rc::gen::map(message, [](const Message& m) { return Messages{m}; });
}

inline rc::Gen<Messages> any_note_phrase() {
    const auto note = rc::gen::inRange(60U, 64U);
    return rc::gen::oneOf(
        one(rc::gen::apply([](unsigned c, unsigned n, unsigned v) { return note_on(c, n, v); },
                           any_channel(), note, any_data())),
        one(rc::gen::apply([](unsigned c, unsigned n) { return note_off(c, n); }, any_channel(),
                           note)),
        one(rc::gen::apply(
            [](unsigned c, unsigned n, unsigned v) { return poly_pressure(c, n, v); },
            any_channel(), note, any_data())));
}

inline rc::Gen<Messages> any_value_phrase() {
    const auto controller = rc::gen::oneOf(
        rc::gen::element(0U, 1U, 7U, 16U, 32U, 33U, 39U, 47U, 64U, 66U, 69U, 74U), up_to(119));
    return rc::gen::oneOf(
        one(rc::gen::apply(
            [](unsigned c, unsigned k, unsigned v) { return control_change(c, k, v); },
            any_channel(), controller, any_data())),
        one(rc::gen::apply([](unsigned c, unsigned p) { return program_change(c, p); },
                           any_channel(), any_data())),
        one(rc::gen::apply([](unsigned c, unsigned v) { return pitch_bend(c, v); }, any_channel(),
                           rc::gen::element(0U, 8192U, 16383U))),
        one(rc::gen::apply([](unsigned c, unsigned v) { return channel_pressure(c, v); },
                           any_channel(), any_data())));
}

/// A selection, perhaps by half or null, and what may follow one.
inline rc::Gen<Messages> any_parameter_phrase() {
    const auto select = rc::gen::apply(
        [](unsigned c, bool nrpn, unsigned msb, unsigned lsb) {
            return Messages{control_change(c, nrpn ? 99 : 101, msb),
                            control_change(c, nrpn ? 98 : 100, lsb)};
        },
        any_channel(), rc::gen::arbitrary<bool>(), rc::gen::element(0U, 1U, 127U),
        rc::gen::oneOf(up_to(9), rc::gen::just(127U)));
    const auto part = rc::gen::apply(
        [](unsigned c, unsigned k, unsigned v) { return Messages{control_change(c, k, v)}; },
        any_channel(), rc::gen::element(6U, 6U, 38U, 38U, 96U, 97U, 98U, 99U, 100U, 101U),
        any_data());
    return rc::gen::oneOf(select, part, part);
}

/// Enough parameters in a row to overflow the table.
inline rc::Gen<Messages> any_parameter_flood() {
    return rc::gen::apply(
        [](unsigned c, unsigned first, unsigned count, unsigned stride, bool lsb) {
            Messages all;
            for (unsigned i = 0; i < count; ++i) {
                all.push_back(control_change(c, 99, 0));
                all.push_back(control_change(c, 98, first + i * stride));
                all.push_back(control_change(c, lsb && i % 3 == 0 ? 38 : 6, i));
            }
            return all;
        },
        any_channel(), up_to(40), up_to(40), rc::gen::inRange(1U, 4U), rc::gen::arbitrary<bool>());
}

inline rc::Gen<Messages> any_system_phrase() {
    return rc::gen::oneOf(
        one(rc::gen::element(Message{0xFA}, Message{0xFB}, Message{0xFC}, Message{0xF8},
                             Message{0xF6}, Message{0xF3, 0x05}, Message{0xF3, 0x06},
                             Message{0xF2, 0x10, 0x01}, Message{0xF2, 0x00, 0x00},
                             Message{0xF0, 0x01, 0xF7})),
        one(rc::gen::apply([](unsigned c, unsigned k) { return control_change(c, k, 0); },
                           any_channel(), rc::gen::inRange(120U, 128U))));
}

/// A performance: phrases one after the other. System reset is rare, or little would be left to
/// look at.
inline rc::Gen<Messages> any_performance() {
    const auto phrase = rc::gen::weightedOneOf<Messages>({{6, any_note_phrase()},
                                                          {6, any_value_phrase()},
                                                          {8, any_parameter_phrase()},
                                                          {1, any_parameter_flood()},
                                                          {2, any_system_phrase()}});
    return rc::gen::map(rc::gen::container<std::vector<Messages>>(phrase),
                        [](const std::vector<Messages>& phrases) {
                            Messages all;
                            for (const Messages& p : phrases)
                                all.insert(all.end(), p.begin(), p.end());
                            return all;
                        });
}

}  // namespace midinet::midi
