#include "midi_model.hpp"

#include <algorithm>
#include <cstdio>

namespace midinet::simtest {
namespace {

constexpr std::array kPedals{64U, 66U, 69U};

std::size_t length_of(std::uint8_t status) {
    if (status < 0xF0) return (status & 0xE0U) == 0xC0U ? 2 : 3;
    if (status == 0xF1 || status == 0xF3) return 2;
    return status == 0xF2 ? 3 : 1;
}

std::string differs(const std::string& what, int wanted, int got) {
    return what + " is " + std::to_string(got) + " instead of " + std::to_string(wanted);
}

}  // namespace

std::string hex(BytesView bytes) {
    std::string text;
    for (const auto byte : bytes.first(std::min<std::size_t>(bytes.size(), 12))) {
        std::array<char, 4> two{};
        std::snprintf(two.data(), two.size(), "%02X ", byte);
        text += two.data();
    }
    return text + (bytes.size() > 12 ? "... " + std::to_string(bytes.size()) + " bytes" : "");
}

// Bytes to messages.

void Splitter::feed(BytesView bytes, const OnMessage& on_message) {
    for (const auto byte : bytes) feed_byte(byte, on_message);
}

void Splitter::reset() {
    if (!pending_.empty()) ++cut_off_;
    pending_.clear();
    running_ = 0;
}

void Splitter::feed_byte(std::uint8_t byte, const OnMessage& on_message) {
    if (byte >= 0xF8) {
        on_message(BytesView{&byte, 1});
        return;
    }
    const bool in_sysex = !pending_.empty() && pending_[0] == 0xF0;
    if (byte >= 0x80 && !(in_sysex && byte == 0xF7)) {
        if (!pending_.empty()) ++cut_off_;
        pending_.clear();
        running_ = byte < 0xF0 ? byte : std::uint8_t{0};
        if (byte == 0xF7) return;
        pending_.push_back(byte);
    } else {
        if (pending_.empty()) {
            if (running_ == 0) return;
            pending_.push_back(running_);
        }
        pending_.push_back(byte);
    }
    const bool whole =
        pending_[0] == 0xF0 ? byte == 0xF7 : pending_.size() == length_of(pending_[0]);
    if (!whole) return;
    on_message(pending_);
    pending_.clear();
}

// Messages to state.

Model::Channel& Model::channel(unsigned index) {
    if (!channels_[index]) channels_[index] = std::make_unique<Channel>();
    return *channels_[index];
}

int Model::Channel::selected() const noexcept {
    if (number_msb < 0 || number_lsb < 0 || (number_msb == 127 && number_lsb == 127)) return -1;
    return (nrpn ? 16384 : 0) + number_msb * 128 + number_lsb;
}

void Model::apply(BytesView message, TimePoint now) {
    const auto status = message[0];
    if (status >= 0xF0) return system(message);
    Channel& c = channel(status & 0x0FU);
    const int value = message.size() > 2 ? message[2] : 0;
    switch (status & 0xF0U) {
        case 0x90:
            if (value > 0) {
                auto& note = c.notes[message[1]];
                note.on.push_back(now);
                if (note.count < 255) ++note.count;
                note.on.erase(note.on.begin(),
                              note.on.end() - static_cast<std::ptrdiff_t>(note.count));
                return;
            }
            [[fallthrough]];
        case 0x80:
            if (auto& note = c.notes[message[1]]; note.count > 0) {
                note.on.pop_back();
                if (--note.count == 0) note.pressure = -1;
            }
            return;
        case 0xA0:
            if (c.notes[message[1]].count > 0) c.notes[message[1]].pressure = value;
            return;
        case 0xB0:
            return control_change(c, message[1], value);
        case 0xC0:
            c.program = message[1];
            c.bank_msb = c.control[0];
            c.bank_lsb = c.control[32];
            return;
        case 0xD0:
            c.pressure = message[1];
            return;
        default:
            c.bend = message[1] + 128 * value;
            return;
    }
}

void Model::system(BytesView message) {
    switch (message[0]) {
        case 0xF2:
            position_ = message[1] + 128 * message[2];
            break;
        case 0xF3:
            song_ = message[1];
            break;
        case 0xFA:
            transport_ = 1;
            break;
        case 0xFB:
            transport_ = 2;
            break;
        case 0xFC:
            transport_ = 0;
            break;
        case 0xFF:
            *this = Model{};
            break;
        default:
            break;
    }
}

void Model::silence(Channel& c) {
    for (auto& note : c.notes) note = {};
}

void Model::control_change(Channel& c, unsigned controller, int value) {
    switch (controller) {
        case 6:
        case 38:
        case 96:
        case 97:
            data_entry(c, controller, value);
            return;
        case 98:
        case 99:
        case 100:
        case 101: {
            const bool nrpn = controller <= 99;
            if (nrpn != c.nrpn) c.number_msb = c.number_lsb = -1;
            c.nrpn = nrpn;
            (controller == 99 || controller == 101 ? c.number_msb : c.number_lsb) = value;
            return;
        }
        case 121:
            reset_controllers(c);
            return;
        case 122:
            return;
        default:
            break;
    }
    if (controller >= 120)
        silence(c);
    else
        c.control[controller] = value;
}

void Model::data_entry(Channel& c, unsigned controller, int value) {
    const int number = c.selected();
    if (number < 0) return;
    if (controller == 6) {
        c.parameters[number] = {value, 0};
        return;
    }
    if (controller == 38) {
        c.parameters[number].lsb = value;
        return;
    }
    const auto found = c.parameters.find(number);
    if (found == c.parameters.end()) return;
    auto& entry = found->second;
    if (entry.msb < 0) {
        c.parameters.erase(found);
        return;
    }
    const int step = controller == 96 ? 1 : -1;
    if (number >= 2 && number <= 4) {
        entry.msb = std::clamp(entry.msb + step, 0, 127);
        return;
    }
    const int next = std::clamp(entry.msb * 128 + entry.lsb + step, 0, 16383);
    entry = {next / 128, next % 128};
}

void Model::reset_controllers(Channel& c) {
    for (const unsigned zero : {1U, 64U, 65U, 66U, 67U}) c.control[zero] = 0;
    c.control[11] = 127;
    c.bend = 8192;
    c.pressure = 0;
    for (auto& note : c.notes)
        if (note.pressure >= 0) note.pressure = 0;
    c.nrpn = false;
    c.number_msb = c.number_lsb = 127;
}

std::vector<Bytes> Model::releases() const {
    std::vector<Bytes> messages;
    for (unsigned i = 0; i < 16; ++i) {
        if (!channels_[i]) continue;
        const auto& c = *channels_[i];
        for (unsigned n = 0; n < 128; ++n)
            for (unsigned k = 0; k < c.notes[n].count; ++k)
                messages.push_back(
                    {static_cast<std::uint8_t>(0x80 + i), static_cast<std::uint8_t>(n), 64});
        for (const unsigned pedal : kPedals)
            if (c.control[pedal] > 0)
                messages.push_back(
                    {static_cast<std::uint8_t>(0xB0 + i), static_cast<std::uint8_t>(pedal), 0});
    }
    return messages;
}

bool Model::is_on(unsigned note) const {
    const auto& c = channels_[note / 128];
    return c && c->notes[note % 128].count > 0;
}

std::vector<unsigned> Model::notes_on() const {
    std::vector<unsigned> notes;
    for (unsigned note = 0; note < 16 * 128; ++note)
        if (is_on(note)) notes.push_back(note);
    return notes;
}

unsigned Model::sounding() const {
    unsigned sum = 0;
    for (const auto& c : channels_)
        if (c)
            for (const auto& note : c->notes) sum += note.count;
    return sum;
}

// Comparing.

std::string Model::difference(const Model& port, const Leave& leave, TimePoint now) const {
    static const Channel nothing;
    const auto at = [](const Model* model, unsigned i) -> const Channel& {
        return model != nullptr && model->channels_[i] ? *model->channels_[i] : nothing;
    };
    for (unsigned i = 0; i < 16; ++i) {
        if (!channels_[i] && !port.channels_[i]) continue;
        const auto& source = at(this, i);
        const auto& told = at(&port, i);
        for (const auto& wrong :
             {compare_notes(source, told, at(leave.beside, i), leave.must_sound, now),
              compare_values(source, told), compare_parameters(source, told)})
            if (!wrong.empty()) return "channel " + std::to_string(i + 1) + ": " + wrong;
    }
    if (transport_ >= 0 && transport_ != port.transport_)
        return differs("transport", transport_, port.transport_);
    if (position_ >= 0 && position_ != port.position_)
        return differs("song position", position_, port.position_);
    if (song_ >= 0 && song_ != port.song_) return differs("song", song_, port.song_);
    return {};
}

std::string Model::compare_notes(const Channel& source, const Channel& port, const Channel& beside,
                                 Duration must_sound, TimePoint now) {
    for (unsigned n = 0; n < 128; ++n) {
        const auto& want = source.notes[n];
        const auto& got = port.notes[n];
        const auto name = "note " + std::to_string(n);
        if (got.count > std::max(want.count, beside.notes[n].count))
            return "stuck: " +
                   differs(name, static_cast<int>(want.count), static_cast<int>(got.count));
        const auto due = std::count_if(want.on.begin(), want.on.end(),
                                       [&](TimePoint on) { return now - on < must_sound; });
        if (got.count < static_cast<unsigned>(due))
            return "missing: " +
                   differs(name, static_cast<int>(want.count), static_cast<int>(got.count));
        // Pressure of an older note-on that was not started again went with it.
        const bool whole = got.count > 0 && got.count == want.count;
        if (whole && want.pressure >= 0 && want.pressure != got.pressure)
            return differs(name + " pressure", want.pressure, got.pressure);
    }
    return {};
}

std::string Model::compare_values(const Channel& source, const Channel& port) {
    for (unsigned i = 0; i < 120; ++i)
        if (source.control[i] >= 0 && source.control[i] != port.control[i])
            return differs("controller " + std::to_string(i), source.control[i], port.control[i]);
    if (source.bend >= 0 && source.bend != port.bend)
        return differs("bend", source.bend, port.bend);
    if (source.pressure >= 0 && source.pressure != port.pressure)
        return differs("pressure", source.pressure, port.pressure);
    if (source.program < 0) return {};
    if (source.program != port.program) return differs("program", source.program, port.program);
    if (source.bank_msb >= 0 && source.bank_msb != port.bank_msb)
        return differs("bank MSB", source.bank_msb, port.bank_msb);
    if (source.bank_lsb >= 0 && source.bank_lsb != port.bank_lsb)
        return differs("bank LSB", source.bank_lsb, port.bank_lsb);
    return {};
}

std::string Model::compare_parameters(const Channel& source, const Channel& port) {
    for (const auto& [number, want] : source.parameters) {
        const auto found = port.parameters.find(number);
        const Entry got = found != port.parameters.end() ? found->second : Entry{};
        const auto name = "parameter " + std::to_string(number);
        if (want.msb >= 0 && want.msb != got.msb) return differs(name + " MSB", want.msb, got.msb);
        if (want.lsb >= 0 && want.lsb != got.lsb) return differs(name + " LSB", want.lsb, got.lsb);
    }
    if (source.number_msb < 0 || source.number_lsb < 0) return {};
    if (source.selected() != port.selected())
        return differs("selection", source.selected(), port.selected());
    return {};
}

}  // namespace midinet::simtest
