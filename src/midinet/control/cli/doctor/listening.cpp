#include "control/cli/doctor/listening.hpp"

#include "control/device_slots.hpp"
#include "wire/constants.hpp"

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

constexpr std::uint16_t kMdnsPort = 5353;
/// A probe that is lost by chance is not lost three times.
constexpr Duration kProbeEvery = 250ms;
constexpr int kProbes = 3;
constexpr int kBatch = 64;
/// Switches have taken note by then that somebody is in a group.
constexpr Duration kStay = 500ms;

ByteView bytes_of(const std::string& text) { return std::as_bytes(std::span{text}); }

}  // namespace

Listening::Listening(const Instruments& instruments, const Order& order, Facts& facts)
    : instruments_(instruments),
      request_(order.request),
      facts_(facts),
      first_port_(port_of(wire::kDataPort, order.request.device)),
      finder_(order.request.device),
      words_("midinet-cli doctor " + std::to_string(instruments.with.seed)),
      start_(instruments.with.clock.now()),
      end_(start_ + order.request.wait),
      next_probe_(start_),
      leave_(start_ + std::min(kStay, order.request.wait / 4)) {
    facts_.first_port = first_port_;
    open_all();
}

Listening::~Listening() {
    for (const auto handle : watched_) instruments_.with.waiter.unwatch(handle);
}

void Listening::watch(io::Handle handle) {
    if (instruments_.with.waiter.watch(handle, 0, true, false)) watched_.push_back(handle);
}

std::vector<std::string> Listening::choose_interfaces() {
    auto names = request_.interfaces;
    if (names.empty()) names = instruments_.with.network.usable_interfaces();
    if (names.empty())
        facts_.network_trouble = "no network interface is up and has an IPv4 address";
    return names;
}

Result<void> Listening::open_ear(io::Endpoint group, What what, std::size_t index) {
    const auto& name =
        what == What::Probe ? facts_.probes[index].interface : facts_.heard[index].interface;
    auto socket = instruments_.with.network.open_group(group, name);
    if (!socket) return tl::unexpected(socket.error());
    watch((*socket)->handle());
    ears_.push_back({std::move(*socket), what, index});
    return {};
}

void Listening::open_stream(std::uint32_t group) {
    if (!streams_.insert(group).second) return;
    const auto heartbeat = static_cast<std::uint16_t>(first_port_ + 1);
    for (std::size_t i = 0; i < facts_.heard.size(); ++i) {
        (void)open_ear({group, first_port_}, What::Data, i);
        (void)open_ear({group, heartbeat}, What::Heartbeat, i);
    }
}

void Listening::open_querier_ears() {
    for (auto& heard : facts_.heard) {
        query_ears_.emplace_back();
        if (heard.loopback) continue;
        auto ear = instruments_.make_ear(heard.interface);
        if (!ear) {
            heard.querier_trouble = ear.error().message;
            continue;
        }
        watch((*ear)->handle());
        query_ears_.back() = std::move(*ear);
        auto member = instruments_.with.network.open_group(
            {*io::parse_ipv4(kLeftGroup), first_port_}, heard.interface);
        heard.provoked = member.has_value();
        if (member) left_.push_back(std::move(*member));
    }
}

void Listening::leave_groups() {
    leave_ = kNever;
    left_.clear();
}

void Listening::open_probes() {
    const auto group = *io::parse_ipv4(kProbeGroup);
    for (const auto& heard : facts_.heard) {
        for (unsigned n = 0; n < 5; ++n) {
            const auto port = n < 4 ? static_cast<std::uint16_t>(first_port_ + n) : kMdnsPort;
            facts_.probes.push_back({heard.interface, port, false, {}});
            auto mouth = instruments_.with.network.open_unicast(heard.interface, 0, false);
            const auto ear = mouth ? open_ear({group, port}, What::Probe, facts_.probes.size() - 1)
                                   : Result<void>(tl::unexpected(mouth.error()));
            if (!ear && port == kMdnsPort) {  // another responder may keep it to itself
                facts_.probes.pop_back();
                continue;
            }
            if (!ear) facts_.probes.back().trouble = ear.error().message;
            mouths_.push_back(mouth ? std::move(*mouth) : nullptr);
        }
    }
}

void Listening::probe(TimePoint now) {
    const auto group = *io::parse_ipv4(kProbeGroup);
    next_probe_ = ++probes_ < kProbes ? now + kProbeEvery : kNever;
    for (std::size_t i = 0; i < mouths_.size(); ++i) {
        auto& probe = facts_.probes[i];
        if (mouths_[i] && probe.trouble.empty() && !probe.came_back)
            (void)mouths_[i]->send({group, probe.port}, bytes_of(words_));
    }
}

void Listening::open_all() {
    facts_.used = choose_interfaces();
    for (const auto& name : facts_.used) {
        if (auto usable = instruments_.with.network.check_interface(name); !usable) {
            facts_.network_trouble = usable.error().message;
            continue;
        }
        const auto known =
            std::find_if(facts_.interfaces.begin(), facts_.interfaces.end(),
                         [&](const auto& one) { return one.name == name && one.loopback; });
        facts_.heard.push_back({.interface = name, .loopback = known != facts_.interfaces.end()});
    }
    for (std::size_t i = 0; i < facts_.heard.size(); ++i)
        if (auto ear = open_ear(request_.group, What::Control, i); !ear)
            facts_.network_trouble = ear.error().message;
    open_stream(*io::parse_ipv4(wire::kPrimaryGroup));
    open_stream(*io::parse_ipv4(wire::kStandbyGroup));
    open_querier_ears();
    open_probes();
    const bool beyond = std::any_of(facts_.heard.begin(), facts_.heard.end(),
                                    [](const auto& heard) { return !heard.loopback; });
    if (!beyond || !instruments_.with.make_browser) return;
    auto browser = instruments_.with.make_browser({kHostServiceType, facts_.used, {}});
    facts_.found.emplace();
    if (!browser) {
        facts_.dns_sd_trouble = browser.error().message;
        return;
    }
    browser_ = std::move(*browser);
    watch(browser_->handle());
}

void Listening::finish(TimePoint now) {
    facts_.now = now;
    facts_.listened = now - start_;
    facts_.admins.on_timer(now);
    if (!browser_) return;
    for (const auto& [id, host] : finder_.hosts()) facts_.found->insert(id);
}

bool Listening::turn() {
    std::array<io::Ready, 16> ready;
    (void)instruments_.with.waiter.wait(std::min({next_probe_, leave_, end_}), ready);
    const TimePoint now = instruments_.with.clock.now();
    receive();
    if (now >= next_probe_) probe(now);
    if (now >= leave_) leave_groups();
    if (now < end_) return true;
    finish(now);
    return false;
}

void Listening::receive() {
    std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
    for (const auto& ear : ears_)
        for (int n = 0; n < kBatch; ++n) {
            const auto received = ear.socket->receive(buffer);
            if (!received) break;
            take(ear, *received);
        }
    for (std::size_t i = 0; i < query_ears_.size(); ++i)
        if (query_ears_[i])
            while (const auto from = query_ears_[i]->take()) facts_.heard[i].querier = from;
    if (browser_) look_up();
}

void Listening::look_up() {
    for (const auto& notice : browser_->notices())
        if (notice.is_trouble) facts_.dns_sd_trouble = notice.text;
    const auto services = browser_->services();
    if (!services) return;
    (void)finder_.take(*services);
    for (const auto& [id, host] : finder_.hosts()) open_stream(host.says.group);
}

void Listening::take(const Ear& ear, const io::Received& received) {
    if (ear.what == What::Probe) {
        const auto wanted = bytes_of(words_);
        if (std::equal(received.bytes.begin(), received.bytes.end(), wanted.begin(), wanted.end()))
            facts_.probes[ear.index].came_back = true;
        return;
    }
    if (ear.what == What::Control) return take_status(ear.index, received);
    const auto datagram = wire::decode_datagram(received.bytes);
    if (!datagram) return;
    auto& heard = facts_.heard[ear.index];
    if (datagram->header.kind == wire::PacketKind::Heartbeat) ++heard.heartbeats;
    if (datagram->header.kind == wire::PacketKind::Data) ++heard.data;
}

void Listening::take_status(std::size_t index, const io::Received& received) {
    const auto datagram = plane::decode_datagram(received.bytes);
    if (!datagram) return;
    const TimePoint now = instruments_.with.clock.now();
    (void)facts_.roster.on_message(datagram->message, received.from, now);
    if (const auto* admin = std::get_if<plane::AdminStatus>(&datagram->message))
        facts_.admins.on_status(*admin, received.from, now);
    const auto* status = std::get_if<plane::HostStatus>(&datagram->message);
    if (status != nullptr || std::holds_alternative<plane::ClientStatus>(datagram->message))
        ++facts_.heard[index].statuses;
    if (status == nullptr) return;
    auto& runs = facts_.runs[status->id];
    constexpr std::size_t kMostRuns = 16;
    if (runs.size() >= kMostRuns && !runs.contains(status->epoch)) return;
    auto [at, is_new] = runs.try_emplace(status->epoch);
    if (is_new) at->second = {std::string(status->name.view()), received.from.address, now, now};
    at->second.last = now;
}

}  // namespace midinet::control::cli
