#include "admin/http/router.hpp"

#include "admin/http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midinet::admin {
namespace {

constexpr std::string_view kVersioned = "/api/v1/";
constexpr std::string_view kId = "{id}";

/// RFC 9110 §10.2.1.
std::string allowed(const Route& route) {
    std::string text;
    for (const auto method : route.methods()) {
        text += fmt::format("{}, ", to_string(method));
        if (method == Method::Get) text += "HEAD, ";
    }
    return text + "OPTIONS";
}

Response not_found(const std::string& path) {
    auto response = problem_response(
        {ProblemKind::NotFound,
         fmt::format("There is nothing at {}; /api/openapi.json lists all there is.", path)});
    response.headers.add("Vary", "Accept");  // on_stray() may look at it
    return response;
}

Response not_allowed(const Route& route, Method method) {
    auto response = problem_response(
        {ProblemKind::MethodNotAllowed,
         fmt::format("{} {} is not possible; it takes {}.",
                     method == Method::Other ? "This method on" : to_string(method), route.path(),
                     allowed(route))});
    response.headers.add("Allow", allowed(route));
    return response;
}

}  // namespace

void Router::add(std::unique_ptr<Route> route) {
    std::string path(route->path());
    routes_.emplace(std::move(path), std::move(route));
}

Route* Router::find(Request& request) const {
    if (const auto found = routes_.find(request.path); found != routes_.end())
        return found->second.get();
    for (const auto& [path, route] : routes_) {
        const auto at = path.find(kId);
        if (at == std::string::npos) continue;
        const auto before = std::string_view(path).substr(0, at);
        const auto after = std::string_view(path).substr(at + kId.size());
        const std::string_view asked = request.path;
        if (asked.size() <= before.size() + after.size() || !asked.starts_with(before) ||
            !asked.ends_with(after))
            continue;
        const auto id = asked.substr(at, asked.size() - before.size() - after.size());
        if (id.find('/') != std::string_view::npos) continue;
        request.id = id;
        return route.get();
    }
    return nullptr;
}

void Router::answer(Request request, const Respond& respond) const {
    if (request.path.starts_with(kVersioned))
        request.path = "/api/" + request.path.substr(kVersioned.size());
    auto* const found = find(request);
    if (found == nullptr) {
        auto page = stray_(request);
        return respond(page ? *std::move(page) : not_found(request.path));
    }
    auto& route = *found;
    if (request.method == Method::Options) {
        Response response{.status = 204};
        response.headers.add("Allow", allowed(route));
        return respond(std::move(response));
    }
    if (request.method == Method::Head) request.method = Method::Get;
    const auto methods = route.methods();
    if (std::find(methods.begin(), methods.end(), request.method) == methods.end())
        return respond(not_allowed(route, request.method));
    route.answer(request, respond);
}

std::vector<std::string> Router::paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, route] : routes_) paths.push_back(path);
    return paths;
}

}  // namespace midinet::admin
