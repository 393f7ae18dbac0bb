#include "engine/fleet.hpp"

#include <algorithm>

namespace midinet::engine {
namespace {

constexpr io::Token kSignalToken = 0;

std::uint8_t bit_of(DeviceSlot slot) noexcept {
    return static_cast<std::uint8_t>(1U << (slot.value - 1U));
}

}  // namespace

// ---- FleetMember

std::optional<io::Signal> FleetMember::next() noexcept {
    if (stop_.exchange(false)) return io::Signal::Stop;
    if (reload_.exchange(false)) return io::Signal::Reload;
    return std::nullopt;
}

void FleetMember::post(io::Signal signal) noexcept {
    (signal == io::Signal::Stop ? stop_ : reload_).store(true);
    control_waiter_->wake();
}

void FleetMember::post(const control::SiblingOrder& order) {
    {
        const std::lock_guard lock(mutex_);
        if (orders_.size() < kMostOrders) orders_.push_back(order);
    }
    control_waiter_->wake();
}

std::optional<control::SiblingOrder> FleetMember::next_order() {
    const std::lock_guard lock(mutex_);
    if (orders_.empty()) return std::nullopt;
    auto order = std::move(orders_.front());
    orders_.erase(orders_.begin());
    return order;
}

// ---- Fleet

Fleet::~Fleet() {
    for (auto& thread : threads_) thread.join();
}

Result<void> Fleet::run(const std::vector<DeviceSlot>& slots) {
    if (auto watched = s_.waiter.watch(s_.signals.handle(), kSignalToken, true, false); !watched)
        return watched;
    for (const auto slot : slots) ask_for(slot);
    start_those_asked_for();
    std::array<io::Ready, 2> ready;
    while (running_.load() > 0) {
        (void)s_.waiter.wait(kNever, ready);
        on_signals();
        start_those_asked_for();
    }
    const std::lock_guard lock(mutex_);
    return result_;
}

void Fleet::ask_for(DeviceSlot slot) noexcept {
    asked_.fetch_or(bit_of(slot));
    s_.waiter.wake();
}

void Fleet::start_those_asked_for() {
    const auto asked = asked_.exchange(0);
    for (std::uint8_t device = 1; device <= wire::kMaxDevices; ++device) {
        const DeviceSlot slot{device};
        const bool runs = std::any_of(members_.begin(), members_.end(),
                                      [&](const auto& m) { return m->slot() == slot; });
        if ((asked & bit_of(slot)) == 0 || runs || stopping_) continue;
        if (auto added = add(slot); !added) on_end(added);
    }
    // Only now: what one of them tells reaches all that were asked for with it.
    while (threads_.size() < members_.size()) launch(*members_[threads_.size()]);
}

Result<void> Fleet::add(DeviceSlot slot) {
    auto engine_waiter = s_.make_waiter();
    if (!engine_waiter) return tl::unexpected(engine_waiter.error());
    auto control_waiter = s_.make_waiter();
    if (!control_waiter) return tl::unexpected(control_waiter.error());
    auto member =
        std::make_unique<FleetMember>(slot, std::move(*engine_waiter), std::move(*control_waiter));
    const std::lock_guard lock(mutex_);
    members_.push_back(std::move(member));
    return {};
}

void Fleet::launch(FleetMember& member) {
    running_.fetch_add(1);
    threads_.emplace_back([this, &member] {
        on_end(daemon_(member));
        running_.fetch_sub(1);
        s_.waiter.wake();
    });
}

/// The first error counts; what others say of it is their log's.
void Fleet::on_end(const Result<void>& result) {
    if (result) return;
    stopping_ = true;
    const std::lock_guard lock(mutex_);
    if (result_) result_ = result;
    for (const auto& member : members_) member->post(io::Signal::Stop);
}

void Fleet::on_signals() {
    while (const auto signal = s_.signals.next()) {
        if (*signal == io::Signal::Stop) stopping_ = true;
        const std::lock_guard lock(mutex_);
        for (const auto& member : members_) member->post(*signal);
    }
}

Siblings Fleet::siblings_of(FleetMember& member) {
    return {.tell = [this, slot = member.slot()](
                        const control::SiblingOrder& order) { tell_others(slot, order); },
            .next_order = [&member] { return member.next_order(); },
            .set_device_present =
                [this, slot = member.slot()](bool present) { set_device_present(slot, present); },
            .missing = [this] { return missing_.load(std::memory_order_relaxed); }};
}

void Fleet::tell_others(DeviceSlot from, const control::SiblingOrder& order) {
    const std::lock_guard lock(mutex_);
    for (const auto& member : members_)
        if (member->slot() != from) member->post(order);
}

void Fleet::set_device_present(DeviceSlot slot, bool present) noexcept {
    if (present)
        missing_.fetch_and(static_cast<std::uint8_t>(~bit_of(slot)));
    else
        missing_.fetch_or(bit_of(slot));
}

}  // namespace midinet::engine
