#include "admin/routes/pipeline_route.hpp"

#include "admin/routes/entity_tag.hpp"
#include "admin/routes/pipeline_body.hpp"
#include "control/report/pipeline_json.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;
using control::pipeline_json;
using midi::PipelineSettings;

/// Slower disks than this are broken.
constexpr Duration kPatience = 3s;
/// A host that could not tell its settings is not asked again sooner.
constexpr Duration kAskAgain = 2s;

/// What is known of one host that is present.
struct HostPipeline {
    HostId id;
    std::string name;
    std::uint32_t fingerprint = 0;
    std::optional<PipelineSettings> settings;
};
using HostPipelines = std::vector<HostPipeline>;

bool agree(const HostPipelines& hosts) {
    return std::all_of(hosts.begin(), hosts.end(), [&](const HostPipeline& host) {
        return host.fingerprint == hosts.front().fingerprint;
    });
}

/// Of what the hosts have: another one whenever any of them has something else.
std::string etag_of(const HostPipelines& hosts) {
    if (agree(hosts)) return fmt::format("\"{:08x}\"", hosts.front().fingerprint);
    std::string tag;
    for (const auto& host : hosts)
        tag += fmt::format("{}{}:{:08x}", tag.empty() ? "" : "-", host.id.value, host.fingerprint);
    return '"' + tag + '"';
}

/// What several hosts answered, until all have.
struct Round {
    struct Answer {
        HostId id;
        std::optional<plane::CommandResult> result;
        TimePoint at;
    };
    std::mutex mutex;
    std::vector<Answer> answers;
    std::size_t left = 0;
    TimePoint began;
    std::function<void(Round&)> done;  ///< once, by whichever thread brought the last one
};
using RoundPtr = std::shared_ptr<Round>;

/// Settings by host, as they were told. Thread: any.
class Known {
  public:
    void keep(HostId host, const PipelineSettings& settings, TimePoint at) {
        const std::lock_guard lock(mutex_);
        told_[host] = {settings, midi::fingerprint_of(settings), at, true};
    }
    void keep_silence(HostId host, std::uint32_t fingerprint, TimePoint at) {
        const std::lock_guard lock(mutex_);
        told_[host] = {{}, fingerprint, at, false};
    }
    /// What is known of a host, by its status and by what it told since.
    HostPipeline of(const plane::Roster::Host& host) const {
        const auto& status = host.status;
        HostPipeline known{status.id, std::string(status.name.view()), status.pipeline, {}};
        if (known.fingerprint == 0) known.settings = PipelineSettings{};
        const std::lock_guard lock(mutex_);
        const auto found = told_.find(status.id);
        if (found == told_.end() || !found->second.knows) return known;
        const auto& told = found->second;
        if (told.fingerprint != known.fingerprint && told.at <= host.heard) return known;
        known.fingerprint = told.fingerprint;
        known.settings = told.settings;
        return known;
    }
    bool was_silent(HostId host, std::uint32_t fingerprint, TimePoint now) const {
        const std::lock_guard lock(mutex_);
        const auto found = told_.find(host);
        return found != told_.end() && !found->second.knows &&
               found->second.fingerprint == fingerprint && now - found->second.at < kAskAgain;
    }

  private:
    struct Told {
        PipelineSettings settings;
        std::uint32_t fingerprint = 0;
        TimePoint at;
        bool knows = false;
    };
    mutable std::mutex mutex_;
    std::map<HostId, Told> told_;  ///< as many as the roster has
};

HostPipelines hosts_of(const Picture& picture, const Known& known) {
    HostPipelines hosts;
    for (const auto& [id, host] : picture.device({1})->roster.hosts())
        if (!host.gone(picture.now)) hosts.push_back(known.of(host));
    return hosts;
}

JsonValue settings_json(const std::optional<PipelineSettings>& settings) {
    return settings ? pipeline_json(*settings) : JsonValue(nullptr);
}

Response nobody_there() {
    return problem_response(
        {ProblemKind::NobodyThere,
         "No host is heard: start midi-host, or look at the network towards it."});
}

Response said(const HostPipelines& hosts, const Picture& picture) {
    const bool same = agree(hosts);
    JsonValue json{{"as_of", time_text(picture.unix_ms)}, {"agree", same}};
    json["pipeline"] = settings_json(same ? hosts.front().settings : std::nullopt);
    json["hosts"] = JsonValue::array();
    for (const auto& host : hosts)
        json["hosts"].push_back({{"id", host.id.value},
                                 {"name", host.name},
                                 {"fingerprint", fmt::format("{:08x}", host.fingerprint)},
                                 {"pipeline", settings_json(host.settings)}});
    return tagged(json_response(control::dump(json) + '\n'), etag_of(hosts));
}

/// How a whole PUT went, by its hosts.
unsigned status_for(const std::vector<Round::Answer>& answers) {
    std::size_t done = 0;
    std::size_t answered = 0;
    for (const auto& answer : answers) {
        if (answer.result) ++answered;
        if (answer.result && answer.result->outcome == plane::CommandOutcome::Done) ++done;
    }
    if (done == answers.size()) return 200;
    if (done > 0) return 207;
    return answered > 0 ? 502 : 504;
}

class PipelineRoute : public Route {
  public:
    PipelineRoute(Hands hands, std::function<TimePoint()> now)
        : hands_(std::move(hands)), now_(std::move(now)) {}
    std::string_view path() const noexcept override { return "/api/pipeline"; }
    std::vector<Method> methods() const override { return {Method::Get, Method::Put}; }

    void answer(const Request& request, const Respond& respond) override {
        if (!request.query.empty())
            return respond(
                problem_response({ProblemKind::BadParameter,
                                  "/api/pipeline has no parameters: it is that of all devices."}));
        const auto picture = hands_.latest();
        if (hosts_of(*picture, *known_).empty()) return respond(nobody_there());
        learn(picture, [this, request, respond, picture] {
            const auto hosts = hosts_of(*picture, *known_);
            if (request.method == Method::Get) return respond(said(hosts, *picture));
            put(request, hosts, respond);
        });
    }

  private:
    /// Asks those whose settings are not known, and goes on when they told.
    void learn(const PicturePtr& picture, std::function<void()> then) {
        std::vector<plane::Command> questions;
        for (const auto& host : hosts_of(*picture, *known_)) {
            if (host.settings || known_->was_silent(host.id, host.fingerprint, now_())) continue;
            questions.push_back({.to = {host.id.value}, .verb = plane::Verb::GetPipeline});
        }
        ask(questions, [picture, then = std::move(then), known = known_](Round& round) {
            for (const auto& answer : round.answers) {
                const auto* host = picture->device({1})->roster.host(answer.id);
                if (answer.result && answer.result->pipeline)
                    known->keep(answer.id, *answer.result->pipeline, answer.at);
                else
                    known->keep_silence(answer.id, host->status.pipeline, answer.at);
            }
            then();
        });
    }

    void put(const Request& request, const HostPipelines& hosts, const Respond& respond) {
        const auto etag = etag_of(hosts);
        const auto wanted = request.headers.find("If-Match");
        if (wanted && !tag_matches(*wanted, etag))
            return respond(tagged(
                problem_response({ProblemKind::Outdated,
                                  "The pipeline was changed since this was begun: look at it as "
                                  "it is now, and decide anew."}),
                etag));
        const auto body =
            read_pipeline_body(request.body, hosts.front().settings.value_or(PipelineSettings{}));
        if (!body) return respond(problem_response(body.error()));
        const bool clear = agree(hosts) && hosts.front().settings;
        if (!body->whole && !clear && !wanted)
            return respond(tagged(
                problem_response({ProblemKind::Ambiguous,
                                  "The hosts' pipelines differ: send every key, or If-Match to "
                                  "begin with the first host's."}),
                etag));
        std::vector<plane::Command> commands;
        for (const auto& host : hosts) {
            plane::Command command{.to = {host.id.value}, .verb = plane::Verb::SetPipeline};
            command.who = plane::Name{"api " + io::to_string(request.from)};
            command.pipeline = body->settings;
            commands.push_back(command);
        }
        ask(commands, [this, hosts, respond, settings = body->settings, known = known_,
                       from = request.from](Round& round) {
            for (const auto& answer : round.answers)
                if (answer.result && answer.result->pipeline)
                    known->keep(answer.id, *answer.result->pipeline, answer.at);
            record(round, settings, from);
            respond(outcome(round, hosts, settings));
        });
    }

    void record(const Round& round, const PipelineSettings& settings,
                const io::IpAddress& from) const {
        hands_.record(
            Event{.at_ms = hands_.unix_ms(),
                  .kind = EventKind::Command,
                  .text = fmt::format("set the pipeline of all hosts to {}",
                                      control::fingerprint_text(midi::fingerprint_of(settings))),
                  .who = "api",
                  .from = io::to_string(from),
                  .result = result_of(round)});
    }
    /// What all did; where they differ, what each did.
    static std::string result_of(const Round& round) {
        std::map<HostId, std::string> by_host;
        std::set<std::string> all;
        for (const auto& answer : round.answers) {
            const std::string said(answer.result ? plane::to_string(answer.result->outcome)
                                                 : "silent");
            by_host[answer.id] = fmt::format("host {} {}", answer.id.value, said);
            all.insert(said);
        }
        if (all.size() == 1) return *all.begin();
        std::string each;
        for (const auto& [id, said] : by_host) each += (each.empty() ? "" : ", ") + said;
        return each;
    }

    static Response outcome(const Round& round, const HostPipelines& hosts,
                            const PipelineSettings& settings) {
        const auto status = status_for(round.answers);
        JsonValue json = JsonValue::object();
        json["pipeline"] = pipeline_json(settings);
        json["fingerprint"] = fmt::format("{:08x}", midi::fingerprint_of(settings));
        json["hosts"] = JsonValue::array();
        for (const auto& host : hosts)
            for (const auto& answer : round.answers)
                if (answer.id == host.id) json["hosts"].push_back(answer_json(host, answer, round));
        if (status >= 500)
            return problem_response(
                {.kind = status == 502 ? ProblemKind::Failed : ProblemKind::Unanswered,
                 .detail = status == 502 ? "No host took the pipeline: each says why."
                                         : "No host answered in 3 s; whether it was done is not "
                                           "known: look at /api/pipeline.",
                 .more = control::dump(json)});
        auto response = json_response(control::dump(json) + '\n', status);
        if (status != 200) {
            response.headers.add("Cache-Control", "no-store");
            return response;
        }
        return tagged(std::move(response),
                      fmt::format("\"{:08x}\"", midi::fingerprint_of(settings)));
    }

    static JsonValue answer_json(const HostPipeline& host, const Round::Answer& answer,
                                 const Round& round) {
        JsonValue json{{"id", host.id.value}, {"name", host.name}};
        json["outcome"] =
            answer.result ? plane::to_string(answer.result->outcome) : std::string_view("silent");
        json["kept"] = answer.result && answer.result->kept;
        json["why"] = answer.result
                          ? answer.result->why.view()
                          : std::string_view("no answer: whether it was done is not known");
        json["took_ms"] = static_cast<double>(to_us(answer.at - round.began)) / 1000;
        return json;
    }

    /// Each its own host; `done` when all have answered, or their time is over. At once where there
    /// are none.
    void ask(const std::vector<plane::Command>& commands, std::function<void(Round&)> done) {
        auto round = std::make_shared<Round>();
        round->began = now_();
        round->done = std::move(done);
        round->left = commands.size() + 1;  // this function's own, until all are asked
        for (const auto& command : commands) {
            const HostId id{static_cast<std::uint16_t>(command.to.value)};
            const bool taken = hands_.ask({.device = {1},
                                           .command = command,
                                           .patience = kPatience,
                                           .done = [round, id, now = now_](const auto& result) {
                                               add(*round, Round::Answer{id, result, now()});
                                           }});
            if (!taken) add(*round, Round::Answer{id, std::nullopt, now_()});
        }
        add(*round, std::nullopt);
    }
    static void add(Round& round, std::optional<Round::Answer> answer) {
        {
            const std::lock_guard lock(round.mutex);
            if (answer) round.answers.push_back(*answer);
            if (--round.left > 0) return;
        }
        round.done(round);
    }

    Hands hands_;
    std::function<TimePoint()> now_;
    std::shared_ptr<Known> known_ = std::make_shared<Known>();
};

}  // namespace

std::unique_ptr<Route> make_pipeline_route(Hands hands, std::function<TimePoint()> now) {
    return std::make_unique<PipelineRoute>(std::move(hands), std::move(now));
}

}  // namespace midinet::admin
