// The client's control loop: what its engine tells.
#include "engine/client_daemon.hpp"

#include <fmt/core.h>

namespace midinet::engine {

void ClientDaemon::on_events() {
    ClientEvent event;
    while (engine_->poll(event)) {
        retire(event);
        on_event(event);
    }
}

/// Destroys what the engine gave back. A port that was lost is opened again, unless another one
/// took its place meanwhile.
void ClientDaemon::retire(const ClientEvent& event) {
    const std::unique_ptr<io::VirtualPort> port(event.port);
    const std::unique_ptr<io::MidiSource> feedback(event.feedback);
    const std::unique_ptr<const path::PipelineMap> map(event.pipeline);
    if (feedback != nullptr && feedback.get() == feedback_) feedback_ = nullptr;
    if (port == nullptr || port.get() != port_) return;
    port_ = nullptr;
    if (event.what == ClientEvent::What::PortLost)
        s_.logger.warning(
            fmt::format("port \"{}\" went away; opening it again", port->info().name));
}

void ClientDaemon::on_event(const ClientEvent& event) {
    switch (event.what) {
        case ClientEvent::What::Finished:
        case ClientEvent::What::PortLost:
        case ClientEvent::What::PortReplaced:
        case ClientEvent::What::FeedbackLost:
            break;  // retire() did it
        case ClientEvent::What::PipelineReplaced:
            return pipeline_->on_replaced();
        case ClientEvent::What::ClaimDue:
            return plane_->claim();
        case ClientEvent::What::ReminderDue:
            return plane_->hurry();
        case ClientEvent::What::FocusChanged:
            return tell_focus(event.focus);
        case ClientEvent::What::LeaseSought:
            return tell_of_lease(event.host);
        case ClientEvent::What::SourceHeard:
            return on_host_heard(event);
        case ClientEvent::What::SourceSilent:
            return s_.logger.warning(
                fmt::format("host {} is silent; its notes are released", event.source.value));
        case ClientEvent::What::SourceBack:
            return s_.logger.info(fmt::format("host {} is back", event.source.value));
        case ClientEvent::What::Switched:
            return s_.logger.warning(fmt::format("playing host {} now: {}", event.source.value,
                                                 control::to_string(event.why)));
    }
}

void ClientDaemon::on_host_heard(const ClientEvent& event) {
    s_.logger.info(fmt::format("host {} heard, epoch {}", event.source.value, event.epoch.value));
    identity_.on_host_heard(event.source, s_.clock.now());
    if (book_.find(event.source) == nullptr)
        (void)engine_->command({.what = ClientCommand::What::AskIdentity, .source = event.source});
}

/// The clone answers as the device of the host that is played. A host that knows nothing of its
/// device takes nothing away: to applications it is still the same controller.
void ClientDaemon::tell_replies() {
    const auto* entry = book_.find(engine_->status().active);
    if (entry == nullptr || entry->identity.replies == replies_) return;
    if (entry->identity.replies == midi::InquiryReplies{}) return;
    replies_ = entry->identity.replies;
    engine_->know_replies(replies_);
}

/// Warns when the controller that is played is another one than the clone.
void ClientDaemon::mind_device() {
    const auto* entry = book_.find(engine_->status().active);
    if (entry == nullptr || opener_->identity_use() == io::IdentityUse::None) return;
    if (entry->identity.source == minded_ && entry->heard == minded_at_) return;
    minded_ = entry->identity.source;
    minded_at_ = entry->heard;
    const auto device = control::device_of(entry->identity);
    if (!identity_.on_played(device)) return;
    s_.logger.warning(fmt::format(
        "host {} plays \"{}\" now (USB {:04x}:{:04x}, {} ports), another device than the "
        "port \"{}\", which stays as it is: mappings are made for it; send SIGHUP to make "
        "the port anew as that device",
        minded_.value, device.name, device.usb_vendor, device.usb_product, device.ports.size(),
        opened_with_.name));
}

void ClientDaemon::tell_focus(const wire::Focus& focus) {
    if (focus.holder == s_.client_id)
        s_.logger.info("we have the focus: what applications send goes to the controllers");
    else if (focus.holder.value == 0)
        s_.logger.info("nobody has the focus");
    else
        s_.logger.info(fmt::format("client {:016x} has the focus", focus.holder.value));
}

void ClientDaemon::tell_of_loops(const path::LoopCounters& loops) {
    if (loops.cut > 0 && loops_told_.cut == 0)
        s_.logger.error(
            "a loop: what is played comes back, is sent to the controller, and is played again; "
            "it is withheld. Turn off MIDI thru where the port is used, or the controller's echo");
    if (loops.echoes > 0 && loops_told_.echoes == 0)
        s_.logger.warning(
            "an echo: every value that is played comes back at once and is sent to the "
            "controller. If no motor faders are meant by it, turn off MIDI thru where the port is "
            "used");
    loops_told_ = loops;
}

}  // namespace midinet::engine
