// [failover] of a host: when another one is played, and who may ask for it.
#pragma once

#include "control/host_config.hpp"
#include "control/toml_document.hpp"
#include "control/toml_writer.hpp"

namespace midinet::control {

/// Reads the section out of the root into `host.failover`; what it must fit in `host` was read
/// before: id, network and devices. Complains in `root`'s document.
void read_failover(TomlTable& root, HostConfig& host);
/// All its keys.
void write_failover(TomlWriter& writer, const HostFailoverConfig& config);

}  // namespace midinet::control
