#include "path/receive/source_stream.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr Duration kFirstStateBackoff = 5ms;
/// Questions for the state before they become rarer: one lost fragment costs a whole answer.
constexpr unsigned kQuickStateAsks = 5;
constexpr Duration kMaxStateBackoff = 50ms;
/// How far back an event that comes too late is told from a duplicate.
constexpr std::int32_t kLateReach = LiveWindow::kDepth / 2;

}  // namespace

SourceStream::SourceStream(const StreamOptions& options, StreamSink& sink)
    : options_(options),
      sink_(sink),
      journal_(options.notes),
      truth_(options.notes),
      live_timer_(options.min_hold, options.max_hold),
      bulk_timer_(options.bulk_hold, options.bulk_hold) {}

void SourceStream::forget() noexcept {
    known_ = whole_ = joined_ = false;
    clock_.reset();
    truth_.clear();
    next_state_ask_ = kNever;
}

TimePoint SourceStream::when(const wire::Event& event) const noexcept {
    return at_stream_time(clock_.epoch_start(), event.time_us);
}

wire::StreamTime SourceStream::stream_time(TimePoint now) const noexcept {
    return clock_.known() ? stream_time_at(clock_.epoch_start(), now) : 0;
}

/// Whether a datagram belongs to the performance we follow; a newer one replaces it.
bool SourceStream::enter(const Stamp& stamp, TimePoint now) noexcept {
    if (!known_ || stamp.epoch > epoch_ || (stamp.epoch == epoch_ && began_with_old(stamp, now))) {
        adopt(stamp, now);
    } else if (stamp.epoch < epoch_) {
        ++counters_.old_epochs;
        if (now - last_heard_ < kZombieSilence) return false;
        adopt(stamp, now);
    }
    if (stamp.sent_us > newest_sent_us_) last_heard_ = now;
    newest_sent_us_ = std::max(newest_sent_us_, stamp.sent_us);
    if (!whole_ && next_state_ask_ == kNever) next_state_ask_ = now;  // we were deaf for a while
    clock_.sample(stamp.sent_us, now);
    return true;
}

/// Whether what we joined with was an old datagram that somebody sent again: by its clock this one
/// would be of the future. What lies between is history that nobody wants to hear. An
/// epoch that is still young is heard from its first event on in any case.
bool SourceStream::began_with_old(const Stamp& stamp, TimePoint now) const noexcept {
    return now - adopted_at_ < kDoubt && std::chrono::microseconds{stamp.sent_us} >= kYoung &&
           clock_.known() && at_stream_time(clock_.epoch_start(), stamp.sent_us) > now + kCurrent;
}

void SourceStream::adopt(const Stamp& stamp, TimePoint now) noexcept {
    const bool young = std::chrono::microseconds{stamp.sent_us} < kYoung;
    const bool from_the_first = young && options_.from_the_first;
    source_ = stamp.source;
    epoch_ = stamp.epoch;
    next_ = from_the_first ? Sequence{1} : stamp.join_at;
    first_ = next_;
    highest_ = next_.minus(1);
    asked_to_ = highest_;
    window_.reset();
    bulk_.reset(Sequence{1});
    bulk_joined_ = young;  // fragments of a message that is not heard are never played
    journal_.reset();
    clock_.reset();
    newest_sent_us_ = 0;
    last_heard_ = adopted_at_ = now;
    truth_.clear();
    live_timer_.end(now, false);
    bulk_timer_.end(now, false);
    beat_ = {};
    known_ = true;
    joined_ = whole_ = from_the_first;
    state_backoff_ = kFirstStateBackoff;
    state_asks_ = 0;
    next_state_ask_ = from_the_first ? kNever : now;
    ++counters_.epochs;
    sink_.on_new_epoch();
}

void SourceStream::on_data(const wire::DataView& data, TimePoint now) noexcept {
    const auto& head = data.head;
    if (!enter({head.source, head.epoch, head.sent_us, head.first_new}, now)) return;
    exists(head.newest, now);
    take_blocks(data.blocks, head.sent_us, now);
}

void SourceStream::on_heartbeat(const wire::HeartbeatView& heartbeat, TimePoint now) noexcept {
    const auto& beat = heartbeat.beat;
    if (!enter({beat.source, beat.epoch, beat.sent_us, beat.newest.next()}, now)) return;
    beat_ = beat;
    exists(beat.newest, now);
    if (!bulk_joined_) bulk_.reset(beat.newest_bulk.next());
    bulk_joined_ = true;
    bulk_.expect(beat.newest_bulk);
    take_blocks(heartbeat.blocks, beat.sent_us, now);
    const bool comparable = (beat.flags & wire::heartbeat_flags::kNoDigest) == 0 && whole_ &&
                            next_ == beat.newest.next() && highest_ == beat.newest;
    if (comparable && truth_.digest() != beat.digest) {
        ++counters_.digest_mismatches;
        need_state(now);
    }
}

void SourceStream::take_blocks(ByteView blocks, wire::StreamTime sent_us, TimePoint now) noexcept {
    wire::EventReader reader{blocks, sent_us};
    wire::Event event;
    while (const auto sequence = reader.upcoming()) {
        if (had(*sequence))
            reader.skip();
        else if (reader.next(event))
            take(event, now);
    }
    deliver(now);
}

/// Numbers up to `sequence` were sent. What lies hopelessly far behind it is given up.
void SourceStream::exists(Sequence sequence, TimePoint now) noexcept {
    if (!is_after(sequence, highest_)) return;
    highest_ = sequence;
    if (static_cast<std::uint32_t>(distance(next_, sequence)) < LiveWindow::kDepth / 2) return;
    jump_to(sequence.minus(LiveWindow::kDepth / 4));
    need_state(now);
}

/// Whether the event with this number was here, or was given up. Most are repeats.
bool SourceStream::had(Sequence sequence) noexcept {
    const auto ahead = distance(next_, sequence);
    const bool known = window_.find(sequence) != nullptr;
    if (ahead >= 0 && !known) return false;
    const bool given_up = !known && !is_after(first_, sequence) && -ahead < kLateReach;
    ++(given_up ? counters_.late : counters_.duplicates);
    return true;
}

void SourceStream::take(const wire::Event& event, TimePoint now) noexcept {
    exists(event.sequence, now);
    if (!is_after(event.sequence, asked_to_)) ++counters_.repaired;
    auto& slot = window_.put(event, now);
    if (event.sequence == next_)
        deliver(now);
    else if (is_tick(event))  // at once, whatever the gap holds
        play_early(slot);
}

void SourceStream::play_early(LiveWindow::Slot& slot) noexcept {
    emit(slot);
    slot.state = LiveWindow::State::Early;
}

void SourceStream::emit(LiveWindow::Slot& slot) noexcept {
    const auto& event = slot.event;
    if (event.kind == wire::EventKind::Message) {
        truth_.apply(event.port, event.message, event.time_us);
    }
    ++counters_.delivered;
    sink_.on_event(event, when(event));
}

void SourceStream::deliver(TimePoint now) noexcept {
    const auto began = next_;
    while (auto* slot = window_.find(next_)) {
        if (slot->state == LiveWindow::State::Waiting) emit(*slot);
        slot->state = LiveWindow::State::Delivered;
        next_ = next_.next();
    }
    if (next_ == began) return;
    if (is_after(next_, asked_to_)) asked_to_ = next_.minus(1);
    live_timer_.end(now, true);
    if (!whole_) try_journal();
}

void SourceStream::on_bulk(const wire::Bulk& bulk) noexcept {
    if (!known_ || bulk.epoch != epoch_) return;
    if (!bulk_joined_) bulk_.reset(bulk.sequence);
    bulk_joined_ = true;
    if (!bulk_.put(bulk)) ++counters_.duplicates;
}

void SourceStream::on_journal(const wire::JournalView& journal) noexcept {
    if (!known_ || journal.head.epoch != epoch_ || whole_) return;
    journal_.put(journal);
    try_journal();
}

/// Takes the journal over once everything up to its number was delivered or given up, and replays
/// on it what came after.
void SourceStream::try_journal() noexcept {
    if (!journal_.complete() || !is_after(next_, journal_.head().at)) return;
    const auto at = journal_.head().at;
    bool replayable = true;
    for (auto s = at.next(); s != next_ && replayable; s = s.next())
        replayable = window_.find(s) != nullptr;
    if (!replayable) {  // something after it was lost as well: this one is too old
        journal_.reset();
        return;
    }
    truth_.copy_from(journal_.state());
    for (auto s = at.next(); s != next_; s = s.next()) {
        const auto& event = window_.find(s)->event;
        if (event.kind == wire::EventKind::Message)
            truth_.apply(event.port, event.message, event.time_us);
    }
    journal_.reset();
    whole_ = true;
    next_state_ask_ = kNever;
    ++counters_.journals;
    sink_.on_whole(!joined_);
    joined_ = true;
}

void SourceStream::need_state(TimePoint now) noexcept {
    if (!whole_ && next_state_ask_ != kNever) return;
    whole_ = false;
    state_backoff_ = kFirstStateBackoff;
    state_asks_ = 0;
    next_state_ask_ = now;
}

void SourceStream::on_timer(TimePoint now) noexcept {
    if (!known_) return;
    if (now - last_heard_ > kDeaf) {
        live_timer_.end(now, false);
        bulk_timer_.end(now, false);
        next_state_ask_ = kNever;
        state_backoff_ = kFirstStateBackoff;
        state_asks_ = 0;
        return;
    }
    mind_gap(now);
    mind_bulk(now);
    ask(now);
}

/// A gap is visible since the first event behind it came, or since a beat told of it: now.
TimePoint SourceStream::gap_since(TimePoint now) noexcept {
    for (auto s = next_; !is_after(s, highest_); s = s.next())
        if (const auto* slot = window_.find(s)) return slot->arrived;
    return now;
}

void SourceStream::mind_gap(TimePoint now) noexcept {
    while (has_gap()) {
        if (gap_at_ != next_ || !live_timer_.open()) {
            gap_at_ = next_;
            live_timer_.end(now, false);
            live_timer_.begin(gap_since(now));
        }
        if (!live_timer_.expired(now)) return;
        give_up_gap(now);
    }
    live_timer_.end(now, true);
}

void SourceStream::give_up_gap(TimePoint now) noexcept {
    auto end = next_;
    while (!is_after(end, highest_) && window_.find(end) == nullptr) end = end.next();
    live_timer_.end(now, false);
    jump_to(end);
    need_state(now);
    deliver(now);
}

/// Delivers what waits before `sequence` and counts the rest of it as lost.
void SourceStream::jump_to(Sequence sequence) noexcept {
    const auto held = next_.plus(LiveWindow::kDepth);  // behind it the window holds nothing
    for (; is_after(sequence, next_); next_ = next_.next()) {
        if (next_ == held) {
            counters_.lost += static_cast<std::uint32_t>(distance(next_, sequence));
            next_ = sequence;
            break;
        }
        auto* slot = window_.find(next_);
        if (slot == nullptr) {
            ++counters_.lost;
            continue;
        }
        if (slot->state == LiveWindow::State::Waiting) emit(*slot);
        slot->state = LiveWindow::State::Delivered;
    }
}

void SourceStream::mind_bulk(TimePoint now) noexcept {
    if (!bulk_joined_ || !bulk_.has_gap()) {
        bulk_timer_.end(now, true);
        return;
    }
    const bool progress = bulk_gap_at_ != bulk_.first_missing();
    if (bulk_timer_.open() && progress) bulk_timer_.progress(now);
    if (!bulk_timer_.open() || progress) bulk_awaited_ = bulk_.newest();
    bulk_gap_at_ = bulk_.first_missing();
    bulk_timer_.begin(now);
    if (!bulk_timer_.expired(now)) return;
    // All that were waited for together, or the music behind them would wait for each in turn.
    while (bulk_.has_gap() && !is_after(bulk_.first_missing(), bulk_awaited_))
        counters_.lost_fragments += bulk_.give_up();
    bulk_timer_.end(now, false);
}

void SourceStream::missing(FixedVector<wire::Range, wire::kMaxNackRanges>& ranges) noexcept {
    for (auto s = next_; !is_after(s, highest_); s = s.next()) {
        if (window_.find(s) != nullptr) continue;
        if (is_after(s, asked_to_)) asked_to_ = s;
        if (!ranges.empty() && ranges.back().last.next() == s)
            ranges.back().last = s;
        else if (!ranges.push_back({s, s}))
            return;
    }
}

/// One NACK for all that is missing.
void SourceStream::ask(TimePoint now) noexcept {
    if (now < next_due()) return;
    wire::Nack nack{.source = source_, .epoch = epoch_};
    if (live_timer_.ask(now)) missing(nack.live);
    if (bulk_timer_.ask(now)) bulk_.missing(nack.bulk);
    if (now >= next_state_ask_) {
        nack.flags |= wire::nack_flags::kState;
        next_state_ask_ = now + state_backoff_;
        if (++state_asks_ >= kQuickStateAsks)
            state_backoff_ = std::min(2 * state_backoff_, kMaxStateBackoff);
    }
    if (nack.flags == 0 && nack.live.empty() && nack.bulk.empty()) return;
    ++counters_.nacks;
    sink_.on_request(nack);
}

TimePoint SourceStream::next_due() const noexcept {
    if (!known_) return kNever;
    return std::min({live_timer_.next_due(), bulk_timer_.next_due(), next_state_ask_});
}

}  // namespace midinet::path
