// /ws/status: how the show is, once a second and when it changes.
#pragma once

#include "admin/http/problem.hpp"
#include "admin/routes/picture_route.hpp"
#include "admin/ws/audience.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace midinet::admin {

/// Lifetime: outlives the server. Thread: the server's.
class StatusHub {
  public:
    static constexpr Duration kInterval = 1s;
    using Parts = std::vector<std::pair<std::string, std::unique_ptr<PictureRoute>>>;

    /// `parts`: the members of the document. `run`: as Feed's.
    StatusHub(PictureRoute::Latest latest, Parts parts, std::string run);

    void on_picture(const Picture& picture);
    /// With the parameters "device", and "run" and "seq" of the last message that somebody has.
    /// Errors: what to answer instead.
    tl::expected<std::unique_ptr<SocketEnd>, Response> join(const Request& request);
    std::size_t members() const noexcept;
    std::uint64_t dropped() const noexcept;  ///< messages, of all sockets ever

  private:
    struct Channel {
        explicit Channel(const std::string& run) : audience(run) {}
        Audience audience;
        std::string news;  ///< of the state that was told last; see news_of()
        TimePoint told{};
    };
    Channel& channel(DeviceSlot slot);
    control::JsonValue state_of(const Picture& picture, const DevicePicture& device) const;

    PictureRoute::Latest latest_;
    Parts parts_;
    std::string run_;
    std::map<DeviceSlot, Channel> channels_;
};

}  // namespace midinet::admin
