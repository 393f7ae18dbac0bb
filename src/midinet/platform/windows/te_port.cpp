#include "platform/windows/te_port.hpp"

#include "platform/windows/midi_devices.hpp"
#include "platform/windows/te_names.hpp"

#include <algorithm>

namespace midinet::platform {
namespace {

/// How long Windows may take (2 s) to show a device that its driver has made.
constexpr DWORD kLookEvery = 50;  ///< ms
constexpr int kLooks = 40;

constexpr const char* kOtherPort = ", or set midi.port = \"file:PATH\" to record a MIDI file";

/// "loads but registers nothing" is what this driver does when its installation is damaged.
bool await_devices(const MidiDeviceCount& before, std::size_t more) noexcept {
    for (int look = 0; look < kLooks; ++look) {
        const auto now = count_midi_devices();
        if (now.inputs >= before.inputs + more && now.outputs >= before.outputs + more) return true;
        ::Sleep(kLookEvery);
    }
    return false;
}

}  // namespace

TeVirtualPort::TeVirtualPort(OwnedHandle event, const io::DeviceInfo& device)
    : info_(device), feedback_(std::move(event), info_), te_(te_library()) {
    if (info_.ports.empty()) info_.ports = {info_.name};
}

TeVirtualPort::~TeVirtualPort() {
    for (const auto& line : lines_)
        if (line->port != nullptr) te_.close_port(line->port);
}

Result<std::unique_ptr<io::VirtualPort>> TeVirtualPort::create(const io::DeviceInfo& device) {
    OwnedHandle event(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    if (!event.valid()) return fail_windows("creating an event", ::GetLastError());
    const auto before = count_midi_devices();
    std::unique_ptr<TeVirtualPort> port(new TeVirtualPort(std::move(event), device));
    if (auto added = port->add_lines(); !added) return tl::unexpected(added.error());
    if (!await_devices(before, port->lines_.size()))
        return fail("the teVirtualMIDI driver says that it made the MIDI device \"" + device.name +
                    "\", but Windows does not have it: restart Windows, or install the driver "
                    "again from " +
                    kTeHomePage);
    return port;
}

Result<void> TeVirtualPort::add_lines() {
    for (const auto& name : te_port_names(info_)) {
        auto line = std::make_unique<Line>();
        line->owner = this;
        line->index = {static_cast<std::uint8_t>(lines_.size())};
        line->sysex.resize(kLongestSysEx);
        line->port =
            te_.create_port(name.c_str(), on_heard, reinterpret_cast<DWORD_PTR>(line.get()),
                            kLongestSysEx, kTeParseHeard | kTeParseSent | kTeBothWays);
        const DWORD why = ::GetLastError();
        if (line->port == nullptr)
            return fail("making the MIDI device \"" + to_utf8(name.c_str()) +
                        "\": " + te_refusal(why));
        lines_.push_back(std::move(line));
    }
    return {};
}

/// Thread: the driver's.
void TeVirtualPort::on_heard(TePort* /*port*/, BYTE* bytes, DWORD size, DWORD_PTR about) noexcept {
    auto& line = *reinterpret_cast<Line*>(about);
    if (bytes == nullptr || size == 0) return line.owner->feedback_.lose();
    line.owner->feedback_.push(line.index, {bytes, size});
}

io::WriteResult TeVirtualPort::send(const Line& line,
                                    std::span<const std::uint8_t> message) noexcept {
    if (te_.send_data(line.port, message.data(), static_cast<DWORD>(message.size())) != 0)
        return io::WriteResult::Taken;
    return io::WriteResult::Lost;
}

io::WriteResult TeVirtualPort::gather(Line& line, std::span<const std::uint8_t> bytes) noexcept {
    if (bytes.front() == 0xF0) {
        line.gathering = true;
        line.gathered = 0;
    }
    if (!line.gathering || bytes.size() > line.sysex.size() - line.gathered) {
        line.gathering = false;
        return io::WriteResult::Refused;
    }
    std::copy(bytes.begin(), bytes.end(),
              line.sysex.begin() + static_cast<std::ptrdiff_t>(line.gathered));
    line.gathered += bytes.size();
    if (bytes.back() != 0xF7) return io::WriteResult::Taken;
    line.gathering = false;
    return send(line, std::span{line.sysex}.first(line.gathered));
}

io::WriteResult TeVirtualPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                     TimePoint /*when*/) noexcept {
    if (feedback_.lost()) return io::WriteResult::Lost;
    if (bytes.empty()) return io::WriteResult::Taken;
    // A stream with more ports than the device had when this was opened: the last one takes them.
    Line& line = *lines_[std::min<std::size_t>(port.value, lines_.size() - 1)];
    const auto first = bytes.front();
    if (first >= 0xF8) return send(line, bytes);
    if (first == 0xF0 || first == 0xF7 || first < 0x80) return gather(line, bytes);
    line.gathering = false;  // any other status ends a SysEx that has no end
    return send(line, bytes);
}

Result<void> TePortOpener::check() const {
    if (te_library().complete) return {};
    return fail(std::string("a virtual MIDI device needs the teVirtualMIDI driver, which is not "
                            "installed (there is no teVirtualMIDI64.dll in the system's folder): "
                            "get it from ") +
                kTeHomePage + kOtherPort);
}

Result<std::unique_ptr<io::VirtualPort>> TePortOpener::open(const io::DeviceInfo& device) {
    if (auto possible = check(); !possible) return tl::unexpected(possible.error());
    auto named = device;
    if (!name_.empty()) named.name = name_;
    return TeVirtualPort::create(named);
}

}  // namespace midinet::platform
