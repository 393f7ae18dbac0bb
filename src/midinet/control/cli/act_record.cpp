#include "control/cli/acts.hpp"
#include "control/cli/stream/stream_ear.hpp"
#include "control/report/message_words.hpp"
#include "midi/smf_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace midinet::control::cli {
namespace {

/// Hosts have spoken by then: their heartbeats come every few milliseconds.
constexpr Duration kLookAround = 300ms;

/// A file that is a valid recording whenever the program is ended.
class Recording {
  public:
    explicit Recording(const std::string& path)
        : file_(path, std::ios::binary | std::ios::out | std::ios::trunc) {
        write(smf_.flush());
    }
    bool good() const { return file_.good(); }
    /// False: the file is full.
    bool add(const TapEvent& event) {
        if (event.epoch != epoch_) {  // the first one, or the host was started anew
            epoch_ = event.epoch;
            offset_ = last_ - event.at;
        }
        last_ = event.at + offset_;
        if (event.bytes.empty()) return true;
        ++events_;
        return smf_.add(last_, event.bytes);
    }
    void flush() { write(smf_.flush()); }
    void finish() { write(smf_.finish(last_)); }
    std::uint64_t events() const noexcept { return events_; }
    Duration length() const noexcept { return last_; }

  private:
    void write(const std::vector<midi::SmfPatch>& patches) {
        for (const auto& patch : patches) {
            file_.seekp(static_cast<std::streamoff>(patch.offset));
            for (const auto byte : patch.bytes) file_.put(static_cast<char>(byte));
            file_.flush();
        }
    }
    std::ofstream file_;
    midi::SmfAppender smf_;
    Epoch epoch_{};
    Duration offset_{};
    Duration last_{};
    std::uint64_t events_ = 0;
};

/// Listens until the time is over. Gives whether the file took all.
bool record(const Order& order, const Tools& tools, Recording& to, StreamEar& ear,
            std::vector<TapEvent>& heard) {
    const auto& clock = tools.with.clock;
    const TimePoint start = clock.now();
    const TimePoint end = order.lasts > Duration{} ? start + order.lasts : kNever;
    SourceId from = order.stream.from;
    while (clock.now() < end) {
        ear.turn(std::min(end, clock.now() + 50ms));
        const auto sources = ear.tap().sources();
        if (from.value == 0 && clock.now() - start >= kLookAround && !sources.empty()) {
            from = sources.front();
            tools.complain(fmt::format("recording host {}", from.value));
        }
        if (from.value == 0) continue;
        for (const auto& event : heard)
            if (event.source == from && !to.add(event)) return false;
        heard.clear();
        to.flush();
        if (!to.good()) return false;
    }
    return true;
}

Result<midi::SmfSong> song_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(path + " cannot be read", number(ExitCode::Usage));
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    return midi::read_smf(bytes, path);
}

std::string event_text(const midi::SmfSong& song, std::size_t at) {
    if (at >= song.events.size()) return "nothing more";
    const auto& event = song.events[at];
    const auto bytes = song.bytes(event);
    return fmt::format("{} [{}] at {:.3f} s", message_words(bytes), hex_words(bytes),
                       static_cast<double>(event.at / 1us) / 1e6);
}

/// Where two songs part: the number of events where they do not.
std::size_t common_events(const midi::SmfSong& a, const midi::SmfSong& b, Duration& drift) {
    const auto shorter = std::min(a.events.size(), b.events.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const auto x = a.bytes(a.events[i]);
        const auto y = b.bytes(b.events[i]);
        if (!std::equal(x.begin(), x.end(), y.begin(), y.end())) return i;
        // What counts is how far apart the messages are, not when a recording was begun.
        const auto apart = (a.events[i].at - a.events[0].at) - (b.events[i].at - b.events[0].at);
        drift = std::max(drift, apart < Duration{} ? -apart : apart);
    }
    return shorter;
}

}  // namespace

int act_record(const Order& order, const Tools& tools) {
    const auto& path = order.files.front();
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
        tools.complain(path + " is there already: name another file, or remove it");
        return number(ExitCode::Usage);
    }
    std::vector<TapEvent> heard;
    auto ear = StreamEar::open(tools.with, order.request,
                               [&heard](const TapEvent& event) { heard.push_back(event); });
    if (!ear) {
        tools.complain(ear.error().message);
        return ear.error().exit_code;
    }
    Recording recording(path);
    const bool took_all = recording.good() && record(order, tools, recording, **ear, heard);
    recording.finish();
    if (!took_all || !recording.good()) {
        tools.complain(path + " cannot be written, or is full; what it holds can be played");
        return number(ExitCode::Error);
    }
    const auto lost = (*ear)->tap().lost();
    tools.print(order.request.json
                    ? dump(JsonValue{{"command", "record"},
                                     {"file", path},
                                     {"events", recording.events()},
                                     {"length_ms", recording.length() / 1ms},
                                     {"lost", lost}}) +
                          '\n'
                    : fmt::format("{}: {} messages, {:.1f} s, {} lost\n", path, recording.events(),
                                  static_cast<double>(recording.length() / 1ms) / 1e3, lost));
    if ((*ear)->tap().sources().empty()) return number(ExitCode::Unreachable);
    return number(lost == 0 ? ExitCode::Ok : ExitCode::Degraded);
}

int act_verify(const Order& order, const Tools& tools) {
    const auto a = song_of(order.files[0]);
    const auto b = song_of(order.files[1]);
    for (const auto* song : {&a, &b})
        if (!*song) {
            tools.complain(song->error().message);
            return number(ExitCode::Usage);
        }
    Duration drift{};
    const auto same = common_events(*a, *b, drift);
    const bool all = same == a->events.size() && same == b->events.size();
    const auto code = number(all ? ExitCode::Ok : ExitCode::Degraded);
    JsonValue json{{"command", "verify"}, {"same", all},       {"events", same},
                   {"first", nullptr},    {"second", nullptr}, {"drift_us", drift / 1us},
                   {"exit_code", code}};
    if (!all) {
        json["first"] = event_text(*a, same);
        json["second"] = event_text(*b, same);
    }
    const auto text = all ? fmt::format("the same {} messages; times differ by {:.3f} ms at most\n",
                                        same, static_cast<double>(drift / 1us) / 1e3)
                          : fmt::format("they differ at message {}:\n  {}: {}\n  {}: {}\n",
                                        same + 1, order.files[0], event_text(*a, same),
                                        order.files[1], event_text(*b, same));
    tools.print(order.request.json ? dump(json) + '\n' : text);
    return code;
}

}  // namespace midinet::control::cli
