#include "engine/host_plane.hpp"

#include "control/agreement.hpp"
#include "engine/host_report.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

namespace plane = control::plane;

constexpr io::Token kPlaneToken = 10;
/// A host that said nothing for three of its statuses.
constexpr Duration kTwinGone = 3500ms;
/// Between two lines about OSC senders that are not allowed.
constexpr Duration kStrangerPause = 10s;
/// A control thread that is earlier than the engine waits so long.
constexpr Duration kFirstTurn = 10ms;
/// That the engine has not taken yet.
constexpr std::uint64_t kMostPipelines = 4;

control::SwitchGateConfig gate_of(const control::HostConfig& config) {
    return {.lockout = config.failover.lockout, .confirmation = config.failover.confirmation_mode};
}

}  // namespace

HostPlane::HostPlane(const control::HostConfig& config, std::vector<std::string> interfaces,
                     Epoch epoch, HostPlaneSurroundings s)
    : config_(config),
      interfaces_(std::move(interfaces)),
      epoch_(epoch),
      s_(std::move(s)),
      board_(config.id, epoch, gate_of(config), *this),
      machine_(s_.meter, SenderId{config.id.value}, config.name, interfaces_),
      began_(s_.clock.now()) {
    configure(config);
}

HostPlane::~HostPlane() {
    if (station_)
        for (const auto handle : station_->handles()) s_.waiter.unwatch(handle);
    if (!ears_.empty()) quiet();
    if (osc_socket_) s_.waiter.unwatch(osc_socket_->handle());
}

Result<std::unique_ptr<HostPlane>> HostPlane::open(const control::HostConfig& config,
                                                   const std::vector<std::string>& interfaces,
                                                   Epoch epoch, const HostPlaneSurroundings& s) {
    std::unique_ptr<HostPlane> plane(new HostPlane(config, interfaces, epoch, s));
    auto opened = plane->open_sockets();
    if (opened) opened = plane->watch_sockets();
    if (!opened) return tl::unexpected(opened.error());
    return plane;
}

Result<void> HostPlane::open_sockets() {
    const auto& n = config_.network;
    plane::StationOptions options{
        .group = {n.control_group, n.control_port}, .interfaces = interfaces_, .peers = {}};
    for (const auto& host : n.hosts) options.peers.push_back({host.address, n.control_port});
    auto station = plane::Station::open(s_.network, options);
    if (!station) return tl::unexpected(station.error());
    station_ = std::move(*station);
    taps_.emplace(TapService::Surroundings{s_.engine.tap_feed(), *station_,
                                           SenderId{config_.id.value}, epoch_, plane::kHostTaps},
                  s_.clock.now());
    // On a port of their own nothing waits in them. Not the group that we send to: a member has the
    // kernel bring back each datagram that it sends, within the call that sends it.
    auto groups = host_groups();
    groups.erase(config_.multicast_group);
    memberships_ = join(groups, 0);

    const auto& osc = config_.failover.osc;
    if (!osc.enabled) return {};
    auto socket = s_.open_osc(osc.listen_port);
    if (!socket) return tl::unexpected(socket.error());
    osc_socket_ = std::move(*socket);
    osc_ = std::make_unique<control::OscTrigger>(osc.address, osc.allowed_sources);
    s_.logger.info(
        fmt::format("listening for OSC {} on UDP port {}", osc.address, osc_socket_->local().port));
    return {};
}

/// Those that hosts send to, as far as is known here.
std::set<std::uint32_t> HostPlane::host_groups() const {
    return {config_.multicast_group, io::parse_ipv4(wire::kPrimaryGroup).value(),
            io::parse_ipv4(wire::kStandbyGroup).value()};
}

/// Sockets for what is multicast to `port`, on each interface that is there.
HostPlane::Sockets HostPlane::join(const std::set<std::uint32_t>& groups, std::uint16_t port) {
    Sockets sockets;
    for (const auto group : groups)
        for (const auto& interface : interfaces_)
            if (auto socket = s_.network.open_group({group, port}, interface))
                sockets.push_back(std::move(*socket));
    return sockets;
}

Result<void> HostPlane::watch_sockets() {
    auto handles = station_->handles();
    if (osc_socket_) handles.push_back(osc_socket_->handle());
    for (const auto& ear : ears_) handles.push_back(ear->handle());
    for (const auto handle : handles)
        if (auto watched = s_.waiter.watch(handle, kPlaneToken, true, false); !watched)
            return watched;
    return {};
}

void HostPlane::configure(const control::HostConfig& config) {
    config_.failover = config.failover;
    config_.heartbeat = config.heartbeat;
    board_.configure(gate_of(config_),
                     config_.failover.switch_back_policy == control::SwitchBack::Auto,
                     config_.heartbeat.interval * config_.heartbeat.miss_threshold);
}

void HostPlane::on_note(bool guarded) {
    board_.on_trigger({.origin = control::SwitchOrigin::MidiNote,
                       .who = device_,
                       .target = {},
                       .guard_ok = guarded},
                      moment());
}

void HostPlane::service() {
    station_->receive([this](const plane::Station::Heard& heard) { take(heard); });
    take_beats();
    if (osc_socket_) take_osc();
    if (s_.siblings.next_order)
        while (const auto order = s_.siblings.next_order()) obey(*order);
    board_.on_timer(moment());
    let_go();
    taps_->service(s_.clock.now());
    if (const auto machine = machine_.take_due(s_.clock.now())) station_->say(*machine, epoch_);
    if (s_.clock.now() < next_status_) return;
    // Before its first turn the engine knows neither of a device nor of its pipeline.
    if (s_.engine.status().turns > 0)
        say_status();
    else
        next_status_ = s_.clock.now() + kFirstTurn;
}

TimePoint HostPlane::next_due() const noexcept {
    return std::min({board_.next_due(), next_status_, taps_->next_due(), machine_.next_due(),
                     playing_.next_due()});
}

void HostPlane::take(const plane::Station::Heard& heard) {
    const auto said = plane::decode_datagram(heard.bytes);
    if (!said) return;
    if (const auto* status = std::get_if<plane::HostStatus>(&said->message))
        note_conflict(*status, heard);
    taps_->take(said->message, heard, s_.clock.now());
    board_.on_message(said->message, {heard.from, heard.interface}, moment());
}

/// Another box says it is we. Both go on: which one is wrong only people know.
void HostPlane::note_conflict(const plane::HostStatus& status, const plane::Station::Heard& heard) {
    if (status.id != config_.id || status.epoch == epoch_) return;
    const plane::Conflict conflict{heard.from.address,
                                   plane::InterfaceName{station_->interface_name(heard.interface)}};
    if (conflict_ && *conflict_ != conflict) return;  // by another leg, or one more: named later
    twin_heard_ = s_.clock.now();
    if (conflict_) return;
    conflict_ = conflict;
    s_.logger.error(fmt::format(
        "another host with id {} is at {} on {}: clients follow the one that started last; give "
        "one of the two another host.id",
        config_.id.value, io::to_string(heard.from), conflict.interface.view()));
}

/// All are read before any is told of: an answer may end the listening.
void HostPlane::take_beats() {
    std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
    std::vector<wire::Heartbeat> beats;
    for (const auto& ear : ears_)
        for (int i = 0; i < plane::Station::kBatch; ++i) {
            const auto received = ear->receive(buffer);
            if (!received) break;
            const auto datagram = wire::decode_datagram(received->bytes);
            if (!datagram || datagram->header.kind != wire::PacketKind::Heartbeat) continue;
            if (const auto beat = wire::decode_heartbeat(datagram->payload))
                beats.push_back(beat->beat);
        }
    for (const auto& beat : beats) board_.on_beat(beat, s_.clock.now());
}

void HostPlane::take_osc() {
    std::array<std::byte, control::OscTrigger::kMaxPacket + 1> buffer{};
    for (int i = 0; i < plane::Station::kBatch; ++i) {
        const auto heard = osc_socket_->receive(buffer);
        if (!heard) return;
        const auto verdict = osc_->judge(heard->bytes, heard->from.address);
        if (verdict == control::OscVerdict::NotAllowed) note_stranger(heard->from.address);
        if (verdict != control::OscVerdict::Fire) continue;
        board_.on_trigger({.origin = control::SwitchOrigin::Osc,
                           .who = io::to_string(heard->from.address),
                           .target = {}},
                          moment());
    }
}

/// Whoever presses a button that does nothing wants to know why; a flood tells nobody more.
void HostPlane::note_stranger(const io::IpAddress& from) {
    const auto now = s_.clock.now();
    if (now < next_stranger_) return;
    next_stranger_ = now + kStrangerPause;
    s_.logger.warning(fmt::format(
        "OSC from {} is ignored: failover.triggers.osc.allowed_sources does not have it",
        io::to_string(from)));
}

void HostPlane::leave() {
    leaving_ = true;
    say_status();
}

void HostPlane::say_status() {
    const auto now = s_.clock.now();
    next_status_ = now + plane::kStatusInterval;
    if (held_until_ > now) next_status_ = std::min(next_status_, held_until_);
    auto status = host_report(config_, s_.engine.status());
    status.epoch = epoch_;
    status.version = plane::Version{s_.version};
    status.uptime_ms = static_cast<std::uint64_t>(to_ms(now - began_));
    status.device_name = plane::Name{device_};
    if (osc_)
        status.counters.osc_ignored = osc_->counters().not_allowed + osc_->counters().malformed;
    status.failover.lockout_left_ms = static_cast<std::uint32_t>(to_ms(board_.lockout_left(now)));
    status.failover.preferred = board_.appointment().source;
    status.failover.term = board_.appointment().term;
    status.focus = board_.focus();
    status.inputs = s_.inputs();
    if (conflict_ && s_.clock.now() - twin_heard_ > kTwinGone) conflict_.reset();
    status.conflict = conflict_;
    status.agreement = control::agreement_of(config_);
    status.devices.all = config_.device_count();
    if (s_.siblings.set_device_present) {
        s_.siblings.set_device_present(status.device_present);
        status.devices.missing = s_.siblings.missing();
    }
    status.held_ms = static_cast<std::uint32_t>(to_ms(held()));
    status.leaving = leaving_;
    station_->say(status, epoch_);
}

void HostPlane::answer(const control::Asker& to, const plane::Message& message) {
    station_->reply({{}, to.from, to.interface}, message, epoch_);
    station_->say(message, epoch_);
}

void HostPlane::appoint(const wire::Appointment& appointment) {
    (void)s_.engine.command({.what = HostCommand::What::Appoint, .appointment = appointment});
    next_status_ = {};  // other hosts learn of it from our status, and say it too
    s_.logger.info(fmt::format("host {} is to be played from now on (term {})",
                               appointment.source.value, appointment.term));
}

void HostPlane::arm(bool on) {
    if (config_.failover.auto_enabled == on) return;
    config_.failover.auto_enabled = on;
    (void)s_.engine.command(
        {.what = HostCommand::What::SetFailover, .failover = control::failover_policy(config_)});
    s_.logger.warning(on ? "armed: clients leave a silent host by themselves"
                         : "disarmed: clients stay with a silent host");
    next_status_ = {};
}

void HostPlane::tell_siblings(const control::SiblingOrder& order) {
    if (!s_.siblings.tell) return;
    auto told = order;
    told.request.who += fmt::format(", with device {}", config_.slot.value);
    s_.siblings.tell(told);
}

void HostPlane::obey(const control::SiblingOrder& order) {
    using What = control::SiblingOrder::What;
    if (order.what == What::Switch)
        board_.on_trigger(order.request, moment());
    else if (order.what == What::Pipeline)
        (void)use_pipeline(order.pipeline);
    else if (order.what == What::Hold)
        hold(order.hold);
    else
        arm(order.what == What::Arm);
}

void HostPlane::set_focus(const wire::Focus& focus) {
    (void)s_.engine.command({.what = HostCommand::What::SetFocus, .focus = focus});
    s_.logger.info(fmt::format("focus term {} by host {}: {}{}", focus.term, focus.by.value,
                               focus.holder.value == 0
                                   ? std::string("nobody")
                                   : control::name_of(focus.holder, board_.roster()),
                               focus.manual ? ", by hand" : ""));
    next_status_ = {};
}

Result<std::string> HostPlane::select_input(std::size_t input) {
    next_status_ = {};
    return s_.select_input(input);
}

bool HostPlane::use_pipeline(const midi::PipelineSettings& settings) {
    if (pipelines_given_ - pipelines_taken_ >= kMostPipelines) return false;
    auto map = std::make_unique<const path::PipelineMap>(settings);
    if (!s_.engine.command({.what = HostCommand::What::SetPipeline, .pipeline = map.get()}))
        return false;
    s_.logger.info(fmt::format("pipeline {:08x} is in force", map->fingerprint()));
    (void)map.release();
    config_.pipeline = settings;
    ++pipelines_given_;
    return true;
}

void HostPlane::on_pipeline() {
    board_.on_pipeline(++pipelines_taken_, moment());
    next_status_ = {};
}

/// The disk is slower than the engine: it acts first, and is answered for when both are done.
Result<HostPlane::PipelineTaken> HostPlane::set_pipeline(const midi::PipelineSettings& settings,
                                                         std::string_view who) {
    if (!use_pipeline(settings))
        return fail("earlier pipelines are not in force yet: try again in a second");
    if (s_.siblings.tell)
        s_.siblings.tell(
            {.what = control::SiblingOrder::What::Pipeline, .request = {}, .pipeline = settings});
    const auto kept = s_.keep_pipeline
                          ? s_.keep_pipeline(settings)
                          : control::PipelineKeeper::Kept{false, "it does not survive a restart"};
    if (kept.kept)
        s_.logger.info(fmt::format("the pipeline, set by \"{}\", is {}", who, kept.sentence));
    else
        s_.logger.warning(
            fmt::format("the pipeline, set by \"{}\", is in force, but {}", who, kept.sentence));
    return PipelineTaken{pipelines_given_, kept.kept, kept.sentence};
}

/// Others learn of it, and of its end, from our status at once.
void HostPlane::hold(Duration length) {
    const auto now = s_.clock.now();
    held_until_ = now + length;
    (void)s_.engine.command({.what = HostCommand::What::Hold, .until = held_until_});
    say_status();
    if (length > Duration{0})
        s_.logger.warning(fmt::format(
            "its loss is rehearsed: nothing of the stream is sent for {:.0f} ms", to_ms(length)));
    else
        s_.logger.info("the rehearsal is over: the stream goes on");
}

Duration HostPlane::held() const { return std::max(Duration{0}, held_until_ - s_.clock.now()); }

/// What lets go is taken at any time.
Result<void> HostPlane::play(std::string_view player, PortIndex port,
                             const plane::PlayedMidi& midi) {
    bool lets_go = true;
    midi.for_each([&](const midi::Message& message) {
        lets_go = lets_go && message.is_channel_message() && message.is_note_off();
    });
    if (!lets_go && held() > Duration{0})
        return fail("this host's loss is rehearsed: nobody would hear it");
    if (!playing_.take(player, port, midi, s_.clock.now()))
        return fail("too many notes are held: let some go");
    if (midi.count() > 0 &&
        !s_.engine.command({.what = HostCommand::What::Play, .played_on = port, .midi = midi}))
        return fail("the host is busy: try again");
    return {};
}

/// What nobody holds any more.
void HostPlane::let_go() {
    while (const auto released = playing_.release(s_.clock.now()))
        (void)s_.engine.command(
            {.what = HostCommand::What::Play, .played_on = released->port, .midi = released->midi});
}

void HostPlane::record(const control::AuditRecord& record) {
    s_.logger.info("audit: " + control::to_json_line(record));
}

/// New sockets hold nothing from before the question, and the memberships let no switch cut them
/// off.
void HostPlane::listen() {
    ears_ = join(host_groups(), config_.network.heartbeat_port);
    for (const auto& ear : ears_) (void)s_.waiter.watch(ear->handle(), kPlaneToken, true, false);
}

void HostPlane::quiet() {
    for (const auto& ear : ears_) s_.waiter.unwatch(ear->handle());
    ears_.clear();
}

}  // namespace midinet::engine
