#include "admin/routes/play_route.hpp"

#include "admin/http/body_reader.hpp"
#include "admin/http/rate_limit.hpp"
#include "admin/routes/errand.hpp"
#include "control/report/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace midinet::admin {
namespace {

namespace plane = control::plane;

/// More than a person with ten fingers moves; far from what would be in the way of a show.
constexpr RateLimit::Rule kMessages{.at_once = 200, .each = 5ms};
constexpr std::size_t kMostMessages = 24;  ///< in a request

/// Of "903C64"; empty: it is no hexadecimal.
std::vector<std::uint8_t> bytes_of(const std::string& hex) {
    std::vector<std::uint8_t> bytes;
    if (hex.size() % 2 != 0) return bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const char* at = hex.data() + i;
        std::uint8_t byte = 0;
        const auto [read, error] = std::from_chars(at, at + 2, byte, 16);
        if (error != std::errc{} || read != at + 2) return {};
        bytes.push_back(byte);
    }
    return bytes;
}

std::optional<Problem> take_messages(const nlohmann::json& list, plane::PlayedMidi& midi) {
    if (!list.is_array() || list.size() > kMostMessages)
        return Problem{ProblemKind::Invalid,
                       fmt::format("messages is no list of at most {} messages.", kMostMessages),
                       "/messages"};
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto bytes = list[i].is_string() ? bytes_of(list[i].get<std::string>())
                                               : std::vector<std::uint8_t>{};
        if (!midi.add(bytes))
            return Problem{ProblemKind::Invalid,
                           fmt::format("messages[{}] is no message that can be played; expected "
                                       "one whole channel message or SysEx of at most {} bytes in "
                                       "hexadecimal, as 903C64, and {} bytes in all.",
                                       i, midi::Message::kMaxInline, plane::PlayedMidi::kMaxBytes),
                           fmt::format("/messages/{}", i)};
    }
    return std::nullopt;
}

/// The one that most clients play; else the lowest that is there. 0: there is none.
SenderId best_host(const DevicePicture& show, TimePoint now) {
    const auto overview = control::overview_of(show.roster, now);
    SenderId best{};
    std::size_t most = 0;
    for (const auto& [id, host] : show.roster.hosts()) {
        if (host.gone(now)) continue;
        const auto played = overview.played.find(SourceId{id.value});
        const auto clients = played == overview.played.end() ? 0 : played->second;
        if (best.value == 0 || clients > most) {
            best = SenderId{id.value};
            most = clients;
        }
    }
    return best;
}

class PlayRoute : public Route {
  public:
    PlayRoute(Hands hands, std::function<TimePoint()> now)
        : hands_(std::move(hands)), now_(std::move(now)) {}
    std::string_view path() const noexcept override { return "/api/devices/{id}/play"; }
    std::vector<Method> methods() const override { return {Method::Post}; }
    void answer(const Request& request, const Respond& respond) override {
        const auto picture = hands_.latest();
        const auto device = device_of(Parameters{{"device", request.id}}, *picture);
        if (!request.query.empty())
            return respond(problem_response(
                {ProblemKind::BadParameter, "To play takes no parameters: its body says it all."}));
        if (!device)
            return respond(problem_response(
                {ProblemKind::NotFound,
                 fmt::format("No host has a device {}; GET /api/devices lists those that there "
                             "are.",
                             request.id)}));
        plane::Command command{.verb = plane::Verb::Play, .who = asker_of(request)};
        if (auto problem = read(request.body, command)) return respond(problem_response(*problem));
        const auto& show = *picture->device(*device);
        if (command.to.value == 0) command.to = best_host(show, picture->now);
        if (auto problem = refusal(show, command, picture->now))
            return respond(problem_response(*problem));
        if (auto problem = too_many(command.midi.count()))
            return respond(problem_response(*problem));
        run_errand(hands_, request, {*device, command, /*noted=*/false}, respond);
    }

  private:
    static std::optional<Problem> read(const std::string& text, plane::Command& command) {
        std::int64_t host = 0;
        std::int64_t port = 0;
        std::int64_t player = 0;
        BodyReader body(text);
        body.require("messages", "a list of messages; an empty one keeps pressed what is pressed");
        body.read("host", host, 1, 65'535);
        body.read("port", port, 0, kMaxPorts - 1);
        body.read("player", player, 0, std::numeric_limits<std::uint32_t>::max());
        const auto* messages = body.find("messages");
        if (auto problem = body.finish()) return problem;
        command.to = SenderId{static_cast<std::uint64_t>(host)};
        if (player != 0)
            command.who = plane::Name{fmt::format("{} {:08x}", command.who.view(), player)};
        command.port = PortIndex{static_cast<std::uint8_t>(port)};
        return take_messages(*messages, command.midi);
    }
    /// Of a host that is not there none would be asked, and nobody would answer.
    static std::optional<Problem> refusal(const DevicePicture& show, const plane::Command& command,
                                          TimePoint now) {
        // That nobody is there the errand says.
        if (show.roster.hosts_present(now) == 0) return std::nullopt;
        const auto* host = show.roster.host(HostId{static_cast<std::uint16_t>(command.to.value)});
        if (host != nullptr && !host->gone(now)) return std::nullopt;
        return Problem{
            ProblemKind::Invalid,
            fmt::format("host is {}, which is not heard; GET /api/hosts lists those that are.",
                        command.to.value),
            "/host"};
    }
    /// From all askers together: the show is one.
    std::optional<Problem> too_many(std::size_t messages) {
        const io::IpAddress all;
        for (std::size_t i = 0; i < std::max<std::size_t>(messages, 1); ++i)
            if (rate_.take(all, now_()) > Duration{0})
                return Problem{ProblemKind::TooMany,
                               "More than 200 messages a second are not played: send the newest "
                               "value of each control alone."};
        return std::nullopt;
    }

    Hands hands_;
    std::function<TimePoint()> now_;
    RateLimit rate_{kMessages};
};

}  // namespace

std::unique_ptr<Route> make_play_route(Hands hands, std::function<TimePoint()> now) {
    return std::make_unique<PlayRoute>(std::move(hands), std::move(now));
}

}  // namespace midinet::admin
