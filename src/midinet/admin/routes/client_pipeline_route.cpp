#include "admin/routes/client_pipeline_route.hpp"

#include "admin/http/body_reader.hpp"
#include "admin/routes/entity_tag.hpp"
#include "admin/routes/pipeline_body.hpp"
#include "control/report/pipeline_json.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <optional>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;
using midi::PipelineSettings;

/// Slower disks than this are broken.
constexpr Duration kPatience = 3s;

/// What is known of a client that is present.
struct ClientPipeline {
    SenderId id;
    std::string name;
    DeviceSlot device{1};  ///< whose show it is asked in: its devices have one pipeline
    std::uint32_t fingerprint = 0;
    std::optional<PipelineSettings> settings;  ///< nothing: it has to be asked
    std::string etag() const { return '"' + control::fingerprint_text(fingerprint) + '"'; }
};

/// What clients told. Thread: any.
class Told {
  public:
    void keep(SenderId client, const PipelineSettings& settings, TimePoint at) {
        const std::lock_guard lock(mutex_);
        if (told_.size() >= plane::Roster::kMaxClients) told_.clear();
        told_[client] = {settings, at};
    }
    /// It goes before a status that is older, or says the same.
    void complete(ClientPipeline& client, TimePoint heard) const {
        if (client.fingerprint == 0) client.settings = PipelineSettings{};
        const std::lock_guard lock(mutex_);
        const auto found = told_.find(client.id);
        if (found == told_.end()) return;
        const auto fingerprint = midi::fingerprint_of(found->second.settings);
        if (fingerprint != client.fingerprint && found->second.at <= heard) return;
        client.fingerprint = fingerprint;
        client.settings = found->second.settings;
    }

  private:
    struct Entry {
        PipelineSettings settings;
        TimePoint at;
    };
    mutable std::mutex mutex_;
    std::map<SenderId, Entry> told_;
};

std::optional<ClientPipeline> client_in(const Picture& picture, std::string_view id_text,
                                        const Told& told) {
    const auto id = control::id_of_text(id_text);
    if (!id) return std::nullopt;
    for (const auto& device : picture.devices) {
        const auto* client = device.roster.client(*id);
        if (client == nullptr || client->gone(picture.now)) continue;
        const auto& status = client->status;
        ClientPipeline known{
            *id, std::string(status.name.view()), device.slot, status.pipeline, {}};
        told.complete(known, client->heard);
        return known;
    }
    return std::nullopt;
}

Response no_such_client(const std::string& id) {
    return problem_response(
        {ProblemKind::NotFound,
         fmt::format("No client {} is there; GET /api/clients lists their ids.", id)});
}

Response said(const ClientPipeline& client, const Picture& picture) {
    const JsonValue json{{"as_of", time_text(picture.unix_ms)},
                         {"client", control::id_text(client.id)},
                         {"name", client.name},
                         {"fingerprint", control::fingerprint_text(client.fingerprint)},
                         {"pipeline", control::pipeline_json(*client.settings)}};
    return tagged(json_response(control::dump(json) + '\n'), client.etag());
}

class ClientPipelineRoute : public Route {
  public:
    ClientPipelineRoute(Hands hands, std::function<TimePoint()> now)
        : hands_(std::move(hands)), now_(std::move(now)) {}
    std::string_view path() const noexcept override { return "/api/pipeline/clients/{id}"; }
    std::vector<Method> methods() const override {
        return {Method::Get, Method::Put, Method::Delete};
    }

    void answer(const Request& request, const Respond& respond) override {
        if (!request.query.empty())
            return respond(problem_response(
                {ProblemKind::BadParameter,
                 "A client's pipeline has no parameters: it is that of all its devices."}));
        const auto picture = hands_.latest();
        auto client = client_in(*picture, request.id, *told_);
        if (!client) return respond(no_such_client(request.id));
        if (client->settings) return act(request, *client, *picture, respond);
        ask(*client, {.verb = plane::Verb::GetPipeline},
            [this, request, respond, picture, client = *client](const auto& result) mutable {
                if (!result || !result->pipeline) return respond(silent(client));
                told_->keep(client.id, *result->pipeline, now_());
                client.settings = result->pipeline;
                client.fingerprint = midi::fingerprint_of(*client.settings);
                act(request, client, *picture, respond);
            });
    }

  private:
    using Done = std::function<void(const std::optional<plane::CommandResult>&)>;

    static Response silent(const ClientPipeline& client) {
        return problem_response(
            {ProblemKind::Unanswered,
             fmt::format("{} did not tell its pipeline within 3 s, and nothing was changed: look "
                         "whether it is still there, and try again.",
                         client.name)});
    }

    void act(const Request& request, const ClientPipeline& client, const Picture& picture,
             const Respond& respond) const {
        if (request.method == Method::Get) return respond(said(client, picture));
        const auto wanted = request.headers.find("If-Match");
        if (wanted && !tag_matches(*wanted, client.etag()))
            return respond(tagged(
                problem_response({ProblemKind::Outdated,
                                  "The pipeline was changed since this was begun: look at it as "
                                  "it is now, and decide anew."}),
                client.etag()));
        if (request.method == Method::Delete) {
            if (auto problem = BodyReader(request.body).finish())
                return respond(problem_response(*problem));
            return set(request, client, {}, respond);
        }
        const auto body = read_pipeline_body(request.body, *client.settings);
        if (!body) return respond(problem_response(body.error()));
        set(request, client, body->settings, respond);
    }

    void set(const Request& request, const ClientPipeline& client, const PipelineSettings& settings,
             const Respond& respond) const {
        plane::Command command{.verb = plane::Verb::SetPipeline};
        command.who = plane::Name{"api " + io::to_string(request.from)};
        command.pipeline = settings;
        ask(client, command,
            [this, respond, client, settings, from = request.from,
             began = now_()](const auto& result) {
                if (result && result->pipeline) told_->keep(client.id, *result->pipeline, now_());
                record(client, settings, result, from);
                respond(outcome(client, settings, result, now_() - began));
            });
    }

    void record(const ClientPipeline& client, const PipelineSettings& settings,
                const std::optional<plane::CommandResult>& result,
                const io::IpAddress& from) const {
        hands_.record(
            Event{.at_ms = hands_.unix_ms(),
                  .kind = EventKind::Command,
                  .subject = control::id_text(client.id),
                  .text = fmt::format("set the pipeline of {} to {}", client.name,
                                      control::fingerprint_text(midi::fingerprint_of(settings))),
                  .who = "api",
                  .from = io::to_string(from),
                  .result = std::string(result ? plane::to_string(result->outcome) : "silent")});
    }

    static Response outcome(const ClientPipeline& client, const PipelineSettings& settings,
                            const std::optional<plane::CommandResult>& result, Duration took) {
        const auto fingerprint = control::fingerprint_text(midi::fingerprint_of(settings));
        JsonValue json{{"client", control::id_text(client.id)}, {"name", client.name}};
        json["pipeline"] = control::pipeline_json(settings);
        json["fingerprint"] = fingerprint;
        json["outcome"] = result ? plane::to_string(result->outcome) : std::string_view("silent");
        json["kept"] = result && result->kept;
        json["why"] = result ? result->why.view()
                             : std::string_view("no answer: whether it was done is not known");
        json["took_ms"] = static_cast<double>(to_us(took)) / 1000;
        if (result && result->outcome == plane::CommandOutcome::Done)
            return tagged(json_response(control::dump(json) + '\n'), '"' + fingerprint + '"');
        return problem_response({.kind = result ? ProblemKind::Failed : ProblemKind::Unanswered,
                                 .detail = result ? "The client did not take it: it says why."
                                                  : "The client did not answer in 3 s; whether it "
                                                    "was done is not known: look at it.",
                                 .more = control::dump(json)});
    }

    void ask(const ClientPipeline& client, plane::Command command, const Done& done) const {
        command.to = client.id;
        Question question{
            .device = client.device, .command = command, .patience = kPatience, .done = done};
        if (!hands_.ask(std::move(question))) done(std::nullopt);
    }

    Hands hands_;
    std::function<TimePoint()> now_;
    std::shared_ptr<Told> told_ = std::make_shared<Told>();
};

}  // namespace

std::unique_ptr<Route> make_client_pipeline_route(Hands hands, std::function<TimePoint()> now) {
    return std::make_unique<ClientPipelineRoute>(std::move(hands), std::move(now));
}

}  // namespace midinet::admin
