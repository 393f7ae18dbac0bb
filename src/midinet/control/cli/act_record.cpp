#include "control/cli/acts.hpp"
#include "control/cli/stream/stream_choice.hpp"
#include "control/cli/stream/stream_ear.hpp"
#include "control/report/counted.hpp"
#include "control/report/message_words.hpp"
#include "midi/smf_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace midinet::control::cli {
namespace {

/// Hosts have spoken by then: their heartbeats come every few milliseconds.
constexpr Duration kLookAround = 300ms;

/// A file that is a valid recording whenever the program is ended.
class Recording {
  public:
    explicit Recording(const std::string& path)
        : file_(path, std::ios::binary | std::ios::out | std::ios::trunc) {
        if (file_) write(smf_.flush());
        if (!file_) refusal_ = errno;
    }
    /// Why not even its beginning was written; nothing: it was.
    std::optional<std::string> refusal() const {
        if (file_) return std::nullopt;
        return std::generic_category().message(refusal_);
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
    int refusal_ = 0;
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

std::string summary(const Order& order, const Recording& recording, std::uint64_t lost) {
    const auto& path = order.files.front();
    if (order.request.json)
        return dump(JsonValue{{"command", "record"},
                              {"file", path},
                              {"events", recording.events()},
                              {"length_ms", recording.length() / 1ms},
                              {"lost", lost}}) +
               '\n';
    return fmt::format("{}: {}, {:.1f} s, {} lost\n", path, counted(recording.events(), "message"),
                       static_cast<double>(recording.length() / 1ms) / 1e3, lost);
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
    if (const auto why = recording.refusal()) {
        tools.complain(path + " cannot be written: " + *why);
        return number(ExitCode::Error);
    }
    const bool took_all = record(order, tools, recording, **ear, heard);
    recording.finish();
    if (!took_all || !recording.good()) {
        tools.complain(
            path + " cannot be written any more: is the disk full? What it holds can be played");
        return number(ExitCode::Error);
    }
    const auto lost = (*ear)->tap().lost();
    tools.print(summary(order, recording, lost));
    if (const auto why = unheard((*ear)->tap().sources(), order.stream.from); !why.empty()) {
        tools.complain(why);
        return number(ExitCode::Unreachable);
    }
    return number(lost == 0 ? ExitCode::Ok : ExitCode::Degraded);
}

}  // namespace midinet::control::cli
