#include "path/receive/bulk_window.hpp"

#include "base/crc32.hpp"

#include <algorithm>
#include <cstring>

namespace midinet::path {

void BulkWindow::reset(Sequence base) noexcept {
    const auto used = std::min(newest_.value - base_.value + 1, kDepth);
    for (std::uint32_t i = 0; i < used; ++i) slots_[newest_.minus(i).value % kDepth].size = 0;
    chains_ = {};
    base_ = base;
    missing_ = base;
    newest_ = base.minus(1);
}

const BulkWindow::Slot* BulkWindow::find(Sequence sequence) const noexcept {
    const Slot& slot = slots_[sequence.value % kDepth];
    return slot.size > 0 && slot.sequence == sequence ? &slot : nullptr;
}

bool BulkWindow::put(const wire::Bulk& bulk) noexcept {
    const auto ahead = distance(missing_, bulk.sequence);
    if (ahead < 0 || find(bulk.sequence) != nullptr) return false;
    if (static_cast<std::uint32_t>(ahead) >= kDepth) return false;
    Slot& slot = slots_[bulk.sequence.value % kDepth];
    slot.sequence = bulk.sequence;
    slot.offset = bulk.offset;
    slot.port = bulk.port;
    slot.unbroken = false;
    slot.size = static_cast<std::uint16_t>(bulk.bytes.size());
    std::memcpy(bytes_[bulk.sequence.value % kDepth].data(), bulk.bytes.data(), bulk.bytes.size());
    if (is_after(bulk.sequence, newest_)) newest_ = bulk.sequence;
    advance();
    return true;
}

void BulkWindow::expect(Sequence newest) noexcept {
    if (!is_after(newest, newest_)) return;
    newest_ = newest;
    if (static_cast<std::uint32_t>(distance(missing_, newest_)) < kDepth) return;
    missing_ = newest_.minus(kDepth / 2);  // hopelessly behind: what is older is lost
    chains_ = {};
    advance();
}

void BulkWindow::advance() noexcept {
    while (const auto* here = find(missing_)) {
        chain_up(slots_[here->sequence.value % kDepth]);
        missing_ = missing_.next();
    }
}

void BulkWindow::chain_up(Slot& slot) noexcept {
    Chain& chain = chains_[slot.port.value];
    if (slot.offset == 0) chain = {.crc_state = kCrc32Init, .bytes = 0, .unbroken = true};
    if (chain.bytes != slot.offset) chain.unbroken = false;
    slot.unbroken = chain.unbroken;
    if (!chain.unbroken) return;
    chain.crc_state = crc32_update(chain.crc_state, bytes(slot));
    chain.bytes += slot.size;
    slot.crc = crc32_finish(chain.crc_state);
}

std::uint32_t BulkWindow::give_up() noexcept {
    std::uint32_t lost = 0;
    while (has_gap() && find(missing_) == nullptr) {
        missing_ = missing_.next();
        ++lost;
    }
    for (auto& chain : chains_) chain.unbroken = false;  // whichever port they belonged to
    advance();
    return lost;
}

void BulkWindow::missing(FixedVector<wire::Range, wire::kMaxNackRanges>& ranges) const noexcept {
    for (auto s = missing_; !is_after(s, newest_); s = s.next()) {
        if (find(s) != nullptr) continue;
        if (!ranges.empty() && ranges.back().last.next() == s)
            ranges.back().last = s;
        else if (!ranges.push_back({s, s}))
            return;
    }
}

SysExStore::Readiness BulkWindow::readiness(const wire::SysExExtent& extent,
                                            PortIndex port) const noexcept {
    if (is_after(base_, extent.first_fragment)) return Readiness::Lost;
    if (!is_after(missing_, extent.last_fragment)) return Readiness::Waiting;
    // Here it can still be lost: given up, overwritten because it is longer than the window, or not
    // what was sent.
    const Slot* last = find(extent.last_fragment);
    const bool whole = find(extent.first_fragment) != nullptr && last != nullptr &&
                       last->unbroken && last->port == port &&
                       last->offset + last->size == extent.bytes && last->crc == extent.crc;
    return whole ? Readiness::Complete : Readiness::Lost;
}

std::optional<ByteView> BulkWindow::fragment(Sequence sequence, PortIndex port) const noexcept {
    const Slot* slot = find(sequence);
    if (slot == nullptr) return std::nullopt;
    return slot->port == port ? bytes(*slot) : ByteView{};
}

}  // namespace midinet::path
