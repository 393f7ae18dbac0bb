// Plays a device: random music in all kinds of messages.
#pragma once

#include "base/random.hpp"
#include "midi_model.hpp"

namespace midinet::simtest {

/// What kind of piece it plays.
struct Piece {
    unsigned ports = 1;
    bool long_sysex = false;
    bool huge_sysex = false;  ///< now and then some 100 KB
    bool resets = false;      ///< FF, now and then
};

/// Every SysEx it plays is unlike any other: F0 7D source epoch port number(3) … F7, so that what
/// arrives twice, or in another order, is seen. All else is what a player does.
class Musician {
  public:
    struct Phrase {
        unsigned port = 0;
        Bytes bytes;
    };
    Musician(std::uint64_t seed, const Piece& piece, unsigned source)
        : random_(seed), piece_(piece), source_(source) {}

    /// The device starts anew: nothing is held, and its SysEx says so.
    void begin(unsigned epoch);
    Phrase next();
    /// A whole SysEx of about `size` bytes.
    Bytes sysex(unsigned port, std::size_t size);

  private:
    struct Held {
        unsigned port;
        std::uint8_t channel;
        std::uint8_t note;
    };
    std::uint8_t below(unsigned n) { return static_cast<std::uint8_t>(random_.below(n)); }
    std::uint8_t any_channel();
    void chord(Phrase& phrase);
    void release(Phrase& phrase);
    void sweep(Bytes& out);
    void program(Bytes& out);
    void parameter(Bytes& out);
    void expression(Phrase& phrase);
    void system(Bytes& out);
    void rare(Phrase& phrase);

    Random random_;
    Piece piece_;
    unsigned source_;
    unsigned epoch_ = 0;
    std::array<unsigned, 16> sysex_count_{};
    std::vector<Held> held_;
};

}  // namespace midinet::simtest
