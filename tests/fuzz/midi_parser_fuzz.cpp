// Any bytes, in any chunks: the parser says the same, and says only well-formed things.
#include "base/random.hpp"
#include "midi/parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

using namespace midinet;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Writes down what the parser says so that two runs can be compared: pieces of a long SysEx join
/// to one.
class Transcript final : public midi::ParserSink {
  public:
    void on_message(const midi::Message& message) noexcept override {
        require(midi::is_well_formed(message.bytes()));
        require(!open_ || message.is_realtime_message());
        auto& lane = message.is_realtime_message() ? realtime : text;
        lane.insert(lane.end(), message.bytes().begin(), message.bytes().end());
        ++messages;
    }
    void on_sysex_piece(std::span<const std::uint8_t> bytes, bool first,
                        bool last) noexcept override {
        require(!bytes.empty() && first != open_);
        require(first == (bytes.front() == 0xF0));
        require(last == (bytes.back() == 0xF7));
        const auto body =
            bytes.subspan(first ? 1 : 0, bytes.size() - (first ? 1U : 0U) - (last ? 1U : 0U));
        require(std::none_of(body.begin(), body.end(), midi::is_status));
        open_ = !last;
        text.insert(text.end(), bytes.begin(), bytes.end());
        if (last) ++messages;
    }
    void on_sysex_aborted() noexcept override {
        require(open_);
        open_ = false;
        text.push_back(0xFF);  // never else in this lane
    }

    std::vector<std::uint8_t> text;
    std::vector<std::uint8_t> realtime;
    std::uint64_t messages = 0;

  private:
    bool open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    Random random{static_cast<std::uint64_t>(data[0]) << 8U |
                  data[1]};  // the chunking is part of the input
    const std::span<const std::uint8_t> stream{data + 2, size - 2};

    midi::StreamParser whole;
    midi::StreamParser torn;
    Transcript expected;
    Transcript got;
    whole.feed(stream, expected);
    for (auto rest = stream; !rest.empty();) {
        const auto length = std::min<std::size_t>(random.below(64), rest.size());
        torn.feed(rest.first(length), got);
        rest = rest.subspan(length);
    }
    whole.reset(expected);
    torn.reset(got);

    require(got.text == expected.text && got.realtime == expected.realtime);
    const auto& a = whole.counters();
    const auto& b = torn.counters();
    require(a.messages == expected.messages && b.messages == got.messages &&
            a.messages == b.messages);
    require(a.stray_bytes == b.stray_bytes && a.aborted_sysex == b.aborted_sysex);
    require(a.torn_messages == b.torn_messages && a.active_sensing == b.active_sensing);
    return 0;
}
