#include "ledger.hpp"

#include <algorithm>
#include <numeric>

namespace midinet::simtest {
namespace {

/// The number below kUnique that `numbered` makes this message of, or kUnique.
std::uint32_t number_of(BytesView m) {
    if (m.size() != 3) return kUnique;
    const auto channel = m[0] & 0x0FU;
    const auto note = channel << 11U | m[1] * 16U | (m[2] & 0x0FU);
    const auto control = channel << 11U | (m[1] & 0x0FU) << 7U | m[2];
    switch (m[0] & 0xF0U) {
        case 0x90:
            return note * 4;
        case 0xB0:
            return control * 4 + 1;
        case 0xA0:
            return note * 4 + 2;
        case 0x80:
            return note * 4 + 3;
        default:
            return kUnique;
    }
}

}  // namespace

Bytes numbered(std::uint32_t n) {
    const auto low = [](std::uint32_t value, unsigned mask) {
        return static_cast<std::uint8_t>(value & mask);
    };
    constexpr std::uint8_t kFirstController = 16;
    constexpr std::uint8_t kVelocity = 64;
    constexpr std::array<std::uint8_t, 4> kStatus{0x90, 0xB0, 0xA0, 0x80};
    const auto pair = n / 4;
    const auto status = low(kStatus[n % 4] | low(pair >> 11U, 15), 0xFF);
    if (n % 4 == 1)
        return {status, low(kFirstController + low(pair >> 7U, 15), 127), low(pair, 127)};
    return {status, low(pair >> 4U, 127), low(kVelocity + low(pair, 15), 127)};
}

void Ledger::heard(BytesView message, TimePoint now) {
    const auto number = number_of(message);
    // Taken for the one closest to the one expected.
    auto ahead = static_cast<std::int64_t>((number - expected_) % kUnique);
    if (ahead >= kUnique / 2) ahead -= kUnique;
    const auto n = static_cast<std::int64_t>(expected_) + ahead;
    if (number == kUnique || n < 0 || n >= static_cast<std::int64_t>(played_at_.size()) ||
        !std::ranges::equal(message, numbered(static_cast<std::uint32_t>(n)))) {
        ++foreign_;
        return;
    }
    const auto index = static_cast<std::size_t>(n);
    seen_.resize(played_at_.size());
    if (seen_[index]) {
        ++doubled_;
        return;
    }
    seen_[index] = true;
    ++found_;
    latencies_.push_back(now - played_at_[index]);
    if (ahead < 0)
        ++out_of_order_;
    else
        expected_ = static_cast<std::uint32_t>(n) + 1;
}

void NoteLedger::apply(BytesView m) {
    if (m.size() != 3) return;
    auto& count = on_[(m[0] & 0x0FU) * 128 + m[1]];
    const auto kind = m[0] & 0xF0U;
    if (kind == 0x90 && m[2] > 0) {
        ++count;
    } else if (kind == 0x90 || kind == 0x80) {
        if (count > 0) --count;
    } else if (kind == 0xB0 && m[1] >= 120 && m[1] != 121 && m[1] != 122) {
        std::fill_n(on_.begin() + (m[0] & 0x0F) * 128, 128, 0U);  // all sound or all notes off
    }
}

unsigned NoteLedger::stuck(const NoteLedger& source) const noexcept {
    unsigned notes = 0;
    for (std::size_t i = 0; i < on_.size(); ++i) notes += on_[i] > source.on_[i] ? 1U : 0U;
    return notes;
}

unsigned NoteLedger::sounding() const noexcept {
    return static_cast<unsigned>(std::ranges::count_if(on_, [](unsigned n) { return n > 0; }));
}

}  // namespace midinet::simtest
