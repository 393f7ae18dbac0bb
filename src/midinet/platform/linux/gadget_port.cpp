#include "platform/linux/gadget_port.hpp"

#include "platform/linux/alsa_raw_source.hpp"

#include <algorithm>

namespace midinet::platform {
namespace {

/// Whether it does no harm when it comes late: not the beginning of a note, nor a part of a SysEx.
bool is_harmless(std::span<const std::uint8_t> bytes) noexcept {
    if (bytes.empty() || bytes[0] < 0x80 || bytes[0] >= 0xF0) return false;
    return (bytes[0] & 0xF0U) != 0x90 || bytes.back() == 0;
}

Result<AlsaChoice> choose_card(int number, MidiDirection direction) {
    const AlsaWish wish{.address = HwAddress{std::to_string(number), std::nullopt, std::nullopt},
                        .name_part = {},
                        .direction = direction};
    return choose_device(list_alsa_cards(), wish, std::nullopt);
}

}  // namespace

Ear::Verdict Ear::judge(std::size_t waiting, TimePoint now) noexcept {
    const std::uint64_t taken = given_ - std::min<std::uint64_t>(waiting, given_);
    const bool progress = taken != taken_;
    taken_ = taken;
    if (deaf_) return progress ? Verdict::Again : Verdict::Deaf;
    if (progress || waiting == 0) since_ = now;
    deaf_ = now - since_ > kPatience;
    return deaf_ ? Verdict::NowDeaf : Verdict::Hears;
}

/// What a port before this one left is not for the computer that is there now.
void GadgetPort::begin() noexcept {
    if (begun_) return;
    begun_ = true;
    line_->out->discard();
}

io::WriteResult GadgetPort::noted(io::WriteResult result) noexcept {
    if (result == io::WriteResult::Lost) line_->lost = true;
    return result;
}

io::WriteResult GadgetPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                  TimePoint when) noexcept {
    begin();
    if (!line_->attached.load(std::memory_order_relaxed)) return io::WriteResult::Taken;
    AlsaRawPort& out = *line_->out;
    auto& ear = ears_[std::min<std::size_t>(port.value, kMaxPorts - 1)];
    switch (ear.judge(out.waiting(port), clock_.now())) {
        case Ear::Verdict::Hears:
            break;
        case Ear::Verdict::Again:
            return io::WriteResult::Lost;
        case Ear::Verdict::NowDeaf:
            out.discard(port);
            ear.threw_away();
            [[fallthrough]];
        case Ear::Verdict::Deaf:
            // One message is left to wait: that it is taken will tell that somebody listens.
            if (ear.is_probed() || !is_harmless(bytes)) return io::WriteResult::Taken;
    }
    const auto result = noted(out.write(port, bytes, when));
    if (result == io::WriteResult::Taken) ear.gave(bytes.size());
    return result;
}

io::WriteResult GadgetPort::flush() noexcept {
    begin();
    return noted(line_->out->flush());
}

Result<void> GadgetPortOpener::check() const { return check_gadgets(controller_, {}); }

Result<void> GadgetPortOpener::make(const io::DeviceInfo& device) {
    line_.reset();
    gadget_.reset();
    auto gadget = UsbGadget::create(device, controller_);
    if (!gadget) return tl::unexpected(gadget.error());
    const auto card = gadget->card();
    if (!card)
        return fail("the USB gadget on " + gadget->controller() +
                    " has no sound card: `sudo modprobe snd-rawmidi`");
    const auto outputs = choose_card(*card, MidiDirection::Output);
    const auto inputs = choose_card(*card, MidiDirection::Input);
    if (!outputs) return tl::unexpected(outputs.error());
    if (!inputs) return tl::unexpected(inputs.error());
    auto out = AlsaRawPort::create(*outputs);
    if (!out) return tl::unexpected(out.error());
    auto in = AlsaRawSource::create(*inputs);
    if (!in) return tl::unexpected(in.error());
    line_ = std::make_shared<GadgetLine>();
    line_->out = std::move(*out);
    line_->in = std::move(*in);
    gadget_.emplace(std::move(*gadget));
    card_ = card;
    made_as_ = device;
    return {};
}

Result<std::unique_ptr<io::VirtualPort>> GadgetPortOpener::open(const io::DeviceInfo& device) {
    auto wanted = device;
    if (!name_.empty()) wanted.name = wanted.product = name_;
    // Somebody may have taken the gadget from its controller, and given it back.
    const bool stands = gadget_ && made_as_ == wanted && gadget_->card() == card_ && !line_->lost;
    if (!stands)
        if (auto made = make(wanted); !made) return tl::unexpected(made.error());
    line_->attached = gadget_->attached();
    return std::make_unique<GadgetPort>(line_, std::move(wanted));
}

bool GadgetPortOpener::replaced() const noexcept {
    if (!line_) return false;
    const bool attached = gadget_->attached();
    if (attached && !line_->attached) return true;
    line_->attached = attached;
    return false;
}

}  // namespace midinet::platform
