#include "engine/input_pair.hpp"

#include <fmt/core.h>

namespace midinet::engine {
namespace {

/// A device that plays without end is not read for ever.
constexpr int kReadsPerDrain = 64;

/// One input under the name of the pair.
class Disguised final : public io::MidiSource {
  public:
    Disguised(std::unique_ptr<io::MidiSource> source, io::DeviceInfo info)
        : source_(std::move(source)), info_(std::move(info)) {}
    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return source_->handles(); }
    io::SourceRead read(std::span<std::uint8_t> buffer, TimePoint now) noexcept override {
        return source_->read(buffer, now);
    }
    TimePoint next_due() const noexcept override { return source_->next_due(); }

  private:
    std::unique_ptr<io::MidiSource> source_;
    io::DeviceInfo info_;
};

}  // namespace

Result<std::unique_ptr<io::MidiSource>> InputPair::open(TimePoint now) {
    // The engine has nothing of ours any more, or gives it back: what it had is the second choice.
    const bool lost = handed_ == seat_.active;
    if (lost) by_hand_ = false;
    handed_.reset();
    const auto first = lost ? 1 - seat_.active : seat_.active;
    auto opened = take(first, now);
    if (opened) return opened;
    auto other = take(1 - first, now);
    if (other) return other;
    const auto& why = first == 0 ? opened : other;
    const auto& why_standby = first == 0 ? other : opened;
    return fail(why.error().message + "; and its standby: " + why_standby.error().message);
}

Result<std::unique_ptr<io::MidiSource>> InputPair::take(std::size_t input, TimePoint now) {
    auto& it = inputs_.at(input);
    if (it.spare && !drain(it, now)) it.spare.reset();
    if (!it.spare) {
        auto opened = it.opener->open(now);
        if (!opened) return opened;
        it.spare = std::move(*opened);
    }
    seat_.active = input;
    handed_ = input;
    it.next_try = {};
    it.last_refusal.clear();
    return disguise(input, std::move(it.spare));
}

std::unique_ptr<io::MidiSource> InputPair::disguise(std::size_t input,
                                                    std::unique_ptr<io::MidiSource> source) {
    const auto own = source->info();
    if (!identity_) identity_ = own;
    if (own.ports.size() != identity_->ports.size())
        logger_.warning(fmt::format(
            "input {} \"{}\" has {} ports, and clients keep the {} of \"{}\": what they have no "
            "port for comes from the last one",
            input + 1, own.name, own.ports.size(), identity_->ports.size(), identity_->name));
    logger_.info(fmt::format("input {} is read now: \"{}\"", input + 1, own.name));
    return std::make_unique<Disguised>(std::move(source), *identity_);
}

bool InputPair::replaced() const noexcept {
    if (!handed_) return false;
    return *handed_ != seat_.active || inputs_.at(*handed_).opener->replaced();
}

const char* InputPair::what_happened() const noexcept {
    if (handed_ && *handed_ != seat_.active)
        return seat_.active == 0 ? "gives way to input 1" : "gives way to input 2";
    return MidiSourceOpener::what_happened();
}

/// False when it is gone.
bool InputPair::drain(Input& input, TimePoint now) {
    if (input.opener->replaced()) return false;
    std::array<std::uint8_t, 4096> nowhere{};
    for (int i = 0; i < kReadsPerDrain; ++i) {
        const auto read = input.spare->read(nowhere, now);
        if (read.what == io::SourceRead::What::Nothing) return true;
        if (read.what != io::SourceRead::What::Bytes) return false;
    }
    return true;
}

void InputPair::tend(std::size_t input, TimePoint now) {
    auto& it = inputs_.at(input);
    if (it.spare && !drain(it, now)) {
        logger_.warning(
            fmt::format("input {} \"{}\", which stands by, went away; looking for it again",
                        input + 1, it.spare->info().name));
        it.spare.reset();
    }
    if (it.spare || now < it.next_try) return;
    it.next_try = now + kRetry;
    auto opened = it.opener->open(now);
    if (!opened) {
        if (opened.error().message != it.last_refusal)
            logger_.warning(
                fmt::format("input {} does not stand by: {}", input + 1, opened.error().message));
        it.last_refusal = opened.error().message;
        return;
    }
    it.last_refusal.clear();
    it.since = now;
    it.spare = std::move(*opened);
    logger_.info(fmt::format("input {} \"{}\" stands by", input + 1, it.spare->info().name));
    (void)drain(it, now);
}

void InputPair::service(TimePoint now) {
    if (!handed_) return;  // open() looks for both
    tend(1 - *handed_, now);
    const auto& first = inputs_[0];
    if (returns_ && !by_hand_ && *handed_ == 1 && first.spare && now - first.since >= kSettle)
        seat_.active = 0;
}

Result<void> InputPair::select(std::size_t input, TimePoint now) {
    if (handed_ == input && seat_.active == input) {
        by_hand_ = input == 1;
        return {};
    }
    auto& it = inputs_.at(input);
    if (it.spare && !drain(it, now)) it.spare.reset();
    if (!it.spare)
        return fail(fmt::format("input {} is not there{}{}", input + 1,
                                it.last_refusal.empty() ? "" : ": ", it.last_refusal));
    seat_.active = input;
    by_hand_ = input == 1;
    return {};
}

Result<std::unique_ptr<io::VirtualPort>> PairedSurface::open(const io::DeviceInfo& device) {
    opened_ = seat_.active;
    const auto& opener = openers_.at(opened_);
    if (!opener) return fail(fmt::format("input {} has no outputs", opened_ + 1));
    return opener->open(device);
}

void PairedSurface::service() noexcept {
    for (const auto& opener : openers_)
        if (opener) opener->service();
}

bool PairedSurface::replaced() const noexcept {
    if (opened_ != seat_.active) return true;
    const auto& opener = openers_.at(opened_);
    return opener && opener->replaced();
}

}  // namespace midinet::engine
