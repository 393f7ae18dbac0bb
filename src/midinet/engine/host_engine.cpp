#include "engine/host_engine.hpp"

#include "engine/host_feed.hpp"
#include "engine/host_out.hpp"
#include "engine/host_relay.hpp"

#include <algorithm>
#include <array>

namespace midinet::engine {

namespace {

/// Reads per turn: bounds a turn to 16 KiB of input, whatever the device does.
constexpr unsigned kReadsPerTurn = 4;
constexpr unsigned kReceivesPerTurn = 64;
constexpr Duration kGoodbyeInterval = 2ms;
constexpr Duration kPublishInterval = 100ms;
/// A report to people makes way for events, and for no longer than this.
constexpr Duration kPublishPatience = 50ms;
constexpr Duration kPublishRetry = 1ms;
constexpr Duration kHealthInterval = 1s;
constexpr std::uint8_t kBestHealth = 100;
constexpr std::uint8_t kHealthWithFailures = 60;
/// Below what a manual switch asks for (SwitchGate::kLowestHealth).
constexpr std::uint8_t kHealthWithoutDevice = 30;

}  // namespace

HostEngine::HostEngine(const HostEngineOptions& options, HostSockets sockets, io::Waiter& waiter,
                       const io::Clock& clock)
    : options_(options),
      sockets_(std::move(sockets)),
      waiter_(waiter),
      clock_(clock),
      trigger_(options.trigger),
      transmit_(options.transmit),
      out_(std::make_unique<Out>(*this)),
      surface_(options.transmit.sender, *out_, tap_feed_),
      packet_numbers_(sockets_.sockets.size()) {
    if (options_.relay_of.value != 0)
        relaying_ = std::make_unique<Relaying>(*this, options_.relay_of);
}

HostEngine::~HostEngine() {
    HostCommand left;
    while (commands_.pop(left)) {
        delete left.source;
        delete left.port;
        delete left.pipeline;
    }
    HostEvent event;
    while (events_.pop(event)) {
        delete event.source;
        delete event.port;
        delete event.pipeline;
    }
}

Result<void> HostEngine::watch_sockets() {
    for (std::size_t i = 0; i < sockets_.sockets.size(); ++i) {
        auto watched =
            waiter_.watch(sockets_.sockets[i]->handle(), static_cast<io::Token>(i), true, false);
        if (!watched) return watched;
    }
    return {};
}

bool HostEngine::command(const HostCommand& command) noexcept {
    const bool pushed = commands_.push(command);
    waiter_.wake();
    return pushed;
}

TimePoint HostEngine::next_due() const noexcept {
    auto due = std::min({transmit_.next_due(), next_goodbye_, next_publish_, surface_.next_due(),
                         questioner_.next_due()});
    if (relaying_) due = std::min(due, relaying_->next_due());
    if (source_ && listens()) due = std::min(due, source_->next_due());
    return due;
}

bool HostEngine::turn() noexcept {
    std::array<io::Ready, 16> ready;
    const auto count = waiter_.wait(next_due(), ready);
    const auto now = clock_.now();
    last_turn_.store(now.time_since_epoch().count(), std::memory_order_relaxed);

    held_ = now < held_until_;
    bool source_ready = source_ && source_->next_due() <= now;
    for (std::size_t i = 0; i < count; ++i) source_ready |= ready[i].token == kSourceToken;
    // First of all: what the performer did is on the wire before anything else happens.
    if (source_ready && goodbyes_left_ == 0) read_source(now);
    for (std::size_t i = 0; i < count; ++i)
        if (ready[i].token < sockets_.sockets.size()) receive(ready[i].token, now);
    if (relaying_) relaying_->on_timer(now);
    mind_surface(now);
    take_commands(now);
    ask_device(now);
    update_flags(now);
    update_health(now);
    transmit_.on_timer(now, *out_);
    watch_source(listens());
    say_goodbyes(now);
    publish(now);
    return !finished_;
}

void HostEngine::read_source(TimePoint now) noexcept {
    Feed feed{*this};
    for (unsigned i = 0; i < kReadsPerTurn && source_ && transmit_.accepts(); ++i) {
        const auto read = source_->read(read_, now);
        switch (read.what) {
            case io::SourceRead::What::Nothing:
                return;
            case io::SourceRead::What::Lost:
                drop_source(HostEvent::What::SourceLost, now);
                return;
            case io::SourceRead::What::Ended:
                drop_source(HostEvent::What::SourceEnded, now);
                return;
            case io::SourceRead::What::Bytes:
                break;
        }
        capture_.feed(read.port, std::span{read_}.first(read.size), read.stamp, feed);
        transmit_.flush(now, *out_);
        if (read.size < read_.size() && source_->next_due() > now)
            return;  // a short read: the device has no more now
    }
}

void HostEngine::receive(std::size_t socket, TimePoint now) noexcept {
    for (unsigned i = 0; i < kReceivesPerTurn; ++i) {
        const auto received = sockets_.sockets[socket]->receive(received_);
        if (!received) return;
        ++counts_.received;
        if (socket >= first_feedback_ear())
            on_ear(socket, *received, now);
        else
            on_datagram(received->bytes, pack({static_cast<std::uint8_t>(socket), received->from}),
                        now);
    }
}

path::Peer HostEngine::peer_beside(std::size_t sender, io::Endpoint from) const noexcept {
    return pack({static_cast<std::uint8_t>(sender), from});
}

/// Ears come by interface, as the senders do: questions leave by the sender beside the ear.
void HostEngine::on_ear(std::size_t socket, const io::Received& received, TimePoint now) noexcept {
    if (socket >= first_ear()) {
        const auto beside = sockets_.senders * (socket - first_ear()) / sockets_.ears;
        if (relaying_)
            relaying_->on_multicast(received.bytes, peer_beside(beside, received.from), now);
        return;
    }
    const auto peer = peer_beside(socket - first_feedback_ear(), received.from);
    const auto datagram = wire::decode_datagram(received.bytes);
    if (!datagram || !surface_.on_datagram(*datagram, peer, now)) ++counts_.garbage;
}

void HostEngine::on_datagram(ByteView bytes, path::Peer from, TimePoint now) noexcept {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram || !dispatch(*datagram, from, now)) ++counts_.garbage;
}

/// False when it is malformed or not for hosts.
bool HostEngine::dispatch(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept {
    switch (datagram.header.kind) {
        case wire::PacketKind::Nack:
            return on_nack(datagram.payload, from, now);
        case wire::PacketKind::Lease:
            return on_lease(datagram.payload, from, now);
        default:  // an answer, or a client that multicast does not serve
            return (relaying_ && relaying_->on_answer(datagram, from, now)) ||
                   surface_.on_datagram(datagram, from, now);
    }
}

bool HostEngine::on_nack(ByteView payload, path::Peer from, TimePoint now) noexcept {
    const auto nack = wire::decode_nack(payload);
    if (!nack) return false;
    transmit_.on_nack(*nack, from, now, *out_);
    if (relaying_) relaying_->on_nack(*nack, from, now);
    if ((nack->flags & wire::nack_flags::kIdentity) != 0)
        (void)events_.push({HostEvent::What::IdentityAsked, nullptr});
    return true;
}

bool HostEngine::on_lease(ByteView payload, path::Peer from, TimePoint now) noexcept {
    const auto lease = wire::decode_lease(payload);
    if (!lease) return false;
    if (lease->release)
        leases_.release(from);
    else if (!leases_.renew(from, now))
        ++counts_.leases_refused;
    return true;
}

/// Both ways to the device are open, or not any more.
void HostEngine::begin_questions(TimePoint now) noexcept {
    const auto* outputs = surface_.port();
    if (source_ == nullptr || outputs == nullptr) return questioner_.stop();
    questioner_.begin(std::clamp<std::size_t>(outputs->info().ports.size(), 1, kMaxPorts), now);
}

void HostEngine::ask_device(TimePoint now) noexcept {
    const bool done =
        questioner_.on_timer(now, [&](PortIndex port) noexcept { return surface_.ask(port, now); });
    questioner_.tell_news([&](PortIndex port, const midi::InquiryReply& reply) noexcept {
        return events_.push(
            {.what = HostEvent::What::DeviceAnswered, .answered = port, .reply = reply});
    });
    if (done && !questioner_.has_answer())
        (void)events_.push({.what = HostEvent::What::DeviceUnidentified});
}

void HostEngine::mind_surface(TimePoint now) noexcept {
    if (surface_.port() != nullptr && surface_.port()->wants_write()) surface_.flush();
    surface_.on_timer(now);
    if (surface_.lost()) return use_surface(nullptr, HostEvent::What::SurfaceLost, now);
    if (surface_.port() != nullptr) surface_writes_.update(*surface_.port());
}

void HostEngine::watch_source(bool on) noexcept {
    if (!source_ || on == source_watched_) return;
    for (const auto handle : source_->handles())
        waiter_.set_interest(handle, kSourceToken, on, false);
    source_watched_ = on;
}

void HostEngine::update_flags(TimePoint now) noexcept {
    std::uint8_t flags = 0;
    if (source_) flags |= wire::heartbeat_flags::kDevicePresent;
    if (capture_.senses(now)) flags |= wire::heartbeat_flags::kActiveSensing;
    transmit_.set_flags(flags);
}

/// 100, less what would make a switch to this host a bad idea.
void HostEngine::update_health(TimePoint now) noexcept {
    if (now >= next_health_) {
        next_health_ = now + kHealthInterval;
        counts_.sending_fails = counts_.send_failures != failures_before_;
        failures_before_ = counts_.send_failures;
    }
    counts_.health = !source_ ? kHealthWithoutDevice
                              : (counts_.sending_fails ? kHealthWithFailures : kBestHealth);
    transmit_.set_health(counts_.health);
}

void HostEngine::on_press() noexcept {
    switch (trigger_.press()) {
        case path::TriggerPress::None:
            return;
        case path::TriggerPress::Pressed:
            (void)events_.push({HostEvent::What::TriggerPressed, nullptr});
            break;
        case path::TriggerPress::PressedWithoutGuard:
            (void)events_.push({HostEvent::What::TriggerPressedUnguarded, nullptr});
            break;
    }
    if (options_.attention != nullptr) options_.attention->wake();
}

void HostEngine::say_goodbyes(TimePoint now) noexcept {
    if (goodbyes_left_ == 0 || now < next_goodbye_) return;
    transmit_.say_goodbye(now, *out_);
    next_goodbye_ = now + kGoodbyeInterval;
    if (--goodbyes_left_ > 0) return;
    finished_ = true;
    publish(now);
    (void)events_.push({HostEvent::What::Finished, nullptr});
}

void HostEngine::publish(TimePoint now) noexcept {
    ++counts_.turns;
    counts_.longest_turn = std::max(counts_.longest_turn, clock_.now() - now);
    if (now < next_publish_ && !finished_) return;
    if (transmit_.is_busy(now) && now < publish_by_ && !finished_) {
        next_publish_ = now + kPublishRetry;
        return;
    }
    next_publish_ = now + kPublishInterval;
    publish_by_ = next_publish_ + kPublishPatience;
    counts_.transmit = transmit_.counters();
    if (relaying_) counts_.relay = relaying_->counters();
    counts_.parser = capture_.counters();
    counts_.leases = static_cast<std::uint32_t>(leases_.size());
    counts_.source_open = source_ != nullptr;
    counts_.failover = transmit_.options().failover;
    counts_.appointment = transmit_.options().appointment;
    counts_.focus = transmit_.options().focus;
    counts_.surface = surface_.status();
    counts_.pipeline = pipeline_.fingerprint();
    counts_.role = transmit_.options().role;
    status_.publish(counts_);
}

}  // namespace midinet::engine
