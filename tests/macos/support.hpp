// What the tests of macOS's layer share.
#pragma once

#include "double/clock.hpp"
#include "double/core_foundation.hpp"
#include "double/core_midi.hpp"
#include "platform/macos/coremidi_port.hpp"
#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace midinet::platform {

using macos_double::Bytes;
using macos_double::Endpoint;
using macos_double::MidiServer;
using macos_double::Sent;

inline io::DeviceInfo apc40() {
    return {.name = "Akai APC40",
            .manufacturer = "Akai",
            .product = "APC40",
            .serial = "",
            .usb_vendor = 0x09E8,
            .usb_product = 0x0073,
            .ports = {"Akai APC40 MIDI 1"}};
}

inline io::DeviceInfo launchpad() {
    return {.name = "Launchpad Pro",
            .manufacturer = "Focusrite",
            .product = "Launchpad Pro",
            .serial = "",
            .usb_vendor = 0x1235,
            .usb_product = 0x0051,
            .ports = {"Launchpad Pro Live Port", "Standalone Port", "Standalone Port"}};
}

/// A machine with nothing on it, and a state directory.
class MacTest : public testing::Test {
  protected:
    MacTest() { server_.reset(); }

    EndpointIds ids() { return EndpointIds(directory_.path() / "coremidi-ids"); }
    std::unique_ptr<io::VirtualPort> open(const io::DeviceInfo& device = apc40()) {
        auto port = CoreMidiPortOpener("", ids()).open(device);
        EXPECT_TRUE(port) << (port ? "" : port.error().message);
        return port ? std::move(*port) : nullptr;
    }
    const Endpoint& source(const std::string& name) const { return found(name, true); }
    const Endpoint& destination(const std::string& name) const { return found(name, false); }
    std::vector<std::int32_t> all_ids() const {
        std::vector<std::int32_t> all;
        for (const auto& endpoint : server_.endpoints()) all.push_back(endpoint.id);
        return all;
    }

    MidiServer& server_ = MidiServer::instance();
    TempDir directory_;

  private:
    const Endpoint& found(const std::string& name, bool is_source) const {
        const auto* const endpoint = server_.find(name, is_source);
        if (endpoint == nullptr) throw std::runtime_error("no endpoint is called " + name);
        return *endpoint;
    }
};

}  // namespace midinet::platform
