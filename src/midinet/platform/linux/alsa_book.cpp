#include "platform/linux/alsa_book.hpp"

#include <algorithm>
#include <tuple>

namespace midinet::platform {
namespace {

bool is_at(const AlsaCard& card, const AlsaCard& before) {
    return card.number == before.number && card.usb == before.usb &&
           card.usb_path == before.usb_path && card.serial == before.serial &&
           card.usb_vendor == before.usb_vendor && card.usb_product == before.usb_product;
}

bool is_there(const std::vector<AlsaCard>& cards, const AlsaSeat& seat) {
    return seat.has_it && std::any_of(cards.begin(), cards.end(),
                                      [&](const auto& card) { return is_at(card, *seat.card); });
}

struct Pair {
    bool has_it = false;
    AlsaClaim claim;
    std::size_t seat = 0;
    std::size_t card = 0;
    bool before(const Pair& other) const {
        return std::tie(other.has_it, other.claim, seat, card) <
               std::tie(has_it, claim, other.seat, other.card);
    }
};

std::vector<Pair> pairs_of(const std::vector<AlsaCard>& cards, std::span<const AlsaSeat> seats) {
    std::vector<Pair> pairs;
    for (std::size_t s = 0; s < seats.size(); ++s) {
        const bool content = is_there(cards, seats[s]);
        for (std::size_t c = 0; c < cards.size(); ++c) {
            const bool has_it = content && is_at(cards[c], *seats[s].card);
            const auto claim = claim_of(cards[c], seats[s].wish, seats[s].card);
            if (has_it || (!content && claim))
                pairs.push_back({has_it, claim.value_or(AlsaClaim{}), s, c});
        }
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.before(b); });
    return pairs;
}

std::string taken_text(const std::vector<AlsaCard>& cards,
                       const std::vector<std::optional<std::size_t>>& taken, std::size_t own) {
    std::string text;
    for (std::size_t seat = 0; seat < taken.size(); ++seat)
        if (seat != own && taken[seat])
            text += (text.empty() ? "; of other devices: \"" : ", \"") + cards[*taken[seat]].name +
                    "\" (device " + std::to_string(seat + 1) + ")";
    return text;
}

}  // namespace

std::vector<std::optional<std::size_t>> seat_cards(const std::vector<AlsaCard>& cards,
                                                   std::span<const AlsaSeat> seats) {
    std::vector<std::optional<std::size_t>> given(seats.size());
    for (const auto& pair : pairs_of(cards, seats)) {
        if (given[pair.seat]) continue;
        const bool free = std::none_of(seats.begin(), seats.end(), [&](const AlsaSeat& other) {
            const auto at = static_cast<std::size_t>(&other - seats.data());
            const bool share = other.wish.address && seats[pair.seat].wish.address;
            return given[at] == pair.card && !share;
        });
        if (free) given[pair.seat] = pair.card;
    }
    return given;
}

void AlsaBook::expect(DeviceSlot slot, const AlsaWish& wish) {
    const std::lock_guard lock(mutex_);
    seats_.at(slot.value - 1U) = AlsaSeat{.wish = wish};
}

void AlsaBook::hold(DeviceSlot slot, const AlsaWish& wish, const AlsaCard& card) {
    const std::lock_guard lock(mutex_);
    seats_.at(slot.value - 1U) = AlsaSeat{.wish = wish, .card = card, .has_it = true};
}

Result<AlsaChoice> AlsaBook::choose(DeviceSlot slot, const AlsaWish& wish,
                                    const std::optional<AlsaCard>& before) {
    const std::lock_guard lock(mutex_);
    const auto cards = list_alsa_cards();
    const std::size_t own = slot.value - 1U;
    // Who wants nothing of ALSA's names a card that there is not.
    const AlsaSeat nobody{
        .wish = {.address = HwAddress{.card = {}, .device = {}, .subdevice = {}}, .name_part = {}}};
    std::vector<AlsaSeat> seats;
    for (const auto& seat : seats_) seats.push_back(seat.value_or(nobody));
    seats.at(own) = {.wish = wish, .card = before};
    const auto given = seat_cards(cards, seats);
    if (given[own]) return choose_device({cards[*given[own]]}, wish, before);
    std::vector<AlsaCard> left;
    for (std::size_t card = 0; card < cards.size(); ++card)
        if (std::find(given.begin(), given.end(), card) == given.end()) left.push_back(cards[card]);
    auto refusal = choose_device(left, wish, before);
    if (!refusal) refusal.error().message += taken_text(cards, given, own);
    return refusal;
}

Result<AlsaChoice> AlsaBook::outputs_of(DeviceSlot slot, AlsaWish wish) {
    const std::lock_guard lock(mutex_);
    const auto& seat = seats_.at(slot.value - 1U);
    const auto cards = list_alsa_cards();
    const auto found = std::find_if(cards.begin(), cards.end(), [&](const AlsaCard& card) {
        return seat && seat->has_it && is_at(card, *seat->card);
    });
    if (found == cards.end()) return fail("the device is not there");
    wish.direction = MidiDirection::Output;
    if (wish.address) wish.address->card = found->id;
    return choose_device({*found}, wish, std::nullopt);
}

}  // namespace midinet::platform
