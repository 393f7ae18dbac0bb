#include "platform/linux/alsa_seq_port.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace midinet::platform {
namespace {

constexpr const char* kDevicePath = "/dev/snd/seq";
constexpr const char* kOtherPorts = "set midi.port = \"stream:PATH\" or \"file:PATH\"";
/// Cells of the kernel's pool: a SysEx piece of 1,024 bytes takes about forty.
constexpr std::size_t kPoolCells = 2000;
constexpr std::size_t kLongestPiece = 1024;
constexpr std::size_t kEncoderBytes = 64;

tl::unexpected<Error> fail_alsa(const std::string& doing, int error) {
    return fail(doing + ": " + snd_strerror(error));
}

Result<Encoder> make_encoder() {
    snd_midi_event_t* encoder = nullptr;
    if (const int error = snd_midi_event_new(kEncoderBytes, &encoder); error < 0)
        return fail_alsa("making a MIDI encoder", error);
    return Encoder(encoder);
}

}  // namespace

Result<std::unique_ptr<io::VirtualPort>> AlsaSeqPort::create(const io::DeviceInfo& device) {
    snd_seq_t* raw = nullptr;
    if (const int error = snd_seq_open(&raw, "default", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK);
        error < 0)
        return fail_alsa("opening the ALSA sequencer", error);
    Sequencer sequencer(raw);
    auto encoder = make_encoder();
    auto decoder = make_encoder();
    if (!encoder || !decoder) return tl::unexpected((encoder ? decoder : encoder).error());
    std::unique_ptr<AlsaSeqPort> port(
        new AlsaSeqPort(device, std::move(sequencer), std::move(*encoder)));
    if (auto added = port->add_ports(); !added) return tl::unexpected(added.error());
    port->feedback_.emplace(port->sequencer_.get(), std::move(*decoder), port->info_, port->ports_);
    return port;
}

Result<void> AlsaSeqPort::add_ports() {
    if (const int error = snd_seq_set_client_name(sequencer_.get(), info_.name.c_str()); error < 0)
        return fail_alsa("naming the virtual device", error);
    snd_seq_set_client_pool_output(sequencer_.get(), kPoolCells);
    if (info_.ports.empty()) info_.ports = {info_.name};
    for (const std::string& name : info_.ports) {
        const int port = snd_seq_create_simple_port(
            sequencer_.get(), name.c_str(),
            SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ | SND_SEQ_PORT_CAP_WRITE |
                SND_SEQ_PORT_CAP_SUBS_WRITE | SND_SEQ_PORT_CAP_DUPLEX,
            SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_HARDWARE | SND_SEQ_PORT_TYPE_PORT);
        if (port < 0) return fail_alsa("making virtual port \"" + name + "\"", port);
        ports_.push_back(port);
    }
    prepare_long_pieces();
    return {};
}

/// The library allocates for long events when it meets the first; nobody listens yet, so it goes
/// nowhere.
void AlsaSeqPort::prepare_long_pieces() noexcept {
    std::array<std::uint8_t, kLongestPiece> piece{};
    piece.front() = 0xF0;
    piece.back() = 0xF7;
    write({}, piece, {});
}

io::WriteResult AlsaSeqPort::send(snd_seq_event_t& event, int port) noexcept {
    // By hand: the library's macros convert without saying so.
    event.source.port = static_cast<unsigned char>(port);
    event.dest.client = SND_SEQ_ADDRESS_SUBSCRIBERS;
    event.dest.port = SND_SEQ_ADDRESS_UNKNOWN;
    event.queue = SND_SEQ_QUEUE_DIRECT;
    const int error = snd_seq_event_output_direct(sequencer_.get(), &event);
    if (error >= 0) return io::WriteResult::Taken;
    return error == -EAGAIN || error == -ENOMEM ? io::WriteResult::Full : io::WriteResult::Lost;
}

io::WriteResult AlsaSeqPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                   TimePoint /*when*/) noexcept {
    // A stream with more ports than the device had when this was opened: the last one takes them.
    const int to = ports_[std::min<std::size_t>(port.value, ports_.size() - 1)];
    if (bytes.empty()) return io::WriteResult::Taken;
    snd_seq_event_t event;
    snd_seq_ev_clear(&event);
    const bool sysex_piece = bytes[0] == 0xF0 || bytes[0] < 0x80 || bytes[0] == 0xF7;
    if (sysex_piece) {
        event.type = SND_SEQ_EVENT_SYSEX;
        event.flags = SND_SEQ_EVENT_LENGTH_VARIABLE;
        event.data.ext.len = static_cast<unsigned>(bytes.size());
        // The sequencer only reads the bytes; its structure knows no const.
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
        event.data.ext.ptr = const_cast<std::uint8_t*>(bytes.data());
    } else {
        snd_midi_event_reset_encode(encoder_.get());
        const long used = snd_midi_event_encode(encoder_.get(), bytes.data(),
                                                static_cast<long>(bytes.size()), &event);
        if (used < 0 || event.type == SND_SEQ_EVENT_NONE) return io::WriteResult::Taken;
    }
    return send(event, to);
}

Result<void> AlsaSeqPortOpener::check() const {
    if (::access(kDevicePath, F_OK) != 0)
        return fail(std::string("this machine has no ALSA sequencer (") + kDevicePath +
                    " is missing): load it with `sudo modprobe snd-seq`, or " + kOtherPorts);
    if (::access(kDevicePath, R_OK | W_OK) != 0)
        return fail(std::string("no permission to use the ALSA sequencer (") + kDevicePath +
                    "): add the user to the group audio (`sudo usermod -aG audio USER`), or " +
                    kOtherPorts);
    return {};
}

Result<std::unique_ptr<io::VirtualPort>> AlsaSeqPortOpener::open(const io::DeviceInfo& device) {
    if (auto possible = check(); !possible) return tl::unexpected(possible.error());
    io::DeviceInfo named = device;
    if (!name_.empty()) named.name = name_;
    return AlsaSeqPort::create(named);
}

}  // namespace midinet::platform
