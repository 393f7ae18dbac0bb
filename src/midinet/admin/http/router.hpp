// Which resource a path names.
#pragma once

#include "admin/http/message.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midinet::admin {

/// One resource. Thread: the server's alone.
class Route {
  public:
    virtual ~Route() = default;
    /// One of its segments may be "{id}": any text without '/'. Lifetime: the route's.
    virtual std::string_view path() const noexcept = 0;
    /// What can be done with it. HEAD and OPTIONS follow from that and are not named.
    virtual std::vector<Method> methods() const = 0;
    /// Only for those methods.
    virtual void answer(const Request& request, const Respond& respond) = 0;
};

/// All resources. "/api/v1/x" is "/api/x". Thread: the server's alone.
class Router {
  public:
    /// Precondition: another path than all before.
    void add(std::unique_ptr<Route> route);
    /// Asked where no resource is, before it is a 404 in words: nothing leaves it at that.
    using Stray = std::function<std::optional<Response>(const Request&)>;
    void on_stray(Stray stray) { stray_ = std::move(stray); }
    /// 404 and 405 are its own answers; HEAD is asked as GET, and the server leaves the body out.
    void answer(Request request, const Respond& respond) const;
    std::vector<std::string> paths() const;

  private:
    /// Null: there is none. Puts what stands for "{id}" into the request.
    Route* find(Request& request) const;
    std::map<std::string, std::unique_ptr<Route>, std::less<>> routes_;
    Stray stray_ = [](const Request&) { return std::nullopt; };
};

}  // namespace midinet::admin
