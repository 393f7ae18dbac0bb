// Measures in virtual time, with real engines, what bad networks cost. One JSON object a line:
// {"name", "value", "unit", "method"}.
#include "ledger.hpp"
#include "pair.hpp"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace {

using namespace midinet;
using namespace midinet::simtest;
using platform::sim::Weather;

/// From the last event to the judgement, under the same weather.
constexpr Duration kQuiet = 200ms;

void report(const char* name, double value, const char* unit, const std::string& method) {
    fmt::print("{}\n", fmt::format(R"({{"name": "{}", "value": {:.4f}, "unit": "{}", )"
                                   R"("method": "{}"}})",
                                   name, value, unit, method));
    std::fflush(stdout);
}

double ms(Duration d) { return static_cast<double>(d.count()) / 1e6; }

Duration percentile(std::vector<Duration> values, double share) {
    if (values.empty()) throw std::runtime_error("nothing was measured");
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                     values.end());
    return values[rank];
}

/// A show between one device and one client's port, every event of port 0 in a ledger.
class Show : Pair::Listener {
  public:
    Show(std::uint64_t seed, const Weather& weather, unsigned ports = 1)
        : random_(seed), weather_(weather), pair_(seed, weather, ports, *this) {}

    /// Plays `count` events at once.
    void play(std::uint32_t count) {
        Bytes bytes;
        for (; count > 0; --count) {
            const auto message = numbered(ledger_.next());
            bytes.insert(bytes.end(), message.begin(), message.end());
            ledger_.played(pair_.world().now());
        }
        pair_.play(bytes);
    }
    void rest(Duration mean) {
        pair_.run_for(Duration{
            static_cast<std::int64_t>(static_cast<double>(mean.count()) * 2 * random_.unit())});
    }
    /// Ends it. Errors: the network did not lose what it should have.
    void finish() {
        pair_.run_for(kQuiet);
        const auto share = pair_.dropped_share();
        if (share < weather_.loss * 0.9 || share > weather_.loss * 1.1)
            throw std::runtime_error(
                fmt::format("{} of the datagrams were dropped, not {}", share, weather_.loss));
    }
    std::string account() {
        const auto c = pair_.counters();
        return fmt::format(
            "{} events in {:.0f} s of show: {} missing, {} out of order, {} doubled, {} foreign; "
            "{} of {} datagrams dropped, {} events asked for again",
            ledger_.next(), ms(pair_.world().now().time_since_epoch()) / 1e3, ledger_.missing(),
            ledger_.out_of_order(), ledger_.doubled(), ledger_.foreign(), pair_.world().dropped(),
            pair_.world().datagrams(), c.repaired);
    }
    const Ledger& ledger() const noexcept { return ledger_; }
    Pair& pair() noexcept { return pair_; }
    Random& random() noexcept { return random_; }
    /// SysEx that came out of port 1, whole.
    std::vector<Bytes> sysex;

  private:
    void on_bytes(PortIndex port, BytesView bytes, TimePoint now) override {
        splitters_.at(port.value).feed(bytes, [&](BytesView message) {
            if (message[0] == 0xFE) return;  // active sensing is not music
            if (port.value == 0)
                ledger_.heard(message, now);
            else
                sysex.emplace_back(message.begin(), message.end());
        });
    }

    Random random_;
    Weather weather_;
    Ledger ledger_;
    std::array<Splitter, 2> splitters_;
    Pair pair_;
};

/// Seconds of calm and of dense playing in turn: 500 to 20,000 events a second, one to twelve at
/// once, and now and then a scene recall of 400.
void play_dense(Show& show, std::uint32_t count) {
    constexpr std::array<double, 4> kRates{500, 2000, 8000, 20000};
    constexpr std::uint32_t kMostAtOnce = 12;
    constexpr std::uint32_t kScene = 400;
    while (show.ledger().next() < count) {
        const auto rate = kRates[show.random().below(kRates.size())];
        const auto until = show.pair().world().now() + 1s;
        while (show.pair().world().now() < until && show.ledger().next() < count) {
            const auto events =
                show.random().below(500) == 0 ? kScene : 1 + show.random().below(kMostAtOnce);
            show.play(std::min(events, count - show.ledger().next()));
            show.rest(Duration{static_cast<std::int64_t>(events / rate * 1e9)});
        }
    }
}

void measure_lost(const char* name, const Weather& weather) {
    constexpr std::uint32_t kEvents = 1'000'000;
    Show show{1, weather};
    play_dense(show, kEvents);
    show.finish();
    report(name, static_cast<double>(show.ledger().wrong()), "events",
           "simulated, one network: " + show.account());
}

void lost_at_1pct() { measure_lost("loss.lost_at_1pct", {.loss = 0.01}); }
void lost_at_5pct() { measure_lost("loss.lost_at_5pct", {.loss = 0.05}); }
void lost_at_10pct() { measure_lost("loss.lost_at_10pct", {.loss = 0.10}); }
void lost_at_reorder() {
    measure_lost("loss.lost_at_reorder10_dup5", {.duplicate = 0.05, .reorder = 0.10});
}

/// Notes alone, as both ends hold them.
class Notes : Pair::Listener {
  public:
    Notes() : pair_(2, {.loss = 0.2}, 1, *this) {}
    void measure();

  private:
    void on_bytes(PortIndex, BytesView bytes, TimePoint) override {
        splitter_.feed(bytes, [&](BytesView message) { heard_.apply(message); });
    }
    void play_one();

    Random random_{2};
    Splitter splitter_;
    NoteLedger played_;
    NoteLedger heard_;
    Pair pair_;
};

void Notes::play_one() {
    constexpr unsigned kKeys = 24;
    const auto channel = random_.below(16);
    const auto key = 48 + random_.below(kKeys);
    const bool off = played_.is_on(channel, key);
    const Bytes message{static_cast<std::uint8_t>((off ? 0x80U : 0x90U) | channel),
                        static_cast<std::uint8_t>(key), 80};
    played_.apply(message);
    pair_.play(message);
}

void Notes::measure() {
    constexpr unsigned kTakes = 500;
    constexpr unsigned kNotes = 1000;
    unsigned stuck = 0;
    unsigned held = 0;
    for (unsigned take = 0; take < kTakes; ++take) {
        for (unsigned i = 0; i < kNotes; ++i) {
            play_one();
            pair_.run_for(Duration{random_.below(1'000'000)});
        }
        pair_.run_for(kQuiet);
        stuck += heard_.stuck(played_);
        held += played_.sounding();
    }
    report("loss.stuck_notes_at_20pct", stuck, "notes",
           fmt::format("simulated: {} takes of {} notes on and off at 2,000/s, each judged {} ms "
                       "after its last; {} notes were truly held at their ends; {} datagrams "
                       "dropped, {} events lost",
                       kTakes, kNotes, kQuiet / 1ms, held, pair_.world().dropped(),
                       pair_.counters().lost));
}

void stuck_notes() { Notes{}.measure(); }

void play_single(Show& show, unsigned count) {
    for (; count > 0; --count) {
        show.play(1);
        show.rest(60ms);
    }
    show.finish();
}

void tail_repair() {
    constexpr unsigned kEvents = 20'000;
    Show calm{3, {}};
    play_single(calm, kEvents / 10);
    const auto on_time = *std::ranges::max_element(calm.ledger().latencies());
    Show show{3, {.loss = 0.1}};
    play_single(show, kEvents);
    auto late = show.ledger().latencies();
    std::erase_if(late, [&](Duration d) { return d <= on_time; });
    report("tail_repair.p99_ms", ms(percentile(late, 0.99)), "ms",
           fmt::format("simulated: single events 0 to 120 ms apart at 10 % loss, those of them "
                       "that came later than any does without loss ({:.3f} ms), {}; p50 {:.2f} ms, "
                       "longest {:.2f} ms; {}",
                       ms(on_time), late.size(), ms(percentile(late, 0.5)),
                       ms(*std::ranges::max_element(late)), show.account()));
}

/// Live notes on port 0, and when `dumps` > 0 as many SysEx of 1 MiB on port 1, at the speed of
/// full-speed USB. Gives how many SysEx came out as they went in.
unsigned play_beside_sysex(Show& show, unsigned takes, bool dump) {
    constexpr std::size_t kSize = 1U << 20U;
    constexpr std::size_t kPiece = 1024;  // a millisecond's
    unsigned exact = 0;
    for (; takes > 0; --takes) {
        Bytes message(kSize);
        for (auto& byte : message) byte = static_cast<std::uint8_t>(show.random().below(128));
        message.front() = 0xF0;
        message.back() = 0xF7;
        for (std::size_t at = 0; at < kSize; at += kPiece) {
            const auto* piece = message.data() + at;
            if (dump) show.pair().play(Bytes(piece, piece + kPiece), {1});
            show.pair().run_for(Duration{show.random().below(1'000'000)});
            show.play(1);
            show.pair().run_for(500us);
        }
        show.pair().run_for(kQuiet);
        exact += show.sysex.size() == 1 && show.sysex[0] == message ? 1U : 0U;
        show.sysex.clear();
    }
    show.finish();
    return exact;
}

void sysex() {
    constexpr unsigned kTakes = 20;
    constexpr Weather kWeather{.loss = 0.05};
    Show with{4, kWeather, 2};
    Show without{4, kWeather, 2};
    const auto exact = play_beside_sysex(with, kTakes, true);
    (void)play_beside_sysex(without, kTakes, false);
    report("sysex.1mib_exact_at_5pct", exact == kTakes ? 1 : 0, "all or not",
           fmt::format("simulated: {} of {} SysEx of 1 MiB, 1 MB/s, came out byte for byte beside "
                       "live notes at 5 % loss; of the notes: {}",
                       exact, kTakes, with.account()));
    const auto p99_with = percentile(with.ledger().latencies(), 0.99);
    const auto p99_without = percentile(without.ledger().latencies(), 0.99);
    report("sysex.live_p99_added_ms", ms(p99_with - p99_without), "ms",
           fmt::format("simulated, same run: p99 of {} live notes from device to port on another "
                       "cable than the SysEx, {:.3f} ms, less {:.3f} ms without SysEx",
                       with.ledger().latencies().size(), ms(p99_with), ms(p99_without)));
}

using Measurement = void (*)();
/// Long ones first.
constexpr std::array<Measurement, 7> kMeasurements{
    lost_at_10pct, lost_at_5pct, lost_at_1pct, lost_at_reorder, stuck_notes, tail_repair, sysex};
constexpr std::size_t kJobs = 2;

int run_job(std::size_t job) try {
    for (auto i = job; i < kMeasurements.size(); i += kJobs) kMeasurements[i]();
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "sim_loss: {}\n", error.what());
    return 1;
}

}  // namespace

int main() {
    for (std::size_t job = 0; job < kJobs; ++job) {
        const auto child = ::fork();
        if (child < 0) return 1;
        if (child == 0) ::_exit(run_job(job));
    }
    bool good = true;
    for (std::size_t job = 0; job < kJobs; ++job) {
        int status = 0;
        good &= ::wait(&status) > 0 && status == 0;
    }
    return good ? 0 : 1;
}
