#include "path/transmit/bulk_sender.hpp"

#include "base/crc32.hpp"

#include <algorithm>
#include <cstring>

namespace midinet::path {

void BulkSender::add(PortIndex port, std::span<const std::uint8_t> bytes, bool first) noexcept {
    Open& open = open_[port.value];
    if (first) {
        open.partial.offset = 0;
        open.partial.size = 0;
        open.extent = {};
        open.crc_state = kCrc32Init;
        open.numbered = false;
    }
    open.crc_state = crc32_update(open.crc_state, std::as_bytes(bytes));
    while (!bytes.empty()) {
        auto& partial = open.partial;
        const auto n = std::min(bytes.size(), wire::kFragmentBytes - partial.size);
        std::memcpy(partial.bytes.data() + partial.size, bytes.data(), n);
        partial.size = static_cast<std::uint16_t>(partial.size + n);
        open.extent.bytes += static_cast<std::uint32_t>(n);
        bytes = bytes.subspan(n);
        if (partial.size == wire::kFragmentBytes) push(open, port);
    }
}

wire::SysExExtent BulkSender::finish(PortIndex port) noexcept {
    Open& open = open_[port.value];
    if (open.partial.size > 0) push(open, port);
    open.extent.crc = crc32_finish(open.crc_state);
    last_finished_ = open.extent.last_fragment;
    return open.extent;
}

void BulkSender::push(Open& open, PortIndex port) noexcept {
    newest_ = newest_.next();
    if (!open.numbered) open.extent.first_fragment = newest_;
    open.numbered = true;
    open.extent.last_fragment = newest_;
    open.partial.sequence = newest_;
    open.partial.port = port;
    fragments_[newest_.value % kDepth] = open.partial;
    kept_ = std::min(kept_ + 1, kDepth);
    open.partial.offset += open.partial.size;
    open.partial.size = 0;
}

const Fragment* BulkSender::next(TimePoint now) noexcept {
    if (backlog() == 0 || now < next_at_) return nullptr;
    next_at_ = std::max(next_at_, now - kPace * (kBurst - 1)) + kPace;
    sent_ = sent_.next();
    return &fragments_[sent_.value % kDepth];
}

const Fragment* BulkSender::find(Sequence sequence) const noexcept {
    const auto back = distance(sequence, newest_);
    const bool kept = back >= 0 && static_cast<std::uint32_t>(back) < kept_;
    return kept && !is_after(sequence, sent_) ? &fragments_[sequence.value % kDepth] : nullptr;
}

}  // namespace midinet::path
