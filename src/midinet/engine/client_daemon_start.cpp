// How a client begins: ClientDaemon's first half.
#include "engine/client_daemon.hpp"
#include "engine/interface_wait.hpp"

#include <fmt/core.h>

namespace midinet::engine {
namespace {

constexpr io::Token kSignalToken = 0;
constexpr io::Token kControlToken = 1;

}  // namespace

Result<std::vector<ClientSocket>> ClientDaemon::open_sockets() {
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
            for (std::size_t i = 0; i < interfaces_.size(); ++i)
                if (auto added = add(s_.network.open_group({group, port}, interfaces_[i]), i, false,
                                     port == n.heartbeat_port);
                    !added)
                    return tl::unexpected(added.error());
    for (std::size_t i = 0; i < interfaces_.size(); ++i)
        if (auto added = add(s_.network.open_unicast(interfaces_[i], 0, false), i, true, false);
            !added)
            return tl::unexpected(added.error());
    return sockets;
}

Result<void> ClientDaemon::open_control() {
    auto plane = ClientPlane::open(
        s_.network, s_.clock, s_.logger, config_.network,
        {.client = s_.client_id,
         .name = s_.machine,
         .version = s_.version,
         .interfaces = interfaces_,
         .obey = [this](const auto& command,
                        auto answer) { pipeline_->on_command(command, std::move(answer)); },
         .meter = s_.meter});
    if (!plane) return tl::unexpected(plane.error());
    plane_ = std::move(*plane);
    return watch_control();
}

void ClientDaemon::open_pipeline() {
    decltype(ClientPipelineSurroundings::keep) keeper;
    if (s_.pipelines != nullptr)
        keeper = [&pipelines = *s_.pipelines](const auto& s) { return pipelines.keep(s); };
    pipeline_ = std::make_unique<ClientPipeline>(ClientPipelineSurroundings{
        .logger = s_.logger,
        .give =
            [this](const path::PipelineMap* map) {
                return engine_->command(
                    {.what = ClientCommand::What::SetPipeline, .pipeline = map});
            },
        .keep = std::move(keeper),
        .siblings = s_.siblings});
    const auto wanted = s_.pipelines != nullptr ? s_.pipelines->recall_at_start(config_.pipeline)
                                                : config_.pipeline;
    if (wanted != midi::PipelineSettings{}) (void)pipeline_->use(wanted);
}

void ClientDaemon::reload_pipeline(const control::ClientConfig& loaded) {
    config_.pipeline = loaded.pipeline;
    const auto wanted =
        s_.pipelines != nullptr ? s_.pipelines->recall(loaded.pipeline) : loaded.pipeline;
    if (wanted != pipeline_->settings()) (void)pipeline_->use(wanted);
}

Result<void> ClientDaemon::watch_control() {
    if (search_)
        if (auto watched = s_.control_waiter.watch(search_->handle(), kControlToken, true, false);
            !watched)
            return watched;
    for (const auto handle : plane_->handles())
        if (auto watched = s_.control_waiter.watch(handle, kControlToken, true, false); !watched)
            return watched;
    return {};
}

Result<ClientEngineOptions> ClientDaemon::engine_options() const {
    ClientEngineOptions options{.client = s_.client_id,
                                .failover = control::failover_options(config_.failover),
                                .jitter_buffer = config_.failover.jitter_buffer,
                                .attention = &s_.control_waiter,
                                .feedback_epoch = s_.epoch,
                                .auto_claim = config_.auto_claim};
    if (config_.midi.feedback != "none")
        options.focus_group = {config_.network.control_group, config_.network.focus_port};
    else
        options.auto_claim = false;  // there is nothing to send
    using midi::ControlClass;
    for (const auto& rule : config_.midi.controls.relative)
        if (auto added = options.profile.add(ControlClass::Relative, rule); !added)
            return fail("midi.controls.relative: " + added.error().message, 2);
    for (const auto& rule : config_.midi.controls.momentary)
        if (auto added = options.profile.add(ControlClass::Momentary, rule); !added)
            return fail("midi.controls.momentary: " + added.error().message, 2);
    return options;
}

/// What a start may have to wait for. Afterwards there are interfaces, or it was told to stop.
Result<void> ClientDaemon::prepare() {
    auto opener = s_.make_opener(config_);
    if (!opener) return tl::unexpected(opener.error());
    opener_ = std::move(*opener);
    if (auto possible = opener_->check(); !possible) return possible;
    Result<std::unique_ptr<io::MidiSourceOpener>> feedback = nullptr;
    if (s_.make_feedback_opener) feedback = s_.make_feedback_opener(config_);
    if (!feedback) return tl::unexpected(feedback.error());
    feedback_opener_ = std::move(*feedback);
    if (auto watched = s_.control_waiter.watch(s_.signals.handle(), kSignalToken, true, false);
        !watched)
        return watched;
    auto interfaces = await_interfaces({.network = s_.network,
                                        .clock = s_.clock,
                                        .waiter = s_.control_waiter,
                                        .signals = s_.signals,
                                        .logger = s_.logger,
                                        .reload = [this] { reload_before_start(); },
                                        .waiting =
                                            [this] {
                                                if (s_.tell_turn) s_.tell_turn(std::nullopt);
                                            }},
                                       config_.network);
    if (!interfaces) return tl::unexpected(interfaces.error());
    interfaces_ = std::move(*interfaces);
    stopping_ = interfaces_.empty();
    return {};
}

Result<void> ClientDaemon::start() {
    auto options = engine_options();
    if (!options) return tl::unexpected(options.error());
    auto sockets = open_sockets();
    if (!sockets) return tl::unexpected(sockets.error());
    if (auto opened = open_search(); !opened) return opened;
    if (auto opened = open_control(); !opened) return opened;
    engine_ =
        std::make_unique<ClientEngine>(*options, std::move(*sockets), s_.engine_waiter, s_.clock);
    plane_->show(engine_->tap_feed());
    open_pipeline();
    for (auto host : config_.network.hosts) {
        if (host.port == 0) host.port = config_.network.data_port;
        (void)engine_->command({.what = ClientCommand::What::KnowHost, .host = host});
    }
    const auto device = identity_.to_open(opener_->identity_use(), s_.clock.now());
    if (device && !opener_->waits_for_server())
        if (auto opened = open_port(*device); !opened && !s_.waits_for_port) return opened;
    return engine_->start();
}

}  // namespace midinet::engine
