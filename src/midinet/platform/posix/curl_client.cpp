#include "platform/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string_view>

namespace midinet::platform {
namespace {

constexpr std::size_t kMost = std::size_t{64} << 20U;

struct Free {
    void operator()(CURL* curl) const noexcept { ::curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Free>;
using Headers = std::unique_ptr<curl_slist, Free>;

std::size_t take(const char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& body = *static_cast<std::string*>(to);
    if (body.size() + size * count > kMost) return 0;
    body.append(bytes, size * count);
    return size * count;
}

/// One header line.
std::size_t take_header(const char* bytes, std::size_t size, std::size_t count, void* to) {
    constexpr std::string_view kEtag = "etag:";
    std::string_view line(bytes, size * count);
    const bool is_etag = line.size() > kEtag.size() &&
                         std::equal(kEtag.begin(), kEtag.end(), line.begin(), [](char a, char b) {
                             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
                         });
    if (is_etag) {
        line.remove_prefix(kEtag.size());
        const auto first = line.find_first_not_of(" \t");
        const auto last = line.find_last_not_of(" \t\r\n");
        if (first != std::string_view::npos)
            *static_cast<std::string*>(to) = line.substr(first, last - first + 1);
    }
    return size * count;
}

bool add(Headers& headers, const std::string& line) {
    curl_slist* longer = ::curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return false;
    (void)headers.release();
    headers.reset(longer);
    return true;
}

bool set_headers(Headers& headers, const io::HttpQuestion& question) {
    bool good = add(headers, "Expect:");
    if (!question.token.empty())
        good = good && add(headers, "Authorization: Bearer " + question.token);
    if (!question.if_match.empty()) good = good && add(headers, "If-Match: " + question.if_match);
    if (!question.body.empty()) good = good && add(headers, "Content-Type: application/json");
    return good;
}

class CurlClient final : public io::HttpClient {
  public:
    Result<io::HttpAnswer> ask(const io::HttpQuestion& question) override {
        static std::once_flag once;
        std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
        const Handle curl(::curl_easy_init());
        Headers headers;
        if (!curl || !set_headers(headers, question)) return fail("there is no memory");
        io::HttpAnswer answer;
        set_up(curl.get(), question, answer);
        ::curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
        if (const CURLcode code = ::curl_easy_perform(curl.get()); code != CURLE_OK)
            return fail(::curl_easy_strerror(code));
        long status = 0;
        ::curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
        answer.status = static_cast<int>(status);
        return answer;
    }

  private:
    static void set_up(CURL* curl, const io::HttpQuestion& question, io::HttpAnswer& answer) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(question.patience);
        ::curl_easy_setopt(curl, CURLOPT_URL, question.url.c_str());
        ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        ::curl_easy_setopt(curl, CURLOPT_PROXY, "");  // the show's network, not the world's
        ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(ms.count()));
        ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
        ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question.method.c_str());
        if (!question.body.empty() || question.method == "POST") {
            ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question.body.c_str());
            ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                               static_cast<curl_off_t>(question.body.size()));
        }
        ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
        ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
        ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
        ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.etag);
    }
};

}  // namespace

std::unique_ptr<io::HttpClient> make_http_client() { return std::make_unique<CurlClient>(); }

}  // namespace midinet::platform
