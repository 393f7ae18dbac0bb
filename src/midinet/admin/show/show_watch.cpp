#include "admin/show/show_watch.hpp"

#include "control/device_slots.hpp"
#include "control/discovery/host_service.hpp"

#include <algorithm>
#include <array>

namespace midinet::admin {

namespace plane = control::plane;

namespace {

/// One run, one random id: there is no earlier run to tell it from.
constexpr Epoch kOnlyBoot{1};
constexpr Duration kCareInterval = 1s;

}  // namespace

ShowWatch::ShowWatch(Surroundings with, control::NetworkConfig config)
    : with_(std::move(with)),
      config_(std::move(config)),
      random_(with_.seed),
      own_{random_.next() | plane::kClientBit},
      taps_(own_, random_.next()),
      began_unix_ms_(with_.unix_ms()) {
    add_show({1});
    const auto now = with_.clock.now();
    look_at_network(now);
    publish(now);
}

ShowWatch::~ShowWatch() {
    if (browser_) with_.waiter.unwatch(browser_->handle());
    for (const auto& show : shows_)
        if (show->station)
            for (const auto handle : show->station->handles()) with_.waiter.unwatch(handle);
}

void ShowWatch::add_show(DeviceSlot slot) {
    auto show = std::make_unique<Show>();
    show->picture.slot = slot;
    show->finder = control::HostFinder(slot);
    shows_.push_back(std::move(show));
}

TimePoint ShowWatch::next_due() const {
    auto due = std::min({next_care_, next_picture_, taps_.next_due()});
    for (const auto& asked : asked_) due = std::min(due, asked.sender.next_due());
    return due;
}

void ShowWatch::turn() {
    std::array<io::Ready, 16> ready;
    (void)with_.waiter.wait(next_due(), ready);
    const auto now = with_.clock.now();
    const auto shows = shows_.size();  // what is heard may add some
    for (std::size_t i = 0; i < shows; ++i)
        if (auto& show = *shows_[i]; show.station)
            show.station->receive([&](const auto& heard) { take(show, heard, now); });
    if (browser_) look_up();
    if (now >= next_care_) look_at_network(now);
    take_questions(now);
    serve_questions(now);
    serve_taps(now);
    if (now >= next_picture_) publish(now);
}

void ShowWatch::look_at_network(TimePoint now) {
    next_care_ = now + kCareInterval;
    system_ = with_.read_system();
    const auto tended = with_.network.tend();
    for (const auto& news : tended.news) with_.say(news);
    open_what_is_missing();
    if (tended.replaced) watch_all();
    machines_.on_timer(now);
    say_who_is_here(now);
    for (const auto& show : shows_) {
        show->picture.roster.on_timer(now);
        show->picture.rates.keep(show->picture.roster);
        show->picture.leg_loss.keep(show->picture.roster);
    }
}

void ShowWatch::introduce(std::function<Introduction()> self, Epoch boot) {
    introduce_ = std::move(self);
    boot_ = boot;
}

/// Also to this admin itself: its book is the same as that of the others.
void ShowWatch::say_who_is_here(TimePoint now) {
    if (introduce_) {
        self_ = introduce_();
        if (shows_.front()->station) shows_.front()->station->say(self_.status, boot_);
        admins_.on_status(self_.status, own_address_, now);
    }
    admins_.on_timer(now);
}

void ShowWatch::open_what_is_missing() {
    if (interfaces_.empty())
        interfaces_ =
            config_.interfaces.empty() ? with_.network.usable_interfaces() : config_.interfaces;
    std::string trouble;
    if (interfaces_.empty())
        trouble =
            "no network interface is up and has an IPv4 address; to stay on this machine, set "
            "network.interface = \"lo\"";
    else
        for (const auto& show : shows_)
            if (auto opened = open(*show); !opened && trouble.empty())
                trouble = opened.error().message;
    if (trouble != trouble_) with_.say(trouble.empty() ? "the network can be used" : trouble);
    trouble_ = trouble;
    if (!browser_ && !browser_refused_ && !interfaces_.empty()) open_browser();
}

Result<void> ShowWatch::open(Show& show) {
    if (show.station) return {};
    const auto network = control::network_of(config_, show.picture.slot);
    plane::StationOptions options{.group = {network.control_group, network.control_port},
                                  .interfaces = interfaces_,
                                  .peers = {},
                                  .has_door = false};
    for (const auto& host : network.hosts)
        options.peers.push_back({host.address, network.control_port});
    auto station = plane::Station::open(with_.network, options);
    if (!station) return tl::unexpected(station.error());
    show.station = std::move(*station);
    watch_all();
    return {};
}

void ShowWatch::open_browser() {
    browser_refused_ = true;  // once: what it lacks does not come by itself
    if (!config_.dns_sd || !with_.make_browser) return;
    auto browser = with_.make_browser({control::kHostServiceType, interfaces_, {}});
    if (browser) {
        browser_ = std::move(*browser);
        watch_all();
    } else {
        dns_sd_trouble_ = browser.error().message;
    }
}

void ShowWatch::watch_all() {
    const auto watch = [this](io::Handle handle) {
        if (auto watched = with_.waiter.watch(handle, 0, true, false); !watched)
            with_.say(watched.error().message);
    };
    for (const auto& show : shows_)
        if (show->station)
            for (const auto handle : show->station->handles()) watch(handle);
    if (browser_) watch(browser_->handle());
}

void ShowWatch::take(Show& show, const plane::Station::Heard& heard, TimePoint now) {
    const auto datagram = plane::decode_datagram(heard.bytes);
    if (!datagram) {
        // Identities come by the same group, and are for clients.
        if (datagram.error() != wire::DecodeError::UnknownKind) ++not_understood_;
        return;
    }
    const auto& message = datagram->message;
    if (const auto* machine = std::get_if<plane::MachineStatus>(&message))
        machines_.on_status(*machine, now);
    if (const auto* admin = std::get_if<plane::AdminStatus>(&message)) {
        if (admin->id != self_.status.id)
            admins_.on_status(*admin, heard.from, now);
        else
            own_address_ = heard.from;
    }
    if (show.picture.roster.on_message(message, heard.from, now)) {
        if (const auto* host = std::get_if<plane::HostStatus>(&message)) {
            show.picture.rates.on_status(*host);
            while (shows_.size() < std::min(host->devices.all, wire::kMaxDevices))
                add_show({static_cast<std::uint8_t>(shows_.size() + 1)});
        }
        if (const auto* client = std::get_if<plane::ClientStatus>(&message)) {
            show.picture.rates.on_status(*client);
            show.picture.leg_loss.on_status(*client);
        }
    }
    for (auto& asked : asked_)
        if (asked.device == show.picture.slot) asked.sender.on_message(message, now);
    taps_.take(show.picture.slot, message, now);
}

void ShowWatch::tap(TapWants wants) {
    taps_.want(std::move(wants));
    with_.waiter.wake();
}

void ShowWatch::serve_taps(TimePoint now) {
    const auto say = [this](DeviceSlot device, const plane::Tap& tap) {
        for (const auto& show : shows_)
            if (show->picture.slot == device && show->station) show->station->say(tap, kOnlyBoot);
    };
    taps_.serve(now, with_.unix_ms(), say, [this](TapBatch batch) {
        if (take_taps_) take_taps_(std::move(batch));
    });
}

void ShowWatch::look_up() {
    for (const auto& notice : browser_->notices())
        if (notice.is_trouble) dns_sd_trouble_ = notice.text;
    const auto services = browser_->services();
    if (!services) return;
    for (const auto& show : shows_) {
        for (const auto& sentence : show->finder.take(*services).refused) with_.say(sentence);
        show->picture.found = show->finder.hosts();
    }
}

bool ShowWatch::ask(Question question) {
    {
        const std::lock_guard lock(shared_);
        if (closed_ || questions_.size() >= kMostQuestions) return false;
        questions_.push_back(std::move(question));
    }
    with_.waiter.wake();
    return true;
}

void ShowWatch::close() {
    {
        const std::lock_guard lock(shared_);
        closed_ = true;
    }
    take_questions(with_.clock.now());
    self_.status.leaving = true;
    if (introduce_ && shows_.front()->station) shows_.front()->station->say(self_.status, boot_);
    for (const auto& asked : asked_) asked.done(std::nullopt);
    asked_.clear();
}

void ShowWatch::take_questions(TimePoint now) {
    std::vector<Question> questions;
    {
        const std::lock_guard lock(shared_);
        questions.swap(questions_);
    }
    for (auto& question : questions) {
        if (asked_.size() >= kMostQuestions) {
            question.done(std::nullopt);
            continue;
        }
        question.command.id = std::max<std::uint64_t>(random_.next(), 1);
        question.command.from = own_;
        auto& asked = asked_.emplace_back(
            Asked{.device = question.device, .sender = {}, .done = std::move(question.done)});
        asked.sender.begin(question.command, now, question.patience);
    }
}

void ShowWatch::serve_questions(TimePoint now) {
    for (auto& asked : asked_) {
        const auto* command = asked.sender.to_send(now);
        const auto show = std::find_if(shows_.begin(), shows_.end(), [&](const auto& one) {
            return one->picture.slot == asked.device;
        });
        if (command != nullptr && show != shows_.end() && (*show)->station)
            (*show)->station->say(*command, kOnlyBoot);
    }
    const auto ended = std::stable_partition(
        asked_.begin(), asked_.end(), [](const auto& asked) { return asked.sender.outstanding(); });
    // Who is answered finds what it led to in what is asked next.
    if (ended != asked_.end()) publish(now);
    for (auto asked = ended; asked != asked_.end(); ++asked) asked->done(asked->sender.result());
    asked_.erase(ended, asked_.end());
}

void ShowWatch::publish(TimePoint now) {
    next_picture_ = now + kPictureInterval;
    auto picture = std::make_shared<Picture>();
    picture->number = ++pictures_;
    picture->now = now;
    picture->unix_ms = with_.unix_ms();
    picture->began_unix_ms = began_unix_ms_;
    for (const auto& show : shows_) {
        show->picture.rehearsals.on_roster(show->picture.roster, now, picture->unix_ms);
        picture->devices.push_back(show->picture);
    }
    picture->system = system_;
    picture->machines = machines_;
    picture->admins = admins_;
    picture->own = self_.status.id;
    picture->own_findings = self_.findings;
    picture->interfaces = interfaces_;
    picture->trouble = trouble_;
    picture->dns_sd_trouble = dns_sd_trouble_;
    picture->not_understood = not_understood_;
    {
        const std::lock_guard lock(shared_);
        picture_ = picture;
    }
    if (take_) take_(picture);
}

PicturePtr ShowWatch::picture() const {
    const std::lock_guard lock(shared_);
    return picture_;
}

}  // namespace midinet::admin
