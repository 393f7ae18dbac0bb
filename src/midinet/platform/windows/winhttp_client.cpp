// HTTP by WinHTTP, which every Windows has.
#include "platform/http_client.hpp"
#include "platform/windows/handle.hpp"

#include <windows.h>
#include <winhttp.h>

#include <algorithm>
#include <chrono>

namespace midinet::platform {
namespace {

constexpr std::size_t kMost = std::size_t{64} << 20U;
constexpr int kConnectMs = 3000;

struct Close {
    void operator()(void* handle) const noexcept { ::WinHttpCloseHandle(handle); }
};
using Handle = std::unique_ptr<void, Close>;

/// The system keeps these sentences in another library, and in the user's language.
std::string reason(DWORD error) {
    switch (error) {
        case ERROR_WINHTTP_NAME_NOT_RESOLVED:
            return "nobody knows this name";
        case ERROR_WINHTTP_CANNOT_CONNECT:
            return "nobody takes the connection";
        case ERROR_WINHTTP_TIMEOUT:
            return "it took too long";
        case ERROR_WINHTTP_CONNECTION_ERROR:
            return "the connection broke off";
        case ERROR_WINHTTP_INVALID_URL:
        case ERROR_WINHTTP_UNRECOGNIZED_SCHEME:
            return "this is no address of a web server";
        case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
            return "what it answers is no HTTP";
        case ERROR_WINHTTP_SECURE_FAILURE:
            return "its certificate is not trusted here";
        default:
            return windows_error(error);
    }
}

tl::unexpected<Error> fail_http() { return fail(reason(::GetLastError())); }

/// An address in its parts.
struct Address {
    std::wstring host;
    std::wstring path;
    INTERNET_PORT port = 0;
    bool secure = false;
};

Result<Address> parse(const std::string& url) {
    const auto wide = to_wide(url);
    URL_COMPONENTS parts{};
    parts.dwStructSize = sizeof parts;
    parts.dwHostNameLength = parts.dwUrlPathLength = parts.dwExtraInfoLength =
        static_cast<DWORD>(-1);
    if (::WinHttpCrackUrl(wide.c_str(), static_cast<DWORD>(wide.size()), 0, &parts) == 0)
        return fail_http();
    Address address{.host = {parts.lpszHostName, parts.dwHostNameLength},
                    .path = {parts.lpszUrlPath, parts.dwUrlPathLength},
                    .port = parts.nPort,
                    .secure = parts.nScheme == INTERNET_SCHEME_HTTPS};
    address.path.append(parts.lpszExtraInfo, parts.dwExtraInfoLength);
    return address;
}

/// One question on its way. Nothing that the system would do by itself: no redirects, no cookies,
/// no passwords.
class Request {
  public:
    static Result<Request> open(const io::HttpQuestion& question) {
        auto address = parse(question.url);
        if (!address) return tl::unexpected(address.error());
        Request r(question.patience);
        r.session_.reset(::WinHttpOpen(L"midinet", WINHTTP_ACCESS_TYPE_NO_PROXY,
                                       WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0));
        if (!r.session_) return fail_http();
        r.connection_.reset(
            ::WinHttpConnect(r.session_.get(), address->host.c_str(), address->port, 0));
        if (!r.connection_) return fail_http();
        const DWORD flags = address->secure ? WINHTTP_FLAG_SECURE : 0;
        r.request_.reset(::WinHttpOpenRequest(r.connection_.get(), to_wide(question.method).c_str(),
                                              address->path.c_str(), nullptr, WINHTTP_NO_REFERER,
                                              WINHTTP_DEFAULT_ACCEPT_TYPES, flags));
        if (!r.request_) return fail_http();
        DWORD off =
            WINHTTP_DISABLE_COOKIES | WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_AUTHENTICATION;
        if (::WinHttpSetOption(r.request_.get(), WINHTTP_OPTION_DISABLE_FEATURE, &off,
                               sizeof off) == 0)
            return fail_http();
        return r;
    }

    Result<void> send(const io::HttpQuestion& question) {
        if (!wait_at_most()) return fail_http();
        const auto headers = headers_of(question);
        const auto size = static_cast<DWORD>(question.body.size());
        void* const body = size > 0 ? const_cast<char*>(question.body.data()) : nullptr;
        if (::WinHttpSendRequest(request_.get(), headers.c_str(),
                                 static_cast<DWORD>(headers.size()), body, size, size, 0) == 0)
            return fail_http();
        if (!wait_at_most() || ::WinHttpReceiveResponse(request_.get(), nullptr) == 0)
            return fail_http();
        return {};
    }

    Result<std::string> body() {
        std::string all;
        for (;;) {
            DWORD there = 0;
            if (!wait_at_most() || ::WinHttpQueryDataAvailable(request_.get(), &there) == 0)
                return fail_http();
            if (there == 0) return all;
            if (there > kMost - all.size()) return fail("its answer is longer than 64 MiB");
            const auto had = all.size();
            all.resize(had + there);
            DWORD got = 0;
            if (::WinHttpReadData(request_.get(), &all[had], there, &got) == 0) return fail_http();
            all.resize(had + got);
        }
    }

    int status() const {
        DWORD code = 0;
        DWORD size = sizeof code;
        (void)::WinHttpQueryHeaders(request_.get(),
                                    WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                    WINHTTP_HEADER_NAME_BY_INDEX, &code, &size, nullptr);
        return static_cast<int>(code);
    }

    std::string etag() const {
        std::wstring text(512, L'\0');
        auto size = static_cast<DWORD>(text.size() * sizeof(wchar_t));
        if (::WinHttpQueryHeaders(request_.get(), WINHTTP_QUERY_ETAG, WINHTTP_HEADER_NAME_BY_INDEX,
                                  text.data(), &size, nullptr) == 0)
            return {};
        return to_utf8(text.c_str());
    }

  private:
    using Clock = std::chrono::steady_clock;

    explicit Request(Duration patience)
        : until_(Clock::now() + std::chrono::duration_cast<Clock::duration>(patience)) {}

    /// The system's patience is that of each step, ours that of the whole.
    bool wait_at_most() const {
        using std::chrono::milliseconds;
        const auto left = std::chrono::duration_cast<milliseconds>(until_ - Clock::now()).count();
        const HINTERNET at = request_.get();
        if (left <= 0) {
            ::SetLastError(ERROR_WINHTTP_TIMEOUT);
            return false;
        }
        const int ms = static_cast<int>(std::min<long long>(left, 3'600'000));
        const int connect = std::min(ms, kConnectMs);
        return ::WinHttpSetTimeouts(at, connect, connect, ms, ms) != 0;
    }

    static std::wstring headers_of(const io::HttpQuestion& question) {
        std::string lines;
        if (!question.token.empty()) lines += "Authorization: Bearer " + question.token + "\r\n";
        if (!question.if_match.empty()) lines += "If-Match: " + question.if_match + "\r\n";
        if (!question.body.empty()) lines += "Content-Type: application/json\r\n";
        return to_wide(lines);
    }

    Clock::time_point until_;
    // In this order: each is closed before what it belongs to.
    Handle session_;
    Handle connection_;
    Handle request_;
};

class WinHttpClient final : public io::HttpClient {
  public:
    Result<io::HttpAnswer> ask(const io::HttpQuestion& question) override {
        auto request = Request::open(question);
        if (!request) return tl::unexpected(request.error());
        if (auto sent = request->send(question); !sent) return tl::unexpected(sent.error());
        auto body = request->body();
        if (!body) return tl::unexpected(body.error());
        return io::HttpAnswer{
            .status = request->status(), .body = std::move(*body), .etag = request->etag()};
    }
};

}  // namespace

std::unique_ptr<io::HttpClient> make_http_client() { return std::make_unique<WinHttpClient>(); }

}  // namespace midinet::platform
