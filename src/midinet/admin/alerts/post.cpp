#include "admin/alerts/post.hpp"

#include "base/ascii.hpp"

#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <optional>

namespace midinet::admin {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Attempt {
    const WebhookPolicy& policy;
    const std::atomic<bool>& ending;
    std::string refusal;
    std::size_t room;
};

/// Nothing: of neither family.
std::optional<io::IpEndpoint> endpoint_of(const sockaddr* address, std::size_t size) {
    if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return io::IpEndpoint{io::IpAddress::from_ipv4(ntohl(v4.sin_addr.s_addr)),
                              ntohs(v4.sin_port)};
    }
    if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        io::IpAddress::Bytes bytes{};
        std::memcpy(bytes.data(), v6.sin6_addr.s6_addr, bytes.size());
        return io::IpEndpoint{io::IpAddress(bytes), ntohs(v6.sin6_port)};
    }
    return std::nullopt;
}

/// Whoever would speak to it from the same address is it. A UDP socket sends nothing to find out.
bool is_own(const sockaddr& to, socklen_t to_size, const io::IpEndpoint& endpoint) {
    const int probe = ::socket(to.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return false;
    sockaddr_storage storage{};
    void* const memory = &storage;
    auto* const local = static_cast<sockaddr*>(memory);
    socklen_t size = sizeof storage;
    const bool known =
        ::connect(probe, &to, to_size) == 0 && ::getsockname(probe, local, &size) == 0;
    ::close(probe);
    if (!known) return false;
    const auto from = endpoint_of(local, size);
    return from && from->address == endpoint.address;
}

curl_socket_t open_socket(void* context, curlsocktype /*purpose*/, curl_sockaddr* to) {
    auto& attempt = *static_cast<Attempt*>(context);
    const auto endpoint = endpoint_of(&to->addr, to->addrlen);
    attempt.refusal =
        endpoint
            ? webhook_refusal(*endpoint, is_own(to->addr, to->addrlen, *endpoint), attempt.policy)
            : "it has no IP address";
    if (!attempt.refusal.empty()) return CURL_SOCKET_BAD;
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t take_answer(char* /*data*/, std::size_t size, std::size_t count, void* context) {
    auto& attempt = *static_cast<Attempt*>(context);
    const auto bytes = size * count;
    if (bytes > attempt.room) return 0;
    attempt.room -= bytes;
    return bytes;
}

int go_on(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Attempt*>(context)->ending ? 1 : 0;
}

long whole_ms(Duration time) { return static_cast<long>(time / 1ms); }

template <typename Value>
void set(const Handle& curl, CURLoption option, Value value) {
    (void)curl_easy_setopt(curl.get(), option, value);  // NOLINT(*-vararg): curl's only way
}

List list_of(const std::vector<std::string>& headers) {
    List list(nullptr, &curl_slist_free_all);
    for (const auto& header : headers)
        if (auto* longer = curl_slist_append(list.get(), header.c_str()); longer != nullptr) {
            (void)list.release();
            list.reset(longer);
        }
    return list;
}

void prepare(const Handle& curl, const Post& post, Attempt& attempt) {
    set(curl, CURLOPT_URL, post.url.c_str());
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_PROXY, "");
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_USERAGENT, post.agent.c_str());
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, whole_ms(post.connect_within));
    set(curl, CURLOPT_TIMEOUT_MS, whole_ms(post.answer_within));
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    set(curl, CURLOPT_POSTFIELDS, post.body.c_str());
    set(curl, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(curl, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&attempt));
    set(curl, CURLOPT_WRITEFUNCTION, &take_answer);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&attempt));
    set(curl, CURLOPT_XFERINFOFUNCTION, &go_on);
    set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(&attempt));
    set(curl, CURLOPT_NOPROGRESS, 0L);
}

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part_of(const Url& url, CURLUPart what) {
    char* text = nullptr;
    if (curl_url_get(url.get(), what, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
    const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
    return text;
}

/// What resolvers are to answer themselves (RFC 6761 §6.3).
bool is_localhost(std::string name) {
    name = ascii_lower(std::move(name));
    if (name.ends_with('.')) name.pop_back();
    return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

std::string post_refusal(const std::string& url, const WebhookPolicy& policy) {
    const Url parsed(curl_url(), &curl_url_cleanup);
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
        return "it is no URL that can be sent to";
    auto host = part_of(parsed, CURLUPART_HOST);  // curl makes 127.1 and 0x7f000001 127.0.0.1
    if (is_localhost(host)) host = "127.0.0.1";
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    addrinfo wanted{};
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), part_of(parsed, CURLUPART_PORT).c_str(), &wanted, &found) != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
    const auto endpoint = endpoint_of(found->ai_addr, found->ai_addrlen);
    if (!endpoint) return {};
    return webhook_refusal(*endpoint, is_own(*found->ai_addr, found->ai_addrlen, *endpoint),
                           policy);
}

PostResult post(const Post& post, const WebhookPolicy& policy, const std::atomic<bool>& ending) {
    static std::once_flag once;
    std::call_once(once, [] { (void)curl_global_init(CURL_GLOBAL_DEFAULT); });
    const Handle curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl) return {.why = "there is no memory for it"};
    Attempt attempt{policy, ending, {}, post.most_answer};
    const auto headers = list_of(post.headers);
    prepare(curl, post, attempt);
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    const auto done = curl_easy_perform(curl.get());
    long status = 0;
    (void)curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);  // NOLINT(*-vararg)
    if (!attempt.refusal.empty()) return {.why = attempt.refusal, .refused = true};
    // What it answered counts, also where there is more of it than is read.
    if (done != CURLE_OK && !(done == CURLE_WRITE_ERROR && status != 0))
        return {.why = curl_easy_strerror(done)};
    return {.status = status, .why = {}};
}

}  // namespace midinet::admin
