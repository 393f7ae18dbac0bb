#include "admin/routes/page_routes.hpp"

#include "admin/http/problem.hpp"
#include "base/ascii.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <optional>
#include <string>

namespace midinet::admin {
namespace {

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Calls `see` with each member of a comma-separated list, without spaces around it.
template <typename See>
bool any_of_list(std::string_view list, See see) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (see(trimmed(list.substr(0, comma)))) return true;
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
    return false;
}

/// RFC 9110 §12.5.3: named, and not with a weight of zero.
bool accepts_gzip(const Request& request) {
    const auto accepted = ascii_lower(request.headers.find("Accept-Encoding").value_or(""));
    return any_of_list(accepted, [](std::string_view coding) {
        const auto name = trimmed(coding.substr(0, coding.find(';')));
        if (name != "gzip" && name != "*") return false;
        const auto weight = coding.find("q=");
        return weight == std::string_view::npos ||
               coding.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
    });
}

/// RFC 9110 §13.1.2, weak comparison.
bool has_it(const Request& request, std::string_view etag) {
    return any_of_list(request.headers.find("If-None-Match").value_or(""),
                       [etag](std::string_view one) {
                           if (one.starts_with("W/")) one.remove_prefix(2);
                           return one == "*" || one == etag;
                       });
}

/// Nothing where memory does not suffice: what is carried is whole.
std::optional<std::string> inflate(const embedded::File& file) {
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> tool(
        libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
    if (!tool) return std::nullopt;
    std::string text(file.size, '\0');
    const auto done = libdeflate_gzip_decompress(tool.get(), file.gzip.data(), file.gzip.size(),
                                                 text.data(), text.size(), nullptr);
    if (done != LIBDEFLATE_SUCCESS) return std::nullopt;
    return text;
}

Response body_of(const embedded::File& file, const Request& request) {
    Response response{.type = std::string(file.type)};
    if (accepts_gzip(request)) {
        response.body = file.gzip;
        response.headers.add("Content-Encoding", "gzip");
    } else if (auto text = inflate(file)) {
        response.body = std::move(*text);
    } else {
        return problem_response(
            {ProblemKind::NobodyThere, "There is no memory left to serve this page."});
    }
    return response;
}

void guard(Response& response) {
    response.headers.add("Content-Security-Policy", kPolicy);
    response.headers.add("Referrer-Policy", "no-referrer");
}

/// RFC 9110 §12.5.1; no browser puts a weight of zero there.
bool wants_html(const Request& request) {
    const auto accepted = ascii_lower(request.headers.find("Accept").value_or(""));
    return any_of_list(accepted, [](std::string_view type) {
        return trimmed(type.substr(0, type.find(';'))) == "text/html";
    });
}

const embedded::File* find(std::span<const embedded::File> files, std::string_view path) {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [path](const auto& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

class PageRoute : public Route {
  public:
    explicit PageRoute(const embedded::File& file) : file_(file) {}
    std::string_view path() const noexcept override { return file_.path; }
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request& request, const Respond& respond) override {
        auto response =
            has_it(request, file_.etag) ? Response{.status = 304} : body_of(file_, request);
        response.headers.add("ETag", std::string("W/").append(file_.etag));
        response.headers.add("Cache-Control",
                             file_.forever ? "public, max-age=31536000, immutable" : "no-cache");
        response.headers.add("Vary", "Accept-Encoding");
        guard(response);
        respond(std::move(response));
    }

  private:
    const embedded::File& file_;
};

}  // namespace

std::vector<std::unique_ptr<Route>> make_page_routes(std::span<const embedded::File> files) {
    std::vector<std::unique_ptr<Route>> routes;
    for (const auto& file : files) routes.push_back(std::make_unique<PageRoute>(file));
    return routes;
}

std::optional<Response> stray_page(std::span<const embedded::File> files, const Request& request) {
    std::string_view path = request.path;
    const auto* start = find(files, "/");
    const bool reads = request.method == Method::Get || request.method == Method::Head;
    if (start == nullptr || !reads || !wants_html(request) || path.starts_with("/api/") ||
        path.starts_with("/ws/"))
        return std::nullopt;
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (const auto* meant = find(files, path); meant != nullptr && path != "/") {
        Response moved{.status = 308};
        const auto query = request.query.empty() ? std::string() : '?' + request.query;
        moved.headers.add("Location", std::string(meant->path) + query);
        moved.headers.add("Vary", "Accept");
        return moved;
    }
    auto response = body_of(*start, request);
    response.status = response.status == 200 ? 404 : response.status;
    response.headers.add("Cache-Control", "no-cache");
    response.headers.add("Vary", "Accept, Accept-Encoding");
    guard(response);
    return response;
}

}  // namespace midinet::admin
