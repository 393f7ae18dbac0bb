#include "engine/client_plane.hpp"

#include "engine/client_report.hpp"
#include "io/ip_address.hpp"

#include <fmt/core.h>

namespace midinet::engine {

namespace {

namespace plane = control::plane;

/// More ids than clients hear sources: whoever invents more is not listened to.
constexpr std::size_t kMostTwins = 16;
constexpr Epoch kOnlyBoot{1};

}  // namespace

Result<std::unique_ptr<ClientPlane>> ClientPlane::open(io::Network& network, io::Clock& clock,
                                                       control::Logger& logger,
                                                       const control::NetworkConfig& config,
                                                       const ClientPlaneOptions& options) {
    std::unique_ptr<ClientPlane> self(new ClientPlane(clock, logger, options));
    plane::StationOptions station{.group = {config.control_group, config.control_port},
                                  .interfaces = options.interfaces,
                                  .peers = {}};
    for (const auto& host : config.hosts)
        station.peers.push_back({host.address, config.control_port});
    auto opened = plane::Station::open(network, station);
    if (!opened) return tl::unexpected(opened.error());
    self->station_ = std::move(*opened);
    return self;
}

void ClientPlane::receive(const std::function<void(const plane::Station::Heard&)>& take) {
    station_->receive([&](const plane::Station::Heard& heard) {
        on_control(heard);
        take(heard);
    });
}

void ClientPlane::show(TapFeed& feed) {
    taps_.emplace(
        TapService::Surroundings{feed, *station_, options_.client, kOnlyBoot, plane::kClientTaps},
        clock_.now());
}

void ClientPlane::on_control(const plane::Station::Heard& heard) {
    const auto said = plane::decode_datagram(heard.bytes);
    if (!said) return;
    if (taps_) taps_->take(said->message, heard, clock_.now());
    if (const auto* command = std::get_if<plane::Command>(&said->message))
        return on_command(*command, heard);
    if (const auto* host = std::get_if<plane::HostStatus>(&said->message)) note_twin(*host);
    const bool asked = sender_.outstanding();
    sender_.on_message(said->message, clock_.now());
    if (asked && sender_.result()) on_answer(*sender_.result());
}

/// A copy is answered as what it is a copy of, so that each is carried out once.
void ClientPlane::on_command(const plane::Command& command, const plane::Station::Heard& heard) {
    if (!options_.obey) return;
    const auto judged = desk_.on_command(command, /*decides=*/false);
    if (judged.reply) answer(heard, *judged.reply);
    if (judged.verdict != plane::CommandDesk::Verdict::Execute) return;
    const plane::Station::Heard asker{{}, heard.from, heard.interface};
    options_.obey(command, [this, command, asker](const plane::CommandResult& result) {
        if (const auto done = desk_.finish(command, result)) answer(asker, *done);
    });
}

/// To who asked, where multicast does not reach, and to all.
void ClientPlane::answer(const plane::Station::Heard& to, const plane::Message& message) {
    station_->reply({{}, to.from, to.interface}, message, kOnlyBoot);
    station_->say(message, kOnlyBoot);
}

/// As long as it is refused for the reason of the first time nothing was lost, and nothing changed.
void ClientPlane::on_answer(const plane::CommandResult& answer) {
    const std::string why(answer.outcome == plane::CommandOutcome::Done ? "" : answer.why.view());
    if (!why.empty() && why != last_refusal_)
        logger_.log(last_refusal_ ? control::LogLevel::Info : control::LogLevel::Debug,
                    "no focus: " + why);
    last_refusal_ = why;
}

plane::Command ClientPlane::command(plane::Verb verb) {
    plane::Command command;
    command.id = random_.next() | 1U;
    command.from = options_.client;
    command.verb = verb;
    command.who = plane::Name{options_.name};
    return command;
}

void ClientPlane::claim() {
    if (!sender_.outstanding()) sender_.begin(command(plane::Verb::ClaimFocus), clock_.now());
}

void ClientPlane::release_focus(const ClientStatus& status) {
    if (status.has_focus && !status.focus.manual)
        station_->say(command(plane::Verb::ReleaseFocus), kOnlyBoot);
}

/// Which of the two is meant, only people know: it is shown wherever they look.
void ClientPlane::note_twin(const plane::HostStatus& host) {
    if (!host.conflict) {
        twins_.erase(host.id);
    } else if (twins_.size() < kMostTwins && twins_.insert(host.id).second) {
        logger_.error(fmt::format(
            "two hosts have id {}, one of them at {}: the one that started last is played; give "
            "one of them another host.id",
            host.id.value, io::to_string(io::IpAddress::from_ipv4(host.conflict->address))));
    }
}

void ClientPlane::say_transits(const ClientStatus& status, TimePoint now) {
    if (now < next_transits_) return;
    next_transits_ = now + plane::kTransitInterval;
    const auto recent = recent_.look(status.transit, now);
    auto report = transit_report(status.transit);
    if (!report) return;
    report->id = options_.client;
    report->recent = recent;
    station_->say(*report, kOnlyBoot);
}

void ClientPlane::service(const ClientStatus& status, const std::string& port) {
    const auto now = clock_.now();
    if (taps_) taps_->service(now);
    if (const auto* due = sender_.to_send(now)) station_->say(*due, kOnlyBoot);
    if (const auto machine = machine_.take_due(now)) station_->say(*machine, kOnlyBoot);
    say_transits(status, now);
    const bool news = status.switches != switches_told_ || status.appointment.term != term_told_ ||
                      status.focus != focus_told_ || status.pipeline != pipeline_told_;
    if (!news && now < next_status_) return;
    next_status_ = now + plane::kStatusInterval;
    switches_told_ = status.switches;
    term_told_ = status.appointment.term;
    focus_told_ = status.focus;
    pipeline_told_ = status.pipeline;
    auto report = client_report(status, options_.interfaces, now);
    report.id = options_.client;
    report.name = plane::Name{options_.name};
    report.version = plane::Version{options_.version};
    report.uptime_ms = static_cast<std::uint64_t>(to_ms(now - began_));
    report.port_name = plane::Name{port};
    report.port_open = report.port_open && !port.empty();  // else it plays where nobody reads
    for (auto& source : report.sources) source.twin = twins_.contains(HostId{source.id.value});
    report.leaving = leaving_;
    station_->say(report, kOnlyBoot);
}

}  // namespace midinet::engine
