#include "control/cli/acts.hpp"
#include "control/cli/play/host_text.hpp"
#include "control/cli/song_files.hpp"
#include "control/cli/stream/stream_ear.hpp"
#include "control/report/counted.hpp"
#include "midi/smf_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace midinet::control::cli {
namespace {

namespace fs = std::filesystem;

/// Hosts have spoken by then: their heartbeats come every few milliseconds.
constexpr Duration kLookAround = 300ms;

/// A directory for one run.
class Workshop {
  public:
    explicit Workshop(std::uint64_t seed) {
        std::error_code error;
        path_ = fs::temp_directory_path(error) / fmt::format("midinet-cli-{:016x}", seed);
        made_ = !error && fs::create_directory(path_, error);
        if (made_) fs::permissions(path_, fs::perms::owner_all, error);
    }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
    ~Workshop() { close(); }
    void close() {
        std::error_code ignored;
        if (made_) fs::remove_all(path_, ignored);
        made_ = false;
    }
    bool good() const noexcept { return made_; }
    /// The file's path. Errors: it cannot be written.
    Result<std::string> put(const std::string& name, const std::string& bytes) const {
        const auto path = (path_ / name).string();
        std::ofstream file(path, std::ios::binary);
        file << bytes;
        file.close();
        if (!made_ || !file) return fail(path + " cannot be written; is /tmp full?");
        return path;
    }
    std::string path(const char* name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
    bool made_ = false;
};

std::string song_bytes(const std::vector<std::vector<std::uint8_t>>& messages) {
    std::vector<std::uint8_t> file;
    midi::SmfAppender smf;
    for (const auto& patch : smf.flush()) midi::apply_patch(patch, file);
    for (const auto& message : messages) (void)smf.add(Duration{}, message);
    for (const auto& patch : smf.finish(Duration{})) midi::apply_patch(patch, file);
    return {file.begin(), file.end()};
}

/// What is there before anything is played.
struct Audience {
    SourceId host{};  ///< that is there already; 0: none
    std::size_t clients = 0;
};

/// Another host than ours in the stream; 0: none.
SourceId stranger(const StreamEar& ear, SourceId own) {
    for (const auto source : ear.tap().sources())
        if (source != own) return source;
    return SourceId{};
}

Result<Audience> look(const Order& order, const Tools& tools, StreamEar& ear) {
    auto request = order.request;
    request.task = Task::Clients;
    auto conversation = Conversation::open(tools.with, request);
    if (!conversation) return tl::unexpected(conversation.error());
    while ((*conversation)->turn()) {
    }
    const auto scene = (*conversation)->scene();
    Audience found;
    found.clients = scene.roster.clients_present(scene.now);
    for (const auto& [id, host] : scene.roster.hosts())
        if (!host.gone(scene.now)) found.host = SourceId{id.value};
    const TimePoint end = tools.with.clock.now() + kLookAround;
    while (tools.with.clock.now() < end) ear.turn(end);
    if (found.host.value == 0 && !ear.tap().sources().empty())
        found.host = ear.tap().sources().front();
    return found;
}

int refuse_beside(const Tools& tools, SourceId host, const char* when) {
    tools.complain(fmt::format(
        "host {} {}: clients may play either of two hosts, and change over to the other; end it "
        "first, or try this on a network of its own (--interface)",
        host.value, when));
    return number(ExitCode::Refused);
}

/// The file to be played. Errors: it cannot be read, or is no song.
Result<std::string> song_for(const Order& order, const Workshop& shop) {
    if (order.act == Act::Send) return shop.put("send.mid", song_bytes(order.messages));
    const auto song = song_of(order.files.front());
    if (!song) return tl::unexpected(song.error());
    std::error_code error;
    const auto path = fs::absolute(order.files.front(), error);
    if (error) return fail(order.files.front() + " cannot be read", number(ExitCode::Usage));
    return path.string();
}

std::size_t count_of(const Order& order) {
    if (order.act == Act::Send) return order.messages.size();
    const auto song = song_of(order.files.front());
    return song ? song->events.size() : 0;
}

/// Until the host has played all. Gives the exit code; says what went wrong.
int play(const Order& order, const Tools& tools, Workshop& shop, StreamEar& ear) {
    const auto song = song_for(order, shop);
    if (!song) {
        tools.complain(song.error().message);
        return song.error().exit_code;
    }
    const auto config = shop.put("host.toml", player_config(order, *song));
    auto host = config.and_then([&](const auto& path) {
        return tools.start_program({"midi-host", "--config", path, "--state-dir",
                                    shop.path("state"), "--log-level", "error"});
    });
    if (!host) {
        tools.complain(host.error().message);
        return host.error().exit_code;
    }
    while (!(*host)->exit_code()) {
        ear.turn(tools.with.clock.now() + 20ms);
        // Its files are read by then: an interrupt leaves nothing behind.
        if (!ear.tap().sources().empty()) shop.close();
        if (const auto other = stranger(ear, order.as); other.value != 0) {
            host->reset();
            return refuse_beside(tools, other, "has come, and this one has stopped");
        }
    }
    if (const int code = *(*host)->exit_code(); code != 0) {
        const auto words = (*host)->last_words();
        tools.complain(words.empty() ? fmt::format("midi-host could not play it (exit code {}): is "
                                                   "it installed beside midinet-cli?",
                                                   code)
                                     : words);
        return number(ExitCode::Error);
    }
    return number(ExitCode::Ok);
}

int told(const Order& order, const Tools& tools, std::size_t messages, std::size_t clients) {
    const auto code = number(clients == 0 ? ExitCode::Unreachable : ExitCode::Ok);
    if (clients == 0)
        tools.complain("no client was heard; `midinet-cli doctor` looks for the reason");
    const JsonValue json{{"command", order.act == Act::Send ? "send" : "replay"},
                         {"host", order.as.value},
                         {"messages", messages},
                         {"clients", clients},
                         {"exit_code", code}};
    tools.print(order.request.json
                    ? dump(json) + '\n'
                    : fmt::format("{} played as host {}, {} there\n", counted(messages, "message"),
                                  order.as.value, counted(clients, "client was", "clients were")));
    return code;
}

}  // namespace

int act_play(const Order& order, const Tools& tools) {
    Workshop shop(tools.with.seed);
    auto ear = StreamEar::open(tools.with, order.request, [](const TapEvent&) {});
    const auto found = ear ? look(order, tools, **ear) : tl::unexpected(ear.error());
    if (!found) {
        tools.complain(found.error().message);
        return found.error().exit_code;
    }
    if (found->host.value != 0) return refuse_beside(tools, found->host, "is there");
    const auto messages = count_of(order);
    if (const int code = play(order, tools, shop, **ear); code != 0) return code;
    return told(order, tools, messages, found->clients);
}

}  // namespace midinet::control::cli
