// A second, simple account of what MIDI bytes amount to: the checker's own, so that it shares no
// mistake with the product.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace midinet::simtest {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

/// Cuts one port's bytes into messages in full-status form, SysEx of any length whole. What is cut
/// off is dropped and counted.
class Splitter {
  public:
    using OnMessage = std::function<void(BytesView)>;
    void feed(BytesView bytes, const OnMessage& on_message);
    /// The cable is out: what is half there is gone.
    void reset();
    std::uint64_t cut_off() const noexcept { return cut_off_; }

  private:
    void feed_byte(std::uint8_t byte, const OnMessage& on_message);
    Bytes pending_;
    std::uint8_t running_ = 0;
    std::uint64_t cut_off_ = 0;
};

/// The state of one port. -1: not known.
class Model {
  public:
    /// Takes one complete message.
    void apply(BytesView message, TimePoint now);
    /// What a host sends when its device goes: note-offs as many as sound, then pedals up, channel
    /// by channel.
    std::vector<Bytes> releases() const;
    unsigned sounding() const;
    /// Channel * 128 + key of each note that is on.
    std::vector<unsigned> notes_on() const;
    /// Whether a note is, by its channel * 128 + key.
    bool is_on(unsigned note) const;
    struct Leave {
        Duration must_sound;            ///< older note-ons may be missing
        const Model* beside = nullptr;  ///< notes may sound that are on in this one
    };
    /// Empty when a port in state `port` is right for a source in this state; else what is wrong.
    /// Values this one does not know may be anything.
    std::string difference(const Model& port, const Leave& leave, TimePoint now) const;

  private:
    struct Note {
        unsigned count = 0;
        std::vector<TimePoint> on{};  ///< of the note-ons not yet answered, oldest first; MIDI does
                                      ///< not say which one a note-off answers: here the last
        int pressure = -1;
    };
    struct Entry {
        int msb = -1;
        int lsb = -1;
    };
    struct Channel {
        std::array<Note, 128> notes;
        std::array<int, 120> control;
        std::map<int, Entry> parameters;  ///< by number, NRPN from 16384 on
        int bend = -1;
        int pressure = -1;
        int program = -1;
        int bank_msb = -1;  ///< in force at the program change
        int bank_lsb = -1;
        bool nrpn = false;
        int number_msb = -1;
        int number_lsb = -1;
        Channel() { control.fill(-1); }
        int selected() const noexcept;
    };
    Channel& channel(unsigned index);
    void control_change(Channel& c, unsigned controller, int value);
    static void data_entry(Channel& c, unsigned controller, int value);
    static void reset_controllers(Channel& c);
    static void silence(Channel& c);
    void system(BytesView message);
    static std::string compare_notes(const Channel& source, const Channel& port,
                                     const Channel& beside, Duration must_sound, TimePoint now);
    static std::string compare_values(const Channel& source, const Channel& port);
    static std::string compare_parameters(const Channel& source, const Channel& port);

    std::array<std::unique_ptr<Channel>, 16> channels_;
    int transport_ = -1;
    int position_ = -1;
    int song_ = -1;
};

/// "90 3C 64", at most the first bytes of it.
std::string hex(BytesView bytes);

}  // namespace midinet::simtest
