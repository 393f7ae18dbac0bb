// What changed from one picture to the next.
#pragma once

#include "admin/show/picture.hpp"
#include "admin/store/event.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace midinet::admin {

/// Pure. Thread: one.
class EventWatch {
  public:
    /// What happened since the picture before. What the first one shows was there already.
    std::vector<Event> take(const Picture& picture);

  private:
    struct HostSeen {
        bool present = false;
        bool device_present = false;
        bool operator==(const HostSeen&) const = default;
    };
    struct ClientSeen {
        bool present = false;
        std::uint64_t switches = 0;
    };
    struct DeviceSeen {
        std::map<HostId, HostSeen> hosts;
        std::map<SenderId, ClientSeen> clients;
    };
    void look(const DevicePicture& device, const control::plane::Roster::Host& host);
    void look(const DevicePicture& device, const control::plane::Roster::Client& client);
    void note(EventKind kind, DeviceSlot device, std::string subject, std::string text);

    const Picture* picture_ = nullptr;  ///< the one being looked at
    std::vector<Event> events_;
    std::map<DeviceSlot, DeviceSeen> seen_;
    bool begun_ = false;
};

}  // namespace midinet::admin
