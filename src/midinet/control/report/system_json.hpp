// A machine's figures as JSON, whoever tells them. docs/rest_api.md names the keys.
#pragma once

#include "control/plane/machine_book.hpp"
#include "control/report/show_json.hpp"
#include "io/system_meter.hpp"

namespace midinet::control {

/// "cpu", "load", "cores", "memory", "temperature_c", "uptime_s", "disks", "interfaces"; null for
/// what the system does not tell. Pure, as the next one.
JsonValue system_json(const io::SystemReading& reading);
/// A list: of each machine "kind", "id", "name", "age_ms", "gone", and the above.
JsonValue machines_json(const plane::MachineBook& book, TimePoint now);

}  // namespace midinet::control
