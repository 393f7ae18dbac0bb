#include "platform/linux/avahi_session.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <avahi-common/timeval.h>
#include <cstdint>

namespace midinet::platform {
namespace {

constexpr unsigned kRetryMs = 2000;
constexpr std::size_t kMostNotices = 16;

void ring(const FileDescriptor& bell) {
    const std::uint64_t one = 1;
    (void)!::write(bell.get(), &one, sizeof one);  // full: it rings already
}

void still(const FileDescriptor& bell) {
    std::uint64_t count = 0;
    (void)!::read(bell.get(), &count, sizeof count);
}

}  // namespace

Result<std::unique_ptr<AvahiSession>> AvahiSession::open(io::ServiceScope scope, Purpose purpose) {
    FileDescriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    FileDescriptor changed(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wake.valid() || !changed.valid()) return fail_errno("opening descriptors for DNS-SD");
    std::unique_ptr<AvahiSession> session(
        new AvahiSession(std::move(scope), purpose, std::move(wake), std::move(changed)));
    session->thread_ = std::thread([raw = session.get()] { raw->run(); });
    return session;
}

AvahiSession::~AvahiSession() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    ring(wake_);
    if (thread_.joinable()) thread_.join();
}

void AvahiSession::publish(const io::ServiceRecord& record) {
    {
        const std::lock_guard lock(mutex_);
        if (record_ == record) return;
        record_ = record;
        record_is_new_ = true;
    }
    ring(wake_);
}

std::optional<std::vector<io::FoundService>> AvahiSession::services() {
    still(changed_);
    const std::lock_guard lock(mutex_);
    if (!services_are_new_) return std::nullopt;
    services_are_new_ = false;
    std::vector<io::FoundService> all;
    for (const auto& [key, service] : services_) all.push_back(service);
    return all;
}

std::vector<io::DirectoryNotice> AvahiSession::notices() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notices_, {});
}

void AvahiSession::run() {
    ::pthread_setname_np(::pthread_self(), "midinet-dns-sd");
    poll_ = avahi_simple_poll_new();
    if (poll_ == nullptr) return note(true, "DNS-SD cannot be used: out of memory");
    const auto* const api = avahi_simple_poll_get(poll_);
    auto* const watch = api->watch_new(
        api, wake_.get(), AVAHI_WATCH_IN,
        [](AvahiWatch*, int, AvahiWatchEvent, void* self) {
            static_cast<AvahiSession*>(self)->on_wake();
        },
        this);
    retry_ = api->timeout_new(
        api, nullptr,
        [](AvahiTimeout*, void* self) { static_cast<AvahiSession*>(self)->connect(); }, this);
    connect();
    avahi_simple_poll_loop(poll_);
    backend_.reset();
    api->timeout_free(retry_);
    api->watch_free(watch);
    avahi_simple_poll_free(poll_);
}

void AvahiSession::connect() {
    backend_.reset();
    published_as_.clear();
    const AvahiContext context{
        .poll = avahi_simple_poll_get(poll_), .scope = scope_, .events = *this};
    auto used = use(connect_to_avahi_daemon(context));
    if (!used) used = use(start_avahi_responder(context, purpose_ == Purpose::Announce));
    if (used) {
        last_trouble_.clear();
        return;
    }
    on_trouble("DNS-SD cannot be used: " + used.error().message +
               "; hosts and clients still find each other by multicast");
    retry();
}

Result<void> AvahiSession::use(Result<std::unique_ptr<AvahiBackend>> backend) {
    if (!backend) return tl::unexpected(backend.error());
    backend_ = std::move(*backend);
    std::optional<io::ServiceRecord> record;
    {
        const std::lock_guard lock(mutex_);
        record = record_;
        record_is_new_ = false;
        // This backend tells anew what there is, and never that what another one found is gone.
        services_are_new_ = services_are_new_ || !services_.empty();
        services_.clear();
    }
    if (purpose_ == Purpose::Browse) return backend_->browse();
    if (record) backend_->publish(*record);
    return {};
}

void AvahiSession::on_wake() {
    still(wake_);
    std::optional<io::ServiceRecord> record;
    {
        const std::lock_guard lock(mutex_);
        if (ends_) return avahi_simple_poll_quit(poll_);
        if (record_is_new_) record = record_;
        record_is_new_ = false;
    }
    if (record && backend_) backend_->publish(*record);
}

void AvahiSession::retry() {
    timeval at{};
    avahi_elapse_time(&at, kRetryMs, 0);
    avahi_simple_poll_get(poll_)->timeout_update(retry_, &at);
}

void AvahiSession::note(bool is_trouble, const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        if (notices_.size() < kMostNotices) notices_.push_back({is_trouble, text});
    }
    ring(changed_);
}

void AvahiSession::on_published(const std::string& instance) {
    if (instance == published_as_) return;
    published_as_ = instance;
    std::string wanted;
    {
        const std::lock_guard lock(mutex_);
        if (record_) wanted = record_->instance;
    }
    const bool is_wanted = instance == wanted;
    note(false, "announced by DNS-SD as \"" + instance + "\", by " + backend_->name() +
                    (is_wanted ? "" : "; \"" + wanted + "\" is taken on this network"));
}

void AvahiSession::on_found(const AvahiKey& key, io::FoundService service) {
    {
        const std::lock_guard lock(mutex_);
        auto& known = services_[key];
        if (known == service) return;
        known = std::move(service);
        services_are_new_ = true;
    }
    ring(changed_);
}

void AvahiSession::on_lost(const AvahiKey& key) {
    {
        const std::lock_guard lock(mutex_);
        if (services_.erase(key) == 0) return;
        services_are_new_ = true;
    }
    ring(changed_);
}

void AvahiSession::on_trouble(const std::string& sentence) {
    if (sentence == last_trouble_) return;
    last_trouble_ = sentence;
    note(true, sentence);
}

/// What was found is kept until another backend looks.
void AvahiSession::on_broken(const std::string& why) {
    on_trouble("DNS-SD is interrupted: " + why);
    retry();
}

}  // namespace midinet::platform
