// All that is known of a show at one moment.
#pragma once

#include "admin/show/leg_loss.hpp"
#include "admin/show/rates.hpp"
#include "admin/show/rehearsals.hpp"
#include "base/types.hpp"
#include "control/discovery/host_finder.hpp"
#include "control/plane/admin_book.hpp"
#include "control/plane/machine_book.hpp"
#include "control/plane/roster.hpp"
#include "control/report/show_view.hpp"
#include "io/system_meter.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace midinet::admin {

/// One device's show.
struct DevicePicture {
    DeviceSlot slot{1};
    control::plane::Roster roster;
    std::map<HostId, control::FoundHost> found;  ///< by DNS-SD
    Rates rates;
    LegLoss leg_loss;
    Rehearsals rehearsals;
};

/// Never changes once it is made, so that threads share it. Ages count from `now`.
struct Picture {
    std::uint64_t number = 0;  ///< from 1, one more each
    TimePoint now;
    std::int64_t unix_ms = 0;                    ///< the same moment by the wall clock
    std::int64_t began_unix_ms = 0;              ///< of the admin
    std::vector<DevicePicture> devices;          ///< the first one always; in order
    control::plane::MachineBook machines;        ///< of all hosts and clients, as they say
    control::plane::AdminBook admins;            ///< with this one
    SenderId own{};                              ///< this one's id; 0: it says nothing of itself
    std::vector<control::Finding> own_findings;  ///< what is wrong with itself
    io::SystemReading system;  ///< of the machine that the admin runs on, at most a second old
    std::vector<std::string> interfaces;  ///< listened on; empty: none is usable
    std::string trouble;                  ///< why nothing may be heard; empty: no reason
    std::string dns_sd_trouble;           ///< why nothing is found by it; likewise
    std::uint64_t not_understood = 0;     ///< datagrams that are no message of ours

    /// Null when no host has such a device.
    const DevicePicture* device(DeviceSlot slot) const noexcept {
        for (const auto& one : devices)
            if (one.slot == slot) return &one;
        return nullptr;
    }
    control::ShowView view(const DevicePicture& device) const noexcept {
        return {device.roster, now, device.slot, &device.found, &admins, own, &own_findings};
    }
};
using PicturePtr = std::shared_ptr<const Picture>;

}  // namespace midinet::admin
