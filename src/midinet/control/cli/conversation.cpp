#include "control/cli/conversation.hpp"

#include "control/cli/input.hpp"
#include "control/report/focus.hpp"

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

/// One run, one random id: there is no earlier run to tell it from.
constexpr Epoch kOnlyBoot{1};

}  // namespace

Result<std::vector<std::string>> interfaces_of(io::Network& network, const Request& request) {
    if (!request.interfaces.empty()) return request.interfaces;
    auto usable = network.usable_interfaces();
    if (usable.empty())
        return fail(
            "no network interface is up and has an IPv4 address; to stay on this machine, add "
            "--interface lo",
            static_cast<int>(ExitCode::Error));
    return usable;
}

Result<std::unique_ptr<Conversation>> Conversation::open(const Surroundings& with,
                                                         const Request& request) {
    auto interfaces = interfaces_of(with.network, request);
    if (!interfaces) return tl::unexpected(interfaces.error());
    auto station = plane::Station::open(
        with.network, {request.group, *interfaces, request.peers, /*has_door=*/false});
    if (!station) return tl::unexpected(station.error());
    std::unique_ptr<Conversation> made(new Conversation(with, request, std::move(*interfaces)));
    made->station_ = std::move(*station);
    // A directory that cannot be had is no reason to say nothing of what is heard.
    if (request.task == Task::Hosts && with.make_browser)
        if (auto browser = with.make_browser({kHostServiceType, made->interfaces_, {}}))
            made->browser_ = std::move(*browser);
    if (auto watched = made->watch(); !watched) return tl::unexpected(watched.error());
    return made;
}

Result<void> Conversation::watch() {
    auto handles = station_->handles();
    if (browser_) handles.push_back(browser_->handle());
    for (const auto handle : handles)
        if (auto watched = with_.waiter.watch(handle, 0, true, false); !watched) return watched;
    return {};
}

Conversation::Conversation(Surroundings with, Request request, std::vector<std::string> interfaces)
    : with_(std::move(with)),
      request_(std::move(request)),
      interfaces_(std::move(interfaces)),
      finder_(request_.device),
      start_(with_.clock.now()),
      now_(start_) {
    end_ = start_ + request_.wait;
    if (!asks(request_.task)) return;
    asks_at_ = start_ + (looks_first(request_.task) ? Request::kListen : Duration{});
    end_ = asks_at_ + request_.wait;
    if (asks_at_ == start_) ask();
}

void Conversation::look_up() {
    for (const auto& notice : browser_->notices())
        if (notice.is_trouble) dns_sd_trouble_ = notice.text;
    if (const auto services = browser_->services()) (void)finder_.take(*services);
}

void Conversation::ask() {
    asks_at_ = kNever;
    Random random(with_.seed);
    const SenderId own{random.next() | plane::kClientBit};
    const std::uint64_t id = std::max<std::uint64_t>(random.next(), 1);
    auto command = command_of(request_, id, own, with_.who);
    if (request_.task == Task::SwitchInput) {
        const auto host = find_paired_host(request_.peers, roster_, now_);
        if (!host) {
            not_asked_ = host.error();
            return;
        }
        command.to = *host;
    }
    if (request_.task == Task::GiveFocus) {
        const auto client = find_client(request_.client, roster_);
        if (!client) {
            not_asked_ = client.error();
            return;
        }
        command.client = client_ = *client;
    }
    sender_.begin(command, now_, request_.wait);
}

Conversation::~Conversation() {
    if (browser_) with_.waiter.unwatch(browser_->handle());
    if (!station_) return;
    for (const auto handle : station_->handles()) with_.waiter.unwatch(handle);
}

TimePoint Conversation::next_due() const { return std::min({sender_.next_due(), asks_at_, end_}); }

bool Conversation::over(TimePoint now) const {
    if (now >= end_) return true;
    if (!asks(request_.task) || asks_at_ != kNever) return false;
    if (sender_.outstanding()) return false;
    // The rules come with the host's status, a second later at most.
    const auto& result = sender_.result();
    if (request_.task != Task::FailoverStatus || !result) return true;
    const HostId host{static_cast<std::uint16_t>(result->from.value)};
    return roster_.host(host) != nullptr || now - start_ >= Request::kListen;
}

bool Conversation::turn() {
    std::array<io::Ready, 16> ready;
    auto due = next_due();
    // Of a status to come, after the answer: see over().
    if (request_.task == Task::FailoverStatus && sender_.result())
        due = std::min(due, start_ + Request::kListen);
    (void)with_.waiter.wait(due, ready);
    now_ = with_.clock.now();
    station_->receive([this](const auto& heard) { take(heard); });
    if (browser_) look_up();
    if (now_ >= asks_at_) ask();
    if (const auto* command = sender_.to_send(now_)) station_->say(*command, kOnlyBoot);
    return !over(now_);
}

void Conversation::go_on(Duration by) {
    roster_.on_timer(now_);
    admins_.on_timer(now_);
    end_ = now_ + by;
}

void Conversation::take(const plane::Station::Heard& heard) {
    const auto datagram = plane::decode_datagram(heard.bytes);
    if (!datagram) {
        // Identities come by the same group, and are for clients.
        if (datagram.error() != wire::DecodeError::UnknownKind) ++not_understood_;
        return;
    }
    (void)roster_.on_message(datagram->message, heard.from, now_);
    if (const auto* admin = std::get_if<plane::AdminStatus>(&datagram->message))
        admins_.on_status(*admin, heard.from, now_);
    sender_.on_message(datagram->message, now_);
}

Scene Conversation::scene() const {
    return {.request = request_,
            .roster = roster_,
            .sender = sender_,
            .now = now_,
            .took = now_ - start_,
            .interfaces = interfaces_,
            .not_understood = not_understood_,
            .send_failures = station_->send_failures(),
            .not_asked = not_asked_,
            .client = client_,
            .dns_sd_trouble = dns_sd_trouble_,
            .found = browser_ ? &finder_.hosts() : nullptr,
            .admins = &admins_};
}

}  // namespace midinet::control::cli
