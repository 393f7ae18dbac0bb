// The client engine's way back: what applications play into the port, for the controllers.
#include "engine/client_feedback.hpp"

#include <algorithm>

namespace midinet::engine {

void ClientEngine::FeedbackOut::send(std::size_t socket, io::Endpoint to,
                                     std::span<const std::byte> datagram) noexcept {
    if (!engine_.sockets_[socket].socket->send(to, datagram)) ++engine_.counts_.send_failures;
}

void ClientEngine::FeedbackOut::multicast(path::Group /*group*/,
                                          std::span<std::byte> datagram) noexcept {
    const auto to = engine_.feedback_.group();
    if (to.address == 0) return;
    wire::set_packet_number(datagram, ++engine_.feedback_packets_);
    for (std::size_t i = 0; i < engine_.sockets_.size(); ++i)
        if (engine_.sockets_[i].unicast) send(i, to, datagram);
    wire::set_packet_number(datagram, wire::kUncounted);
    engine_.leases_.for_each([&](io::Endpoint door) {
        for (std::size_t i = 0; i < engine_.sockets_.size(); ++i)
            if (engine_.sockets_[i].unicast) send(i, door, datagram);
    });
}

void ClientEngine::FeedbackOut::unicast(path::Peer to, std::span<std::byte> datagram) noexcept {
    const auto peer = unpack(to);
    wire::set_packet_number(datagram, wire::kUncounted);
    send(peer.socket, peer.endpoint, datagram);
}

io::MidiSource* ClientEngine::feedback_source() const noexcept {
    if (feedback_source_) return feedback_source_.get();
    return port_ && !port_lost_ ? port_->feedback() : nullptr;
}

void ClientEngine::watch_feedback(bool on) noexcept {
    auto* source = feedback_source();
    if (source == nullptr) return;
    for (const auto handle : source->handles()) {
        if (!on)
            waiter_.unwatch(handle);
        else if (!waiter_.watch(handle, kFeedbackToken, true, false))
            ++counts_.watch_failures;
    }
}

void ClientEngine::use_feedback(io::MidiSource* source) noexcept {
    watch_feedback(false);
    feedback_.on_port_closed(now_);
    if (feedback_source_)
        tell({.what = ClientEvent::What::FeedbackLost, .feedback = feedback_source_.release()});
    feedback_source_.reset(source);
    watch_feedback(true);
}

void ClientEngine::read_feedback(std::span<const io::Ready> ready) noexcept {
    auto* source = feedback_source();
    const bool has = std::any_of(ready.begin(), ready.end(),
                                 [](const io::Ready& r) { return r.token == kFeedbackToken; });
    if (source == nullptr || !has) return;
    if (feedback_.read(*source, replies_.latest(), now_, *feedback_out_)) return;
    if (feedback_source_)
        use_feedback(nullptr);
    else
        port_lost_ = true;
}

/// A host asks for what it missed of our feedback.
bool ClientEngine::on_question(const wire::Datagram& datagram, const ClientSocket& from,
                               io::Endpoint endpoint, TimePoint now) noexcept {
    if (datagram.header.kind != wire::PacketKind::Nack || !from.unicast) return false;
    const auto nack = wire::decode_nack(datagram.payload);
    if (!nack || nack->source != Feedback::kSource) return false;
    feedback_.on_nack(*nack, peer_at(from, endpoint), now, *feedback_out_);
    return true;
}

void ClientEngine::on_focus(const wire::Focus& told, TimePoint now) noexcept {
    seat_.on_focus(told, now);
    if (!seat_.reminds(told, now)) return;
    tell({.what = ClientEvent::What::ReminderDue});
    if (options_.attention != nullptr) options_.attention->wake();
}

/// Before anything is read: what waited while we were stalled is not sent by a holder of then.
void ClientEngine::expire_focus(TimePoint now) noexcept {
    if (feedback_.holds() && !seat_.holds(now)) feedback_.on_timer(false, now, *feedback_out_);
}

void ClientEngine::mind_focus(TimePoint now) noexcept {
    feedback_.on_timer(seat_.holds(now), now, *feedback_out_);
    bool wake = false;
    if (seat_.focus() != focus_told_) {
        const bool another = seat_.focus().holder != focus_told_.holder;
        focus_told_ = seat_.focus();
        next_publish_ = publish_by_ = now;
        if (another) tell({.what = ClientEvent::What::FocusChanged, .focus = focus_told_});
        wake = true;
    }
    if (seat_.claims(now)) {
        tell({.what = ClientEvent::What::ClaimDue});
        wake = true;
    }
    if (wake && options_.attention != nullptr) options_.attention->wake();
}

}  // namespace midinet::engine
