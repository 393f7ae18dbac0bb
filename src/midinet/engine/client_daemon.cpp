#include "engine/client_daemon.hpp"

#include "base/verify.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr Duration kTick = 50ms;
constexpr Duration kRetry = 100ms;
constexpr Duration kReport = 1s;
constexpr Duration kAskAgain = 500ms;

}  // namespace

Result<void> ClientDaemon::run() {
    if (auto prepared = prepare(); !prepared || stopping_) return prepared;
    if (auto started = start(); !started) return started;
    s_.logger.info(fmt::format("client {:016x}: listening to {} and {}", s_.client_id.value,
                               io::to_string({config_.primary_group, config_.network.data_port}),
                               io::to_string({config_.standby_group, config_.network.data_port})));
    started_ = true;
    Result<void> result;
    {
        EngineThread<ClientEngine> thread(*engine_, s_.begin_engine_thread,
                                          [this] { s_.control_waiter.wake(); });
        result = loop(thread);
        if (!result && !thread.ended())
            std::_Exit(result.error().exit_code);  // stuck: it would never be joined
    }
    on_events();
    summarize();
    search_.reset();
    engine_.reset();
    opener_->service();
    return result;
}

Result<void> ClientDaemon::loop(EngineThread<ClientEngine>& thread) {
    std::array<io::Ready, 8> ready;
    while (!thread.ended()) {
        (void)s_.control_waiter.wait(std::min(s_.clock.now() + kTick, plane_->next_due()), ready);
        const auto now = s_.clock.now();
        on_signals();
        on_events();
        on_identities();
        tell_replies();
        mind_device();
        if (search_) search_->service(engine_->status());
        pipeline_->follow_siblings();
        plane_->service(engine_->status(), port_name());
        retry_port(now);
        retry_feedback(now);
        opener_->service();
        tell_of_loops(engine_->status().loops);
        report(now);
        tend_network(now);
        if (s_.tell_turn) s_.tell_turn(engine_->last_turn());
        if (watchdog_.stuck(engine_->last_turn(), now)) {
            s_.logger.error(
                "the engine thread is stuck; ending so that the client can be restarted");
            return fail("the engine thread is stuck");
        }
    }
    return {};
}

Result<void> ClientDaemon::open_port(const io::DeviceInfo& device) {
    auto port = opener_->open(device);
    if (!port) {
        if ((started_ || s_.waits_for_port) && port.error().message != last_refusal_)
            s_.logger.warning("no port: " + port.error().message);
        last_refusal_ = port.error().message;
        return tl::unexpected(port.error());
    }
    last_refusal_.clear();
    s_.logger.info(
        fmt::format("playing into \"{}\" ({})", (*port)->info().name, config_.midi.port));
    if (device.name == control::PortIdentity::kFallbackName)
        s_.logger.warning(fmt::format(
            "a host is heard, but none has said on {} what its device is: the port is called "
            "\"{}\" until one does",
            io::to_string({config_.network.control_group, config_.network.control_port}),
            device.name));
    if (!engine_->command({.what = ClientCommand::What::UsePort, .port = port->get()})) return {};
    port_ = port->release();
    opened_with_ = device;
    return {};
}

void ClientDaemon::retry_port(TimePoint now) {
    ask_identity(now);
    if (port_ != nullptr && opener_->replaced()) {
        s_.logger.warning(fmt::format("port \"{}\" {}; opening it again", port_->info().name,
                                      opener_->what_happened()));
        port_ = nullptr;  // the engine keeps the old one until there is a new one
        next_try_ = {};
    }
    const auto use = opener_->identity_use();
    const bool good = port_ != nullptr && !identity_.outdates(opened_with_, use);
    if (good || stopping_ || now < next_try_) return;
    next_try_ = now + kRetry;
    if (const auto device = identity_.to_open(use, now)) (void)open_port(*device);
}

void ClientDaemon::retry_feedback(TimePoint now) {
    if (!feedback_opener_ || stopping_) return;
    if (feedback_ != nullptr && feedback_opener_->replaced()) {
        (void)engine_->command({.what = ClientCommand::What::UseFeedback});
        feedback_ = nullptr;
    }
    if (feedback_ != nullptr || now < next_feedback_try_) return;
    next_feedback_try_ = now + kRetry;
    auto source = feedback_opener_->open(now);
    if (!source) return;
    s_.logger.info(fmt::format("feedback comes from \"{}\"", (*source)->info().name));
    if (!engine_->command({.what = ClientCommand::What::UseFeedback, .feedback = source->get()}))
        return;
    feedback_ = source->release();
}

/// Again and again: question and answer may be lost.
void ClientDaemon::ask_identity(TimePoint now) {
    const auto source = identity_.to_ask();
    if (!source || now < next_question_) return;
    next_question_ = now + kAskAgain;
    (void)engine_->command({.what = ClientCommand::What::AskIdentity, .source = *source});
}

void ClientDaemon::on_signals() {
    while (const auto signal = s_.signals.next()) {
        if (*signal == io::Signal::Stop)
            stop();
        else
            reload();
    }
}

void ClientDaemon::stop() {
    if (stopping_) return;
    stopping_ = true;
    s_.logger.info("stopping: releasing notes");
    plane_->release_focus(engine_->status());
    plane_->leave();
    plane_->service(engine_->status(), port_name());
    (void)engine_->command({.what = ClientCommand::What::Shutdown});
}

void ClientDaemon::on_identities() {
    plane_->receive([this](const control::plane::Station::Heard& heard) {
        const auto* entry = book_.take(heard.bytes, heard.from, s_.clock.now());
        if (entry != nullptr) take_identity(*entry);
    });
}

void ClientDaemon::take_identity(const control::IdentityBook::Entry& entry) {
    (void)engine_->command({.what = ClientCommand::What::KnowHost, .host = entry.door()});
    if (entry.is_remarkable) tell_of(entry);
    identity_.on_identity(control::device_of(entry.identity));
    if (s_.on_devices) s_.on_devices(entry.identity.devices);
}

void ClientDaemon::tell_of(const control::IdentityBook::Entry& entry) {
    const auto& identity = entry.identity;
    s_.logger.info(fmt::format("host {} is \"{}\" at {}, device \"{}\"", identity.source.value,
                               identity.host_name.view(), io::to_string(entry.from),
                               identity.device_name.view()));
    warn_of_group(identity.source, {identity.data_group, identity.data_port});
}

/// Nothing runs yet: all of the file is taken.
void ClientDaemon::reload_before_start() {
    auto loaded = s_.reload();
    auto opener = loaded ? s_.make_opener(*loaded) : tl::unexpected(loaded.error());
    if (opener)
        if (auto possible = (*opener)->check(); !possible)
            opener = tl::unexpected(possible.error());
    if (!opener) {
        s_.logger.error("reload refused, nothing changed: " + opener.error().message);
        return;
    }
    opener_ = std::move(*opener);
    config_ = *loaded;
    s_.logger.set_level(config_.log.level);
    s_.logger.set_format(config_.log.format);
    s_.logger.info("reloaded");
}

/// What can change while the stream goes on changes; the rest is named.
void ClientDaemon::reload() {
    auto loaded = s_.reload();
    if (!loaded) {
        s_.logger.error("reload refused, nothing changed: " + loaded.error().message);
        return;
    }
    const auto same_port = loaded->midi.port == config_.midi.port &&
                           loaded->midi.baud == config_.midi.baud &&
                           loaded->midi.device_name == config_.midi.device_name &&
                           loaded->midi.gadget_udc == config_.midi.gadget_udc;
    if (!same_port) {
        auto opener = s_.make_opener(*loaded);
        if (!opener) {
            s_.logger.error("reload refused, nothing changed: " + opener.error().message);
            return;
        }
        opener_->service();
        opener_ = std::move(*opener);
        config_.midi.port = loaded->midi.port;
        config_.midi.baud = loaded->midi.baud;
        config_.midi.device_name = loaded->midi.device_name;
        config_.midi.gadget_udc = loaded->midi.gadget_udc;
        port_ = nullptr;  // the engine plays into the old one until the new one is open
        next_try_ = {};
    }
    s_.logger.set_level(loaded->log.level);
    s_.logger.set_format(loaded->log.format);
    config_.log = loaded->log;
    if (const auto device = identity_.confirm())
        s_.logger.info(fmt::format("the port becomes \"{}\", as what is played", device->name));
    config_.auto_claim = loaded->auto_claim;
    (void)engine_->command({.what = ClientCommand::What::SetAutoClaim,
                            .on = config_.auto_claim && config_.midi.feedback != "none"});
    reload_pipeline(*loaded);
    if (config_ == *loaded)
        s_.logger.info("reloaded");
    else
        s_.logger.warning(
            "reloaded; changes to [network], midi.devices, [midi.controls] and [failover] take "
            "effect at the next start");
}

void ClientDaemon::tend_network(TimePoint now) {
    if (!care_.on_timer(now)) return;
    auto watched = engine_->watch_sockets();
    if (watched) watched = watch_control();
    if (!watched) s_.logger.error(watched.error().message);
}

void ClientDaemon::report(TimePoint now) {
    if (now < next_report_ || !s_.on_status) return;
    next_report_ = now + kReport;
    s_.on_status(engine_->status());
}

void ClientDaemon::summarize() {
    const auto& status = engine_->status();
    for (std::size_t i = 0; i < status.source_count; ++i) {
        const auto& source = status.sources[i];
        const auto& c = source.counters;
        s_.logger.info(fmt::format(
            "summary: host={} epoch={} delivered={} lost={} repaired={} duplicates={} late={} "
            "nacks={} journals={} lost_fragments={} "
            "digest_mismatches={} old_epochs={}",
            source.source.value, source.epoch.value, c.delivered, c.lost, c.repaired, c.duplicates,
            c.late, c.nacks, c.journals, c.lost_fragments, c.digest_mismatches, c.old_epochs));
    }
    std::uint64_t missing = 0;
    for (const auto& leg : status.legs) missing += leg.missing;
    const auto& o = status.output;
    s_.logger.info(fmt::format(
        "summary: played={} sysex={} sysex_lost={} port_full={} corrections={} switches={} "
        "silences={} withheld={} paired={} unpaired={} inquiries_answered={} "
        "inquiries_unanswered={} echoes={} loops_cut={} garbage={} "
        "missing_datagrams={} longest_turn_us={} internal_faults={}",
        o.messages, o.sysex, o.sysex_lost, o.port_full, status.corrections, status.switches,
        status.silences, status.withheld, status.pairing.second, status.pairing.unpaired,
        status.inquiries_answered, status.inquiries_unanswered, status.loops.echoes,
        status.loops.cut, status.garbage, missing, to_us(status.longest_turn), internal_faults()));
}

}  // namespace midinet::engine
