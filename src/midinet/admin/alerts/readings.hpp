// What alerts look at, taken from a picture.
#pragma once

#include "admin/alerts/alert_kind.hpp"
#include "admin/show/picture.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace midinet::admin {

struct Reading {
    AlertKind kind = AlertKind::Temperature;
    std::uint8_t device = 0;  ///< 0: of the machine that the admin runs on
    std::string subject;      ///< a host's number, a client's id, a path; may be empty
    std::string who;          ///< the same for people
    double value = 0;         ///< in the kind's unit; of kinds without a level 1 is bad, 0 is good
};

/// Knows which shows ever had a second host: where there never was one, none is missing. Pure.
/// Thread: one.
class AlertReader {
  public:
    /// `history_trouble`: as HistoryState has it.
    std::vector<Reading> read(const Picture& picture, const std::string& history_trouble);

  private:
    void read_hosts(const Picture& picture, const DevicePicture& device, std::vector<Reading>& all);

    std::set<DeviceSlot> had_second_;
};

}  // namespace midinet::admin
