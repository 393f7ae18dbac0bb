#include "admin/routes/rehearsal_route.hpp"

#include "admin/http/body_reader.hpp"
#include "admin/routes/errand.hpp"
#include "control/report/overview.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;

std::int64_t whole_ms(Duration d) { return d.count() / 1'000'000; }

JsonValue client_json(SenderId id, const RehearsedClient& client, const Rehearsal& rehearsal) {
    JsonValue json{{"id", control::id_text(id)},
                   {"name", client.name},
                   {"played", client.before.value == rehearsal.host.value},
                   {"outcome", to_string(client.outcome)},
                   {"to", nullptr},
                   {"took_us", nullptr},
                   {"lost", client.lost},
                   {"silences", client.silences}};
    if (client.to.value != 0) json["to"] = client.to.value;
    if (client.took_us) json["took_us"] = *client.took_us;
    return json;
}

JsonValue rehearsal_json(const Rehearsal& rehearsal, TimePoint now) {
    const auto until = rehearsal.running ? now : rehearsal.ended;
    JsonValue json{{"host", rehearsal.host.value},
                   {"running", rehearsal.running},
                   {"left_ms", rehearsal.running ? whole_ms(rehearsal.ended - now) : 0},
                   {"began", time_text(rehearsal.began_unix_ms)},
                   {"lasted_ms", whole_ms(until - rehearsal.began)},
                   {"armed", rehearsal.armed},
                   {"clients", JsonValue::array()}};
    for (const auto& [id, client] : rehearsal.clients)
        json["clients"].push_back(client_json(id, client, rehearsal));
    return json;
}

/// Several hosts at once go on, each by a command of its own; answers when all did.
class Ending : public std::enable_shared_from_this<Ending> {
  public:
    explicit Ending(Respond respond) : respond_(std::move(respond)) {}
    void run(const Hands& hands, const Request& request, DeviceSlot device, bool all_devices,
             const std::vector<HostId>& held) {
        left_ = held.size();
        if (left_ == 0) return finish();
        for (const auto host : held) {
            plane::Command command{.to = SenderId{host.value},
                                   .verb = plane::Verb::Rehearse,
                                   .who = asker_of(request),
                                   .all_devices = all_devices};
            run_errand(hands, request, {device, command},
                       [self = shared_from_this(), host](Response response) {
                           self->note(host, std::move(response));
                       });
        }
    }

  private:
    void note(HostId host, Response response) {
        if (response.status == 200)
            ended_.push_back(host.value);
        else
            failed_ = std::move(response);
        if (--left_ == 0) finish();
    }
    void finish() {
        if (failed_) return respond_(std::move(*failed_));
        respond_(live_json_response(control::dump({{"ended", ended_}}) + '\n'));
    }
    Respond respond_;
    std::size_t left_ = 0;
    std::vector<unsigned> ended_;
    std::optional<Response> failed_;
};

class RehearsalRoute : public PictureRoute {
  public:
    explicit RehearsalRoute(Hands hands) : PictureRoute(hands.latest), hands_(std::move(hands)) {}
    std::string_view path() const noexcept override { return "/api/rehearsal"; }
    std::vector<Method> methods() const override {
        return {Method::Get, Method::Post, Method::Delete};
    }
    void answer(const Request& request, const Respond& respond) override {
        if (request.method == Method::Get) return PictureRoute::answer(request, respond);
        const auto picture = latest();
        const auto device = device_of(request, *picture);
        if (!device) return respond(problem_response(device.error()));
        const auto& show = *picture->device(*device);
        if (request.method == Method::Post) return begin(request, show, *picture, respond);
        if (auto problem = BodyReader(request.body).finish())
            return respond(problem_response(*problem));
        std::vector<HostId> held;
        for (const auto& [id, host] : show.roster.hosts())
            if (control::held_left(host, picture->now) > Duration{0}) held.push_back(id);
        std::make_shared<Ending>(respond)->run(hands_, request, *device, request.query.empty(),
                                               held);
    }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        json["rehearsals"] = JsonValue::array();
        for (const auto& rehearsal : device.rehearsals.all())
            json["rehearsals"].push_back(rehearsal_json(rehearsal, picture.now));
    }
    /// With "device" it is that device's stream alone; without, all of the host's.
    void begin(const Request& request, const DevicePicture& show, const Picture& picture,
               const Respond& respond) const {
        std::int64_t host = 0;
        std::int64_t seconds = 5;
        plane::Command command{.verb = plane::Verb::Rehearse, .who = asker_of(request)};
        BodyReader body(request.body);
        body.require("host", "the id of a host");
        body.read("host", host, 1, 65'535);
        body.read("seconds", seconds, 0, kLongestSeconds);
        body.read("force", command.on);
        if (const auto problem = body.finish()) return respond(problem_response(*problem));
        const HostId id{static_cast<std::uint16_t>(host)};
        const auto* known = show.roster.host(id);
        const bool anybody = show.roster.hosts_present(picture.now) > 0;
        if (anybody && (known == nullptr || known->gone(picture.now)))
            return respond(problem_response(
                {ProblemKind::Invalid,
                 fmt::format("host is {}, which is not heard; GET /api/hosts lists those that are.",
                             host),
                 "/host"}));
        command.to = SenderId{id.value};
        command.hold_ms = static_cast<std::uint32_t>(seconds * 1000);
        command.all_devices = request.query.empty();
        run_errand(hands_, request, {show.slot, command}, respond);
    }
    static constexpr std::int64_t kLongestSeconds = plane::kLongestHold / 1s;

    Hands hands_;
};

}  // namespace

std::unique_ptr<PictureRoute> make_rehearsal_route(Hands hands) {
    return std::make_unique<RehearsalRoute>(std::move(hands));
}

}  // namespace midinet::admin
