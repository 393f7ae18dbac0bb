// What the show does to messages between device and network.
#pragma once

#include "base/types.hpp"
#include "midi/message.hpp"

namespace midinet::path {

/// The stage between capture and transmit. It passes everything unchanged for now: filters, maps
/// and curves come with the pipeline's configuration. RT-safe.
class Pipeline {
  public:
    /// Rewrites `message` in place; false drops it.
    bool process(PortIndex /*port*/, midi::Message& /*message*/) const noexcept { return true; }
};

}  // namespace midinet::path
