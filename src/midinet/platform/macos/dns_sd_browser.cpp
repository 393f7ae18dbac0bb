#include "platform/macos/dns_sd_browser.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/event.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

namespace midinet::platform {
namespace {

constexpr std::uintptr_t kRetryIdent = 1;  // of EVFILT_TIMER
constexpr std::intptr_t kRetryMs = 2000;
constexpr std::size_t kMostNotices = 16;
/// Answers taken at once; the handle stays readable while there are more.
constexpr int kMostAnswers = 256;
constexpr const char* kLoopback = "lo0";

std::string name_of(std::uint32_t interface) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(interface, name.data()) != nullptr ? name.data() : "";
}

std::string error_text(const std::string& doing, DNSServiceErrorType error) {
    return doing + " (error " + std::to_string(error) + ")";
}

/// As RFC 6763 §6.1 has them: each behind a byte with its length. What is cut is left out.
std::vector<std::string> strings_of(std::span<const unsigned char> txt) {
    std::vector<std::string> strings;
    while (!txt.empty() && txt[0] < txt.size()) {
        const auto text = txt.subspan(1, txt[0]);
        if (!text.empty()) strings.emplace_back(text.begin(), text.end());
        txt = txt.subspan(1 + text.size());
    }
    return strings;
}

void add_to(const FileDescriptor& queue, const struct kevent& event) noexcept {
    (void)::kevent(queue.get(), &event, 1, nullptr, 0, nullptr);
}

/// Whether a read would give something; the library's own waits for it.
bool is_readable(int socket) noexcept {
    pollfd descriptor{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&descriptor, 1, 0) > 0;
}

}  // namespace

Result<std::unique_ptr<DnsSdBrowser>> DnsSdBrowser::open(io::ServiceScope scope) {
    FileDescriptor queue(::kqueue());
    if (!queue.valid()) return fail_errno("creating a kqueue for DNS-SD");
    std::unique_ptr<DnsSdBrowser> browser(new DnsSdBrowser(std::move(scope), std::move(queue)));
    browser->connect();
    return browser;
}

DnsSdBrowser::~DnsSdBrowser() { forget_all(); }

void DnsSdBrowser::connect() {
    is_broken_ = false;
    is_new_ = is_new_ || !lookups_.empty();
    forget_all();
    if (auto asked = ask(); !asked) return on_broken(asked.error().message);
    last_trouble_.clear();
    struct kevent readable {};
    readable.ident = static_cast<std::uintptr_t>(DNSServiceRefSockFD(connection_.get()));
    readable.filter = EVFILT_READ;
    readable.flags = EV_ADD;
    add_to(queue_, readable);
}

Result<void> DnsSdBrowser::ask() {
    DNSServiceRef ref = nullptr;
    if (const auto error = DNSServiceCreateConnection(&ref); error != kDNSServiceErr_NoError)
        return fail(error_text("the system's responder does not answer", error));
    connection_ = DnsSdRef(ref);
    const auto error =
        DNSServiceBrowse(&ref, kDNSServiceFlagsShareConnection, kDNSServiceInterfaceIndexAny,
                         scope_.type.c_str(), nullptr, on_service, this);
    if (error != kDNSServiceErr_NoError)
        return fail(error_text("looking for " + scope_.type, error));
    browse_ = DnsSdRef(ref);
    return {};
}

/// In this order: what shares a connection goes before it.
void DnsSdBrowser::forget_all() {
    leaving_.clear();
    lookups_.clear();
    browse_ = DnsSdRef();
    connection_ = DnsSdRef();
}

std::optional<std::vector<io::FoundService>> DnsSdBrowser::services() {
    answer();
    if (!is_new_) return std::nullopt;
    is_new_ = false;
    std::vector<io::FoundService> all;
    for (const auto& [key, lookup] : lookups_)
        if (lookup->address != 0 && lookup->port != 0)
            all.push_back({.instance = key.second,
                           .interface = lookup->interface,
                           .at = {lookup->address, lookup->port},
                           .txt = lookup->txt});
    return all;
}

void DnsSdBrowser::answer() {
    std::array<struct kevent, 2> events{};
    const timespec at_once{};
    const int count = ::kevent(queue_.get(), nullptr, 0, events.data(), 2, &at_once);
    for (int i = 0; i < count; ++i)
        if (events[static_cast<std::size_t>(i)].filter == EVFILT_TIMER) connect();
    for (int i = 0; i < kMostAnswers && !is_broken_; ++i) {
        if (!is_readable(DNSServiceRefSockFD(connection_.get()))) return;
        const auto error = DNSServiceProcessResult(connection_.get());
        leaving_.clear();
        if (error != kDNSServiceErr_NoError)
            on_broken(error_text("the system's responder went away", error));
    }
}

/// What was found stays until the responder is asked again.
void DnsSdBrowser::on_broken(const std::string& why) {
    if (std::exchange(is_broken_, true)) return;
    const auto sentence =
        "DNS-SD cannot be used: " + why + "; hosts and clients still find each other by multicast";
    if (sentence != last_trouble_ && notices_.size() < kMostNotices)
        notices_.push_back({.is_trouble = true, .text = sentence});
    last_trouble_ = sentence;
    if (connection_.get() != nullptr) {
        struct kevent readable {};
        readable.ident = static_cast<std::uintptr_t>(DNSServiceRefSockFD(connection_.get()));
        readable.filter = EVFILT_READ;
        readable.flags = EV_DELETE;
        add_to(queue_, readable);  // a dead connection is readable for ever
    }
    struct kevent retry {};
    retry.ident = kRetryIdent;
    retry.filter = EVFILT_TIMER;
    retry.flags = EV_ADD | EV_ONESHOT;
    retry.data = kRetryMs;
    add_to(queue_, retry);
}

void DnsSdBrowser::add(const Key& key, const char* type, const char* domain) {
    const auto interface = name_of(key.first);
    const auto& wanted = scope_.interfaces;
    if (std::find(wanted.begin(), wanted.end(), interface) == wanted.end() ||
        lookups_.contains(key) || lookups_.size() == kMaxServices)
        return;
    auto lookup = std::make_unique<Lookup>(Lookup{.browser = *this, .interface = interface});
    DNSServiceRef ref = connection_.get();
    const auto error =
        DNSServiceResolve(&ref, kDNSServiceFlagsShareConnection, key.first, key.second.c_str(),
                          type, domain, on_resolved, lookup.get());
    if (error != kDNSServiceErr_NoError) return;  // it is told again when it is announced again
    lookup->resolver = DnsSdRef(ref);
    lookups_.emplace(key, std::move(lookup));
}

void DnsSdBrowser::remove(const Key& key) {
    const auto found = lookups_.find(key);
    if (found == lookups_.end()) return;
    leaving_.push_back(std::move(found->second));
    lookups_.erase(found);
    is_new_ = true;
}

void DnsSdBrowser::look_up_host(Lookup& lookup, std::uint32_t interface) {
    lookup.address = 0;
    DNSServiceRef ref = connection_.get();
    const auto error =
        DNSServiceGetAddrInfo(&ref, kDNSServiceFlagsShareConnection, interface,
                              kDNSServiceProtocol_IPv4, lookup.host.c_str(), on_address, &lookup);
    lookup.addresses = DnsSdRef(error == kDNSServiceErr_NoError ? ref : nullptr);
}

// NOLINTNEXTLINE(readability-function-size): as the system calls it
void DnsSdBrowser::on_service(DNSServiceRef, DNSServiceFlags flags, std::uint32_t interface,
                              DNSServiceErrorType error, const char* name, const char* type,
                              const char* domain, void* self) {
    auto& browser = *static_cast<DnsSdBrowser*>(self);
    if (error != kDNSServiceErr_NoError)
        return browser.on_broken(error_text("looking for " + browser.scope_.type, error));
    if ((flags & kDNSServiceFlagsAdd) != 0)
        browser.add({interface, name}, type, domain);
    else
        browser.remove({interface, name});
}

// NOLINTNEXTLINE(readability-function-size): as the system calls it
void DnsSdBrowser::on_resolved(DNSServiceRef, DNSServiceFlags, std::uint32_t interface,
                               DNSServiceErrorType error, const char*, const char* host,
                               std::uint16_t port, std::uint16_t txt_size, const unsigned char* txt,
                               void* self) {
    // A failure is that of a service which is not there: the browser tells when it goes.
    if (error != kDNSServiceErr_NoError) return;
    auto& lookup = *static_cast<Lookup*>(self);
    lookup.port = ntohs(port);
    lookup.txt = strings_of({txt, txt_size});
    lookup.browser.is_new_ = lookup.browser.is_new_ || lookup.address != 0;
    if (std::exchange(lookup.host, host) != host) lookup.browser.look_up_host(lookup, interface);
}

// NOLINTNEXTLINE(readability-function-size): as the system calls it
void DnsSdBrowser::on_address(DNSServiceRef, DNSServiceFlags flags, std::uint32_t,
                              DNSServiceErrorType error, const char*,
                              const struct sockaddr* address, std::uint32_t, void* self) {
    if (error != kDNSServiceErr_NoError || address == nullptr || address->sa_family != AF_INET)
        return;
    sockaddr_in internet{};
    std::memcpy(&internet, address, sizeof internet);
    const auto told = ntohl(internet.sin_addr.s_addr);
    auto& lookup = *static_cast<Lookup*>(self);
    const bool is_there = (flags & kDNSServiceFlagsAdd) != 0;
    if (!is_there && lookup.address != told) return;  // another one than is used
    lookup.address = is_there ? told : 0;
    lookup.browser.is_new_ = true;
}

Result<std::unique_ptr<io::ServiceBrowser>> open_browser(io::ServiceScope scope) {
    std::erase(scope.interfaces, kLoopback);
    if (scope.interfaces.empty()) return nullptr;
    return DnsSdBrowser::open(std::move(scope));
}

}  // namespace midinet::platform
