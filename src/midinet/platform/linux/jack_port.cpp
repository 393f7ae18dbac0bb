#include "platform/linux/jack_port.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <thread>

namespace midinet::platform {
namespace {

/// Of JACK's buffer of a period: what is no message's.
constexpr std::size_t kBufferOverhead = 128;
/// What a server may add to a client's name to make it unique: "-01".
constexpr std::size_t kUniqueSuffix = 4;
constexpr Duration kDrainPatience = 100ms;
constexpr Duration kLookAgain = 1s;
constexpr const char* kNoServer =
    "no JACK server runs for this user: start jackd, or PipeWire with its JACK library "
    "(pipewire-jack), as the user of this program; it is looked for once a second";

/// Units: frames. `age`: negative counts as none.
std::uint32_t to_frames(Duration age, std::uint32_t rate) noexcept {
    const auto known = std::clamp<Duration>(age, Duration::zero(), 10s);
    return static_cast<std::uint32_t>(known.count() * rate / Duration{1s}.count());
}

std::size_t longest_message(jack_client_t* client) {
    const auto size = jack().port_type_get_buffer_size(client, JACK_DEFAULT_MIDI_TYPE);
    return size > kBufferOverhead ? size - kBufferOverhead : 0;
}

}  // namespace

JackPort::JackPort(JackClient client, FileDescriptor event, const io::DeviceInfo& device)
    : info_(device),
      feedback_(std::move(event), info_),
      rate_(jack().get_sample_rate(client.get())),
      client_(std::move(client)) {
    info_.name = jack().get_client_name(client_.get());
    if (info_.ports.empty()) info_.ports = {device.name};
}

JackPort::~JackPort() {
    const auto end = clock_.now() + kDrainPatience;
    const auto wait_for = [&](const auto& done) {
        while (!done() && !feedback_.lost() && clock_.now() < end) std::this_thread::sleep_for(1ms);
    };
    wait_for([&] { return all_played(); });
    // The cycle that took the last of it is still being played.
    const auto cycle = cycles_.load(std::memory_order_acquire);
    wait_for([&] { return cycles_.load(std::memory_order_acquire) != cycle; });
}

bool JackPort::all_played() const noexcept {
    return std::all_of(lines_.begin(), lines_.end(),
                       [](const auto& line) { return line->queue.empty(); });
}

Result<std::unique_ptr<io::VirtualPort>> JackPort::create(JackClient client,
                                                          const io::DeviceInfo& device) {
    FileDescriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event.valid()) return fail_errno("creating an event descriptor");
    std::unique_ptr<JackPort> port(new JackPort(std::move(client), std::move(event), device));
    if (auto added = port->add_ports(); !added) return tl::unexpected(added.error());
    if (auto active = port->activate(); !active) return tl::unexpected(active.error());
    return port;
}

Result<void> JackPort::add_ports() {
    const auto room = static_cast<std::size_t>(jack().port_name_size());
    const auto names =
        jack_port_names(info_, {.client = 0, .port = room - info_.name.size() - sizeof(":")});
    const auto longest = longest_message(client_.get());
    const auto add = [&](const std::string& name, JackPortFlags direction) {
        return jack().port_register(
            client_.get(), name.c_str(), JACK_DEFAULT_MIDI_TYPE,
            static_cast<unsigned long>(direction | JackPortIsPhysical | JackPortIsTerminal), 0);
    };
    for (const auto& name : names) {
        auto line = std::make_unique<Line>(longest);
        line->out = add(name.out, JackPortIsOutput);
        line->in = add(name.in, JackPortIsInput);
        if (line->out == nullptr || line->in == nullptr)
            return fail("JACK refuses the port \"" + info_.name + ":" + name.out +
                        "\": it has no room for more ports (jackd --port-max), or the name twice");
        lines_.push_back(std::move(line));
    }
    return {};
}

Result<void> JackPort::activate() {
    jack().on_shutdown(client_.get(), on_shutdown, this);
    if (jack().set_process_callback(client_.get(), on_cycle, this) == 0 &&
        jack().activate(client_.get()) == 0)
        return {};
    return fail("JACK does not start the client \"" + info_.name + "\"");
}

io::WriteResult JackPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                TimePoint when) noexcept {
    if (feedback_.lost()) return io::WriteResult::Lost;
    // A stream with more ports than the device had when this was opened: the last one takes them.
    return lines_[std::min<std::size_t>(port.value, lines_.size() - 1)]->queue.write(bytes, when);
}

int JackPort::on_cycle(jack_nframes_t frames, void* self) noexcept {
    static_cast<JackPort*>(self)->cycle(frames);
    return 0;
}

void JackPort::on_shutdown(void* self) noexcept { static_cast<JackPort*>(self)->feedback_.lose(); }

void JackPort::cycle(jack_nframes_t frames) noexcept {
    const Moment moment{.cycle = {.start = jack().last_frame_time(client_.get()), .frames = frames},
                        .now = clock_.now(),
                        .frame = jack().frame_time(client_.get()),
                        .rate = rate_};
    bool heard = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        play(*lines_[i], moment);
        heard = hear(*lines_[i], {static_cast<std::uint8_t>(i)}, frames) || heard;
    }
    cycles_.fetch_add(1, std::memory_order_release);
    if (heard) feedback_.wake();
}

/// What is due in this cycle, as far as JACK's buffer has room.
void JackPort::play(Line& line, const Moment& moment) noexcept {
    void* buffer = jack().port_get_buffer(line.out, moment.cycle.frames);
    jack().midi_clear_buffer(buffer);
    std::uint32_t at = 0;
    bool first = true;
    while (const auto* head = line.queue.front()) {
        const auto frame = moment.frame - to_frames(moment.now - head->when, moment.rate);
        const auto place = place_in(moment.cycle, frame);
        if (!place) return;
        at = std::max(at, *place);  // JACK wants them in order
        auto* bytes = jack().midi_event_reserve(buffer, at, head->size);
        if (bytes == nullptr) {
            // It would never fit: the periods became shorter. Another port will know.
            if (first) feedback_.lose();
            return;
        }
        line.queue.pop({bytes, head->size});
        first = false;
    }
}

bool JackPort::hear(const Line& line, PortIndex index, jack_nframes_t frames) noexcept {
    void* buffer = jack().port_get_buffer(line.in, frames);
    const auto count = jack().midi_get_event_count(buffer);
    for (std::uint32_t i = 0; i < count; ++i) {
        jack_midi_event_t event{};
        if (jack().midi_event_get(&event, buffer, i) == 0)
            feedback_.push(index, {event.buffer, event.size});
    }
    return count > 0;
}

Result<void> JackPortOpener::check() const {
    if (jack().complete) return {};
    return fail(
        "JACK's library (libjack.so.0) is not installed: install libjack-jackd2-0, or start "
        "midi-client with PipeWire's (`pw-jack midi-client`, package pipewire-jack), or choose "
        "another midi.port");
}

Result<std::unique_ptr<io::VirtualPort>> JackPortOpener::open(const io::DeviceInfo& device) {
    if (auto possible = check(); !possible) return tl::unexpected(possible.error());
    if (clock_.now() < next_look_) return fail(kNoServer);
    auto named = device;
    if (!name_.empty()) named.name = name_;
    const auto room = static_cast<std::size_t>(jack().client_name_size()) - 1 - kUniqueSuffix;
    const auto name = jack_client_name(named, {.client = room, .port = 0});
    jack_status_t status{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): JACK's function
    JackClient client(jack().client_open(name.c_str(), JackNoStartServer, &status));
    if (client == nullptr) {
        next_look_ = clock_.now() + kLookAgain;
        if ((static_cast<unsigned>(status) & JackServerFailed) != 0) return fail(kNoServer);
        return fail("the JACK server refuses the client \"" + name + "\" (status " +
                    std::to_string(static_cast<unsigned>(status)) + "): look at its own log");
    }
    return JackPort::create(std::move(client), named);
}

}  // namespace midinet::platform
