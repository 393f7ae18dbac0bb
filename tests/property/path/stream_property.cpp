// Whatever the network does, a receiver plays each event once and in order, and ends in the
// source's state. Random music through the real sender, a random network, the real receiver.
#include "base/random.hpp"
#include "path/receive/source_stream.hpp"
#include "path/transmit/transmit.hpp"
#include "property/midi/midi_generators.hpp"
#include "unit/path/hearing.hpp"

#include <rapidcheck/gtest.h>

#include <map>

namespace midinet::path {
namespace {

constexpr TimePoint kStart{1000s};
constexpr SourceId kSource{5};

/// What the network does, and how late the receiver came.
struct Network {
    std::uint64_t seed = 1;
    double loss = 0;
    double duplicate = 0;
    Duration jitter{};      ///< on top of 50 us: more than the gap between datagrams reorders
    Duration join_after{};  ///< the receiver hears nothing before
};

/// A sender and a receiver, and what lies between them.
class Link final : public DatagramOut {
  public:
    explicit Link(const Network& network)
        : network_(network), random_(network.seed), stream_({}, log_) {}

    void multicast(Group, std::span<std::byte> datagram) noexcept override { carry(datagram); }
    void unicast(Peer, std::span<std::byte> datagram) noexcept override { carry(datagram); }

    void play(const midi::Messages& messages) {
        for (const auto& message : messages) {
            sender_.add_message(PortIndex{0}, message, now_);
            sender_.flush(now_, *this);
            pass(random_.below(4) == 0 ? 1ms : 0ms);
        }
    }
    void pass(Duration time) {
        for (const auto end = now_ + time; now_ < end; now_ += 50us) turn();
    }
    void calm() { network_ = {.seed = 1}; }

    const StreamLog& log() const { return log_; }
    const SourceStream& stream() const { return stream_; }
    const Transmit& sender() const { return sender_; }

  private:
    void carry(std::span<std::byte> datagram) {
        if (now_ < kStart + network_.join_after) return;
        const int copies = random_.chance(network_.duplicate) ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            if (random_.chance(network_.loss)) continue;
            const auto jitter = Duration{static_cast<std::int64_t>(
                random_.unit() * static_cast<double>(network_.jitter.count()))};
            on_the_way_.emplace(now_ + 50us + jitter,
                                std::vector<std::byte>{datagram.begin(), datagram.end()});
        }
    }
    void turn() {
        while (!on_the_way_.empty() && on_the_way_.begin()->first <= now_) {
            const auto bytes = std::move(on_the_way_.begin()->second);
            on_the_way_.erase(on_the_way_.begin());
            hear(bytes);
        }
        stream_.on_timer(now_);
        for (; answered_ < log_.nacks.size(); ++answered_)
            if (!random_.chance(network_.loss))
                sender_.on_nack(log_.nacks[answered_], Peer{1}, now_, *this);
        sender_.on_timer(now_, *this);
    }
    void hear(ByteView bytes) {
        const auto datagram = wire::decode_datagram(bytes);
        RC_ASSERT(datagram.has_value());
        const auto payload = datagram->payload;
        switch (datagram->header.kind) {
            case wire::PacketKind::Data:
                return stream_.on_data(wire::decode_data(payload).value(), now_);
            case wire::PacketKind::Heartbeat:
                return stream_.on_heartbeat(wire::decode_heartbeat(payload).value(), now_);
            case wire::PacketKind::Bulk:
                return stream_.on_bulk(wire::decode_bulk(payload).value());
            default:
                return stream_.on_journal(wire::decode_journal(payload).value());
        }
    }

    Network network_;
    Random random_;
    TimePoint now_ = kStart;
    StreamLog log_;
    SourceStream stream_;
    Transmit sender_{{.source = kSource, .sender = {5}, .epoch = {1}, .epoch_start = kStart}};
    std::multimap<TimePoint, std::vector<std::byte>> on_the_way_;
    std::size_t answered_ = 0;
};

rc::Gen<Network> any_network() {
    return rc::gen::apply(
        [](std::uint64_t seed, unsigned loss, unsigned duplicate, unsigned jitter, bool late) {
            return Network{.seed = seed,
                           .loss = loss / 100.0,
                           .duplicate = duplicate / 100.0,
                           .jitter = std::chrono::microseconds{jitter},
                           .join_after = late ? 600ms : 0ms};
        },
        rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0U, 60U), rc::gen::inRange(0U, 50U),
        rc::gen::inRange(0U, 4000U), rc::gen::arbitrary<bool>());
}

void show_network(const Network& n) {
    RC_LOG() << "seed " << n.seed << " loss " << n.loss << " duplicate " << n.duplicate
             << " jitter " << to_ms(n.jitter) << " ms, joined after " << to_ms(n.join_after)
             << " ms\n";
}

RC_GTEST_PROP(StreamProperty, EveryEventOnceInOrderAndTheSourcesStateInTheEnd, ()) {
    const auto network = *any_network();
    const auto before = *midi::any_performance();
    const auto after = *midi::any_performance();
    show_network(network);
    Link link{network};
    link.play(before);
    link.pass(network.join_after);
    link.play(after);
    link.pass(100ms);
    link.calm();
    link.pass(300ms);

    RC_ASSERT(link.stream().whole());
    RC_ASSERT(link.stream().truth().digest() == link.sender().state().digest());
    RC_ASSERT(link.stream().next() == link.sender().newest().next());
    std::map<std::uint32_t, int> times;
    std::uint32_t last = 0;
    for (const auto& event : link.log().events) {
        RC_ASSERT(++times[event.sequence.value] == 1);
        if (is_tick(event)) continue;
        RC_ASSERT(event.sequence.value > last);
        last = event.sequence.value;
    }
}

RC_GTEST_PROP(StreamProperty, NothingIsLostAsLongAsNoDatagramIs, ()) {
    auto network = *any_network();
    network.loss = 0;
    network.join_after = {};
    network.jitter = std::min<Duration>(network.jitter, RepairTimer::kReorder);
    const auto music = *midi::any_performance();
    show_network(network);
    Link link{network};
    link.play(music);
    link.pass(20ms);
    RC_ASSERT(link.log().events.size() == music.size());
    RC_ASSERT(link.stream().counters().lost == 0U);
    RC_ASSERT(link.log().nacks.empty());
}

}  // namespace
}  // namespace midinet::path
