#include "engine/client_daemon.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::engine {
namespace {

constexpr io::Token kSignalToken = 0;
constexpr io::Token kControlToken = 1;
constexpr Duration kTick = 50ms;
constexpr Duration kRetry = 100ms;
constexpr Duration kReport = 1s;

}  // namespace

Result<std::vector<ClientSocket>> ClientDaemon::open_sockets(
    const std::vector<std::string>& interfaces) {
    std::vector<ClientSocket> sockets;
    const auto add = [&](Result<std::unique_ptr<io::DatagramSocket>> opened, std::size_t interface,
                         bool unicast, bool beats) -> Result<void> {
        if (!opened) return tl::unexpected(opened.error());
        sockets.push_back(
            {std::move(*opened), static_cast<std::uint8_t>(interface), unicast, beats});
        return {};
    };
    const auto& n = config_.network;
    for (const auto port : {n.data_port, n.heartbeat_port})
        for (const auto group : {config_.primary_group, config_.standby_group})
            for (std::size_t i = 0; i < interfaces.size(); ++i)
                if (auto added = add(s_.network.open_group({group, port}, interfaces[i]), i, false,
                                     port == n.heartbeat_port);
                    !added)
                    return tl::unexpected(added.error());
    for (std::size_t i = 0; i < interfaces.size(); ++i)
        if (auto added = add(s_.network.open_unicast(interfaces[i], 0, false), i, true, false);
            !added)
            return tl::unexpected(added.error());
    return sockets;
}

Result<void> ClientDaemon::open_control(const std::vector<std::string>& interfaces) {
    for (const auto& interface : interfaces) {
        auto socket = s_.network.open_group(
            {config_.network.control_group, config_.network.control_port}, interface);
        if (!socket) return tl::unexpected(socket.error());
        if (auto watched = s_.control_waiter.watch((*socket)->handle(), kControlToken, true, false);
            !watched)
            return watched;
        control_sockets_.push_back(std::move(*socket));
    }
    return {};
}

Result<ClientEngineOptions> ClientDaemon::engine_options() const {
    ClientEngineOptions options{.client = s_.client_id, .jitter_buffer = config_.jitter_buffer};
    using midi::ControlClass;
    for (const auto& rule : config_.midi.controls.relative)
        if (auto added = options.profile.add(ControlClass::Relative, rule); !added)
            return fail("midi.controls.relative: " + added.error().message, 2);
    for (const auto& rule : config_.midi.controls.momentary)
        if (auto added = options.profile.add(ControlClass::Momentary, rule); !added)
            return fail("midi.controls.momentary: " + added.error().message, 2);
    return options;
}

Result<void> ClientDaemon::start() {
    auto opener = s_.make_opener(config_);
    if (!opener) return tl::unexpected(opener.error());
    opener_ = std::move(*opener);
    auto options = engine_options();
    if (!options) return tl::unexpected(options.error());
    if (auto possible = opener_->check(); !possible) return possible;

    const auto interfaces = config_.network.interfaces.empty() ? s_.network.usable_interfaces()
                                                               : config_.network.interfaces;
    if (interfaces.empty())
        return fail(
            "no network interface is up with an IPv4 address; connect one, or name one with "
            "network.interface");
    auto sockets = open_sockets(interfaces);
    if (!sockets) return tl::unexpected(sockets.error());
    if (auto opened = open_control(interfaces); !opened) return opened;
    engine_ =
        std::make_unique<ClientEngine>(*options, std::move(*sockets), s_.engine_waiter, s_.clock);
    for (auto host : config_.network.hosts) {
        if (host.port == 0) host.port = config_.network.data_port;
        (void)engine_->command({.what = ClientCommand::What::KnowHost, .host = host});
    }
    if (!opener_->needs_identity())
        if (auto opened = open_port({}); !opened) return opened;
    if (auto started = engine_->start(); !started) return started;
    return s_.control_waiter.watch(s_.signals.handle(), kSignalToken, true, false);
}

Result<void> ClientDaemon::run() {
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
    engine_.reset();
    opener_->service();
    return result;
}

Result<void> ClientDaemon::loop(EngineThread<ClientEngine>& thread) {
    std::array<io::Ready, 8> ready;
    while (!thread.ended()) {
        (void)s_.control_waiter.wait(s_.clock.now() + kTick, ready);
        const auto now = s_.clock.now();
        on_signals();
        on_events();
        on_identities();
        retry_port(now);
        opener_->service();
        report(now);
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
        if (started_ && port.error().message != last_refusal_)
            s_.logger.warning("no port: " + port.error().message);
        last_refusal_ = port.error().message;
        return tl::unexpected(port.error());
    }
    last_refusal_.clear();
    s_.logger.info(
        fmt::format("playing into \"{}\" ({})", (*port)->info().name, config_.midi.port));
    has_port_ = engine_->command({.what = ClientCommand::What::UsePort, .port = port->get()});
    if (has_port_) (void)port->release();
    return {};
}

void ClientDaemon::retry_port(TimePoint now) {
    if (has_port_ || stopping_ || now < next_try_) return;
    if (opener_->needs_identity() && device_.name.empty()) return;
    next_try_ = now + kRetry;
    (void)open_port(device_);
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
    (void)engine_->command({.what = ClientCommand::What::Shutdown});
}

void ClientDaemon::on_events() {
    ClientEvent event;
    while (engine_->poll(event)) {
        const std::unique_ptr<io::VirtualPort> retired(event.port);
        switch (event.what) {
            case ClientEvent::What::Finished:
            case ClientEvent::What::PortReplaced:
                break;
            case ClientEvent::What::PortLost:
                has_port_ = false;
                s_.logger.warning(
                    fmt::format("port \"{}\" went away; opening it again", retired->info().name));
                break;
            case ClientEvent::What::SourceHeard:
                s_.logger.info(
                    fmt::format("host {} heard, epoch {}", event.source.value, event.epoch.value));
                if (book_.find(event.source) == nullptr)
                    (void)engine_->command(
                        {.what = ClientCommand::What::AskIdentity, .source = event.source});
                break;
            case ClientEvent::What::SourceSilent:
                s_.logger.warning(
                    fmt::format("host {} is silent; its notes are released", event.source.value));
                break;
            case ClientEvent::What::SourceBack:
                s_.logger.info(fmt::format("host {} is back", event.source.value));
                break;
            case ClientEvent::What::Switched:
                s_.logger.warning(fmt::format("playing host {} now", event.source.value));
                break;
        }
    }
}

void ClientDaemon::on_identities() {
    std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
    for (const auto& socket : control_sockets_) {
        for (int i = 0; i < 32; ++i) {
            const auto received = socket->receive(buffer);
            if (!received) break;
            const auto* entry = book_.take(received->bytes, received->from);
            if (entry == nullptr) continue;
            const auto& identity = entry->identity;
            (void)engine_->command({.what = ClientCommand::What::KnowHost, .host = entry->door()});
            s_.logger.info(fmt::format("host {} is \"{}\" at {}, device \"{}\"",
                                       identity.source.value, identity.host_name.view(),
                                       io::to_string(entry->from), identity.device_name.view()));
            if (identity.data_group != config_.primary_group &&
                identity.data_group != config_.standby_group)
                s_.logger.warning(
                    fmt::format("host {} sends on {}, which this client does not listen to; set "
                                "network.primary_group or "
                                "network.standby_group to it",
                                identity.source.value,
                                io::to_string({identity.data_group, identity.data_port})));
            if (device_.name.empty()) device_ = control::device_of(identity);
        }
    }
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
                           loaded->midi.device_name == config_.midi.device_name;
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
        has_port_ = false;
        next_try_ = {};
    }
    s_.logger.set_level(loaded->log.level);
    config_.log = loaded->log;
    config_.auto_claim = loaded->auto_claim;
    if (config_ == *loaded)
        s_.logger.info("reloaded");
    else
        s_.logger.warning(
            "reloaded; changes to [network], [midi.controls] and failover.jitter_buffer_us take "
            "effect at the next start");
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
        "silences={} garbage={} "
        "missing_datagrams={} longest_turn_us={}",
        o.messages, o.sysex, o.sysex_lost, o.port_full, status.corrections, status.switches,
        status.silences, status.garbage, missing, to_us(status.longest_turn)));
}

}  // namespace midinet::engine
