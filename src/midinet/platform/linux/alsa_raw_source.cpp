#include "platform/linux/alsa_raw_source.hpp"

#include <cerrno>

namespace midinet::platform {

AlsaRawSource::AlsaRawSource(io::DeviceInfo info, std::vector<RawMidi> streams) noexcept
    : info_(std::move(info)), streams_(std::move(streams)) {
    for (const RawMidi& stream : streams_) handles_.push_back(descriptor_of(stream.get()));
}

Result<std::unique_ptr<io::MidiSource>> AlsaRawSource::create(const AlsaChoice& choice) {
    std::vector<RawMidi> streams;
    for (const AlsaPort& port : choice.ports) {
        auto stream = open_raw(choice.card, port, MidiDirection::Input);
        if (!stream) return tl::unexpected(stream.error());
        streams.push_back(std::move(*stream));
    }
    return std::unique_ptr<io::MidiSource>(new AlsaRawSource(describe(choice), std::move(streams)));
}

io::SourceRead AlsaRawSource::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    using What = io::SourceRead::What;
    for (std::size_t tried = 0; tried < streams_.size(); ++tried) {
        const std::size_t at = next_;
        next_ = (next_ + 1) % streams_.size();
        const ssize_t n = snd_rawmidi_read(streams_[at].get(), buffer.data(), buffer.size());
        if (n > 0)
            return {.what = What::Bytes,
                    .size = static_cast<std::size_t>(n),
                    .port = {static_cast<std::uint8_t>(at)},
                    .stamp = now};
        if (n < 0 && n != -EAGAIN && n != -EINTR)
            return {.what = What::Lost, .size = 0, .port = {}, .stamp = now};
    }
    return {};
}

Result<std::unique_ptr<io::MidiSource>> AlsaRawSourceOpener::open(TimePoint /*now*/) {
    const auto choice = place_.book != nullptr ? place_.book->choose(place_.slot, wish_, before_)
                                               : choose_device(list_alsa_cards(), wish_, before_);
    if (!choice)
        return fail(choice.error().message +
                    "; or set midi.device = \"stream:PATH\" or \"file:PATH\"");
    auto source = AlsaRawSource::create(*choice);
    if (!source) return source;
    before_ = choice->card;
    if (place_.book != nullptr) place_.book->hold(place_.slot, wish_, choice->card);
    return source;
}

}  // namespace midinet::platform
