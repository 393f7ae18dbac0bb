#include "admin/routes/service_routes.hpp"

#include "control/report/overview.hpp"

namespace midinet::admin {
namespace {

/// Pictures come four times a second.
constexpr Duration kStandsStill = 3s;

class AliveRoute : public Route {
  public:
    AliveRoute(PictureRoute::Latest latest, std::function<TimePoint()> clock)
        : latest_(std::move(latest)), clock_(std::move(clock)) {}
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request&, const Respond& respond) override {
        const auto picture = latest_();
        auto trouble = clock_() - picture->now > kStandsStill
                           ? std::string("The program has stopped listening: start it anew.")
                           : what_is_missing(*picture);
        auto response = trouble.empty()
                            ? text_response("ok\n")
                            : problem_response({ProblemKind::NobodyThere, std::move(trouble)});
        response.headers.add("Cache-Control", "no-store");
        respond(std::move(response));
    }

  protected:
    /// A sentence; empty: nothing.
    virtual std::string what_is_missing(const Picture& picture) const = 0;

  private:
    PictureRoute::Latest latest_;
    std::function<TimePoint()> clock_;
};

class HealthzRoute : public AliveRoute {
  public:
    using AliveRoute::AliveRoute;
    std::string_view path() const noexcept override { return "/healthz"; }

  private:
    std::string what_is_missing(const Picture&) const override { return {}; }
};

class ReadyzRoute : public AliveRoute {
  public:
    using AliveRoute::AliveRoute;
    std::string_view path() const noexcept override { return "/readyz"; }

  private:
    std::string what_is_missing(const Picture& picture) const override {
        for (const auto& device : picture.devices)
            if (device.roster.hosts_present(picture.now) +
                    device.roster.clients_present(picture.now) >
                0)
                return {};
        return picture.trouble.empty()
                   ? "No host and no client is heard: start one, or look at the network."
                   : "Nothing can be heard: " + picture.trouble + ".";
    }
};

class TextRoute : public Route {
  public:
    TextRoute(std::string path, std::string type, std::string text)
        : path_(std::move(path)), type_(std::move(type)), text_(std::move(text)) {}
    std::string_view path() const noexcept override { return path_; }
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request&, const Respond& respond) override {
        respond({.type = type_, .body = text_});
    }

  private:
    std::string path_;
    std::string type_;
    std::string text_;
};

}  // namespace

std::unique_ptr<Route> make_healthz_route(PictureRoute::Latest latest,
                                          std::function<TimePoint()> clock) {
    return std::make_unique<HealthzRoute>(std::move(latest), std::move(clock));
}
std::unique_ptr<Route> make_readyz_route(PictureRoute::Latest latest,
                                         std::function<TimePoint()> clock) {
    return std::make_unique<ReadyzRoute>(std::move(latest), std::move(clock));
}
std::unique_ptr<Route> make_text_route(std::string path, std::string type, std::string text) {
    return std::make_unique<TextRoute>(std::move(path), std::move(type), std::move(text));
}

}  // namespace midinet::admin
