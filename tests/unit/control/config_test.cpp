#include "control/client_config.hpp"
#include "control/host_config.hpp"
#include "wire/identity.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <regex>

namespace midinet::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string host_error(const std::string& text) {
    const auto config = parse_host_config(text, "host.toml");
    if (config) return "it was accepted";
    EXPECT_EQ(config.error().exit_code, 2);
    return config.error().message;
}
std::string client_error(const std::string& text) {
    const auto config = parse_client_config(text, "client.toml");
    if (config) return "it was accepted";
    EXPECT_EQ(config.error().exit_code, 2);
    return config.error().message;
}

/// The example file with every commented key made active.
std::string example_with_all_keys(const std::string& name) {
    std::ifstream file(std::string(MIDINET_CONFIG_DIR) + "/" + name);
    std::string text;
    for (std::string line; std::getline(file, line);) {
        // The two ways to name interfaces exclude each other.
        if (line.starts_with("# interface ")) continue;
        text += std::regex_replace(line, std::regex("^# ([a-z_]+ = )"), "$1") + "\n";
    }
    return text;
}

TEST(HostConfig, WithoutAnyKeyHasTheSpecifiedDefaults) {
    const HostConfig config = default_host_config();
    EXPECT_EQ(config.id, HostId{1});
    EXPECT_EQ(config.name, "host-1");
    EXPECT_EQ(address_text(config.multicast_group), "239.69.83.1");
    EXPECT_EQ(config.network.data_port, 5004);
    EXPECT_EQ(config.network.heartbeat_port, 5005);
    EXPECT_EQ(address_text(config.network.control_group), "239.69.83.100");
    EXPECT_EQ(config.network.control_port, 5006);
    EXPECT_EQ(config.heartbeat.interval, 3ms);
    EXPECT_EQ(config.heartbeat.miss_threshold, 3U);
    EXPECT_EQ(config.midi.device, "auto");
    EXPECT_EQ(config.midi.file.lead_in, 1s);
    EXPECT_EQ(config.failover.lockout, 5s);
    EXPECT_EQ(config.failover.midi.channel, 16);
}

TEST(HostConfig, SecondHostUsesTheStandbyGroupUnlessTold) {
    EXPECT_EQ(address_text(parse_host_config("host.id = 2", "h")->multicast_group), "239.69.83.2");
    const auto told =
        parse_host_config("[host]\nid = 2\n[network]\nmulticast_group = \"239.1.1.1\"", "h");
    EXPECT_EQ(address_text(told->multicast_group), "239.1.1.1");
}

TEST(HostConfig, SpecificationsExampleIsAccepted) {
    const auto config = parse_host_config(R"(
        [host]
        id = 1
        name = "host-a"
        [network]
        multicast_group = "239.69.83.1"
        interface = "eth0"
        [heartbeat]
        interval_ms = 4
        [midi]
        device = "hw:1,0,0"
        [failover]
        switch_back_policy = "auto"
        confirmation_mode = "confirm"
        [failover.triggers.midi]
        guard_note = 3
        [failover.triggers.osc]
        allowed_sources = ["10.0.0.0/8", "192.168.1.7", "fd00::/8"]
    )",
                                          "host.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->name, "host-a");
    EXPECT_THAT(config->network.interfaces, ElementsAre("eth0"));
    EXPECT_EQ(config->heartbeat.interval, 4ms);
    EXPECT_EQ(config->failover.switch_back_policy, SwitchBack::Auto);
    EXPECT_EQ(config->failover.confirmation_mode, Confirmation::Confirm);
    EXPECT_EQ(config->failover.midi.guard_note, 3);
    EXPECT_THAT(
        config->failover.osc.allowed_sources,
        ElementsAre(IpRange::parse("10.0.0.0/8").value(), IpRange::parse("192.168.1.7/32").value(),
                    IpRange::parse("fd00::/8").value()));
}

TEST(HostConfig, ModeIsTheRole) {
    const auto role_of = [](const std::string& text) {
        return role(parse_host_config(text, "h").value());
    };
    EXPECT_EQ(role_of(""), wire::Role::Primary);
    EXPECT_EQ(role_of("host.id = 2"), wire::Role::Standby);
    EXPECT_EQ(role_of("failover.mode = \"mirror\""), wire::Role::Mirror);
    const std::string relay = "host.id = 2\n[failover]\nmode = \"relay\"\nrelay_of = 1";
    EXPECT_EQ(role_of(relay), wire::Role::Relay);
    const auto config = parse_host_config(relay, "h").value();
    EXPECT_EQ(config.failover.relay_of, SourceId{1});
    EXPECT_EQ(address_text(config.failover.relay_group), "239.69.83.1");
    EXPECT_EQ(parse_host_config(print_config(config), "h").value(), config);
    EXPECT_EQ(after_reload(config.failover, {}).mode, FailoverMode::Relay);
}

TEST(HostConfig, StandbyIsAnInputLikeTheFirst) {
    EXPECT_EQ(standby_input(default_host_config()), std::nullopt);
    const auto config = parse_host_config(
        "midi.device = \"stream:/a\"\nmidi.pair.standby = \"auto:Pad\"\n"
        "midi.pair.feedback = \"none\"",
        "host.toml");
    ASSERT_TRUE(config) << config.error().message;
    const auto other = standby_input(*config);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->midi.device, "auto:Pad");
    EXPECT_EQ(other->midi.feedback, "none");
    EXPECT_EQ(other->midi.pair, PairConfig{});
}

TEST(HostConfig, WhatNeedsARestartIsNamed) {
    const auto config = [](const std::string& text) {
        return parse_host_config(text, "h").value();
    };
    EXPECT_EQ(waits_for_restart(config(""), config("")), "");
    EXPECT_EQ(waits_for_restart(config(""), config("[failover.triggers.osc]\nenabled = true")),
              "[failover.triggers.osc]");
    EXPECT_EQ(waits_for_restart(config(""), config("host.id = 2\nheartbeat.interval_ms = 4")),
              "[host], heartbeat.interval_ms");
    const std::string device = "midi.device = \"stream:/a\"\n";
    EXPECT_EQ(
        waits_for_restart(config(device), config(device + "midi.pair.standby = \"stream:/b\"")),
        "[midi.pair]");
    const auto running = config("");
    EXPECT_EQ(
        after_reload(running.failover, config("[failover.triggers.midi]\nenabled = true").failover),
        running.failover);
}

TEST(HostConfig, ErrorNamesFileLineColumnValueAndExpectation) {
    EXPECT_EQ(host_error("[network]\n\n  data_port = \"abc\"\n"),
              "host.toml:3:15: network.data_port is \"abc\" (a string); expected an integer from 1 "
              "to 65535");
}

TEST(HostConfig, FirstErrorInTheFileIsTold) {
    EXPECT_THAT(host_error("[midi]\nbaud = 1\n[host]\nid = 0\n"),
                HasSubstr(":2:8: midi.baud is 1"));
}

struct Refusal {
    const char* text;
    const char* told;
};
class HostConfigRefuses : public testing::TestWithParam<Refusal> {};
TEST_P(HostConfigRefuses, WithAClearSentence) {
    EXPECT_THAT(host_error(GetParam().text), HasSubstr(GetParam().told));
}
INSTANTIATE_TEST_SUITE_P(
    Everything, HostConfigRefuses,
    testing::Values(
        Refusal{"[network]\ndata_prot = 1",
                "2:1: network.data_prot is not a known key; did you mean data_port?"},
        Refusal{"[heartbeat]\nzzzzzzzzz = 1", "expected one of: interval_ms, miss_threshold"},
        Refusal{"[netwrok]", "netwrok is not a known key; did you mean network?"},
        Refusal{"network = 5", "network is 5; expected a table: write [network]"},
        Refusal{"host.id = 0", "expected an integer from 1 to 65534"},
        Refusal{"host.id = 1.5", "host.id is 1.5 (a decimal number)"},
        Refusal{"host.id = 1\nhost.id = 2", "host.toml:2:"},
        Refusal{"host.name = \"\"", "expected a name of 1 to 63 bytes"},
        Refusal{"host.name = \"a\\nb\"", "without control characters"},
        Refusal{"host.name = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
                "expected a name of 1 to 63 bytes"},
        Refusal{"network.multicast_group = \"10.0.0.1\"", "expected an IPv4 multicast address"},
        Refusal{"network.control_group = \"239.69.83\"", "expected an IPv4 multicast address"},
        Refusal{"network.control_group = \"239.69.83.1\"", "different addresses"},
        Refusal{"network.heartbeat_port = 5004", "another port than data_port uses"},
        Refusal{"network.data_port = 5005", "another port than heartbeat_port uses"},
        Refusal{"network.control_port = 5005", "another port than heartbeat_port uses"},
        Refusal{"network.focus_port = 5006", "another port than control_port uses"},
        Refusal{"network.interface = \"a\"\nnetwork.interfaces = [\"b\"]",
                "only one of interface and interfaces"},
        Refusal{"network.interfaces = [\"a\", \"a\"]",
                "network.interfaces[1] is \"a\" (a string); expected each one only once"},
        Refusal{"network.interfaces = [1]", "network.interfaces[0] is 1; expected a string"},
        Refusal{"network.interfaces = \"eth0\"", "expected a list of"},
        Refusal{"network.hosts = [\"239.0.0.1\"]", "expected the IPv4 address of a host"},
        Refusal{"network.hosts = [\"10.0.0.1:0\"]", "expected the IPv4 address of a host"},
        Refusal{"midi.device = \"stream:/a\"\nmidi.pair.standby = \"stream:/a\"",
                "2:21: midi.pair.standby is \"stream:/a\" (a string); expected another device"},
        Refusal{"midi.pair.standby = \"stream:/a\"", "to stand by for a midi.device that is named"},
        Refusal{"midi.pair.standby = \"auto\"", "expected \"auto:NAME\", "},
        Refusal{"midi.pair.standby = \"file:/a\"", "expected \"auto:NAME\", "},
        Refusal{"midi.pair.return = \"soon\"", "expected \"manual\" or \"auto\""},
        Refusal{"heartbeat.interval_ms = 0", "expected an integer from 1 to 60"},
        Refusal{"heartbeat.interval_ms = 61", "expected an integer from 1 to 60"},
        Refusal{"midi.file.rate = 0", "expected a number above 0 and at most 100"},
        Refusal{"midi.file.rate = nan", "expected a number above 0"},
        Refusal{"midi.file.loop = 1", "expected true or false"},
        Refusal{"[midi.file]\nloop = true\nexit_at_end = true", "because loop is true"},
        Refusal{"midi.device = \"\"", "stream:PATH"},
        Refusal{"[midi]\ndevice = \"auto\"\ndevices = [\"auto\"]",
                "3:11: midi.devices is a list; expected only one of device and devices: remove "
                "device"},
        Refusal{"midi.devices = [\"hw:1\", \"auto\", \"hw:1,0\"]",
                "midi.devices[2] is \"hw:1,0\" (a string); expected another device than "
                "devices[0], which is the same one"},
        Refusal{"midi.devices = [\"stream:/a\", \"stream:/a\"]", "devices[0], which is the same"},
        Refusal{"midi.devices = [\"auto\", 2]", "midi.devices[1] is 2; expected a string"},
        Refusal{"midi.devices = [\"a\"]", "expected \"auto\", \"auto:NAME\""},
        Refusal{"midi.devices = [\"auto\",\"auto\",\"auto\",\"auto\",\"auto\",\"auto\",\"auto\","
                "\"auto\",\"auto\"]",
                "expected at most 8 entries"},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\nfeedback = \"stream:/a\"",
                "expected \"device\" or \"none\", because there are several devices"},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\nfeedbacks = [\"none\"]",
                "expected as many entries as devices has"},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\nfeedbacks = [\"hw:1\", \"hw:1\"]",
                "midi.feedbacks[1] is \"hw:1\""},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\n[network]\nheartbeat_port = 5014",
                "4:18: network.heartbeat_port is 5014; expected another port, for with 2 devices "
                "each one's ports are 10 above those of the one before, and device 2's data_port "
                "would be the first one's heartbeat_port"},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\n[network]\ndata_port = 65530",
                "expected at most 65525, for with 2 devices"},
        Refusal{"[midi]\ndevices = [\"auto\", \"auto\"]\n[failover.triggers.osc]\nenabled = true\n"
                "listen_port = 5017",
                "other than device 2's network.focus_port, which is 5017"},
        Refusal{"failover.mode = \"hot\"", "expected \"standby\", \"mirror\" or \"relay\""},
        Refusal{"failover.mode = \"relay\"", "expected relay_of with it"},
        Refusal{"failover.relay_of = 2", "expected 0, because mode is not \"relay\""},
        Refusal{"[host]\nid = 3\n[failover]\nmode = \"relay\"\nrelay_of = 3", "another host's id"},
        Refusal{"[failover]\nmode = \"relay\"\nrelay_of = 2",
                "different addresses for relay_group and network.multicast_group"},
        Refusal{"failover.relay_group = \"10.0.0.1\"", "an IPv4 multicast address"},
        Refusal{"failover.switch_back_policy = \"never\"", "expected \"manual\" or \"auto\""},
        Refusal{"failover.triggers.midi.channel = 0", "expected an integer from 1 to 16"},
        Refusal{"failover.triggers.osc.address = \"/a*\"", "expected an OSC address"},
        Refusal{"failover.triggers.osc.address = \"/a//b\"", "expected an OSC address"},
        Refusal{"failover.triggers.osc.address = \"/a/\"", "expected an OSC address"},
        Refusal{"failover.triggers.osc.address = \"/\"", "expected an OSC address"},
        Refusal{"[failover.triggers.osc]\nenabled = true\nlisten_port = 5007",
                "a listen_port other than network.focus_port, which is 5007"},
        Refusal{"failover.triggers.osc.allowed_sources = [\"10.0.0.1/8\"]",
                "or address: bits are set beyond the prefix; write \"10.0.0.0/8\" for the network"},
        Refusal{"failover.triggers.osc.allowed_sources = [\"fe80::1%eth0\"]",
                "expected an IPv4 or IPv6 network, such as \"192.168.1.0/24\" or \"fd00::/8\", or "
                "address: a zone"},
        Refusal{"log.level = \"loud\"", "expected \"trace\""}, Refusal{"[host", "not valid TOML"},
        Refusal{"host.id = 1979-05-27", "is a date or time"}));

TEST(ClientConfig, WithoutAnyKeyHasTheSpecifiedDefaults) {
    const auto config = parse_client_config("", "client.toml");
    ASSERT_TRUE(config);
    EXPECT_EQ(address_text(config->primary_group), "239.69.83.1");
    EXPECT_EQ(address_text(config->standby_group), "239.69.83.2");
    EXPECT_EQ(config->midi.port, "auto");
    EXPECT_EQ(config->midi.device_name, "");
    EXPECT_EQ(config->failover.jitter_buffer, 0ms);
    EXPECT_TRUE(config->auto_claim);
}

TEST(ClientConfig, ReadsPeersRulesAndBuffer) {
    const auto config = parse_client_config(R"(
        network.hosts = ["10.0.0.7", "10.0.0.8:6000"]
        midi.controls.relative = ["1:16-23"]
        midi.port = "gadget"
        midi.gadget_udc = "fe980000.usb"
        failover.jitter_buffer_us = 2000
    )",
                                            "client.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_THAT(config->network.hosts,
                ElementsAre(io::Endpoint{0x0A000007, 0}, io::Endpoint{0x0A000008, 6000}));
    EXPECT_THAT(config->midi.controls.relative, ElementsAre("1:16-23"));
    EXPECT_EQ(config->midi.port, "gadget");
    EXPECT_EQ(config->midi.gadget_udc, "fe980000.usb");
    EXPECT_EQ(config->failover.jitter_buffer, 2ms);
}

TEST(HostConfig, EachDeviceHasPortsOfItsOwn) {
    const auto config = parse_host_config(R"(
        [network]
        control_port = 6001
        hosts = ["10.0.0.7", "10.0.0.8:6004"]
        [midi]
        devices = ["auto", "auto", "stream:/a"]
        feedbacks = ["device", "none", "stream:/b"]
        [failover.triggers.osc]
        enabled = true
    )",
                                          "h")
                            .value();
    EXPECT_EQ(devices_of(config).size(), 3U);
    EXPECT_EQ(device_config(config, {1}), config) << "the first one is as a host with one device";
    const auto third = device_config(config, {3}).value();
    EXPECT_EQ(third.midi.device, "stream:/a");
    EXPECT_EQ(third.midi.feedback, "stream:/b");
    EXPECT_EQ(third.network.data_port, 5024);
    EXPECT_EQ(third.network.heartbeat_port, 5025);
    EXPECT_EQ(third.network.control_port, 6021);
    EXPECT_EQ(third.network.focus_port, 5027);
    EXPECT_THAT(third.network.hosts,
                ElementsAre(io::Endpoint{0x0A000007, 0}, io::Endpoint{0x0A000008, 6024}));
    EXPECT_FALSE(third.failover.osc.enabled) << "one device listens, and all follow";
    EXPECT_EQ(third.device_count(), 3);
    EXPECT_FALSE(device_config(config, {4}));
    EXPECT_EQ(parse_host_config(print_config(config), "printed").value(), config);
    EXPECT_EQ(waits_for_restart(config, default_host_config()),
              "midi.devices, [network], [failover.triggers.osc]");
}

TEST(HostConfig, FeedbackThatIsNoOutputGoesForAllDevices) {
    const auto config =
        parse_host_config("[midi]\ndevices = [\"auto\", \"auto\"]\nfeedback = \"none\"", "h");
    EXPECT_EQ(device_config(*config, {2})->midi.feedback, "none");
}

ClientConfig client_config(const std::string& text) {
    return parse_client_config(text, "client.toml").value();
}
std::optional<ClientMidiConfig> midi_of(const std::string& text, std::uint8_t device) {
    const auto own = device_config(client_config(text), {device});
    return own ? std::optional(own->midi) : std::nullopt;
}

TEST(ClientConfig, EveryDeviceHasAVirtualPortUnlessTold) {
    EXPECT_EQ(devices_at_start(client_config("")), std::vector{DeviceSlot{1}});
    for (const int device : {1, 2, 8})
        EXPECT_EQ(midi_of("", static_cast<std::uint8_t>(device))->port, "auto");
    const auto second = device_config(client_config(""), {2}).value();
    EXPECT_EQ(second.network.control_port, 5016);
    EXPECT_EQ(second.slot, DeviceSlot{2});
}

TEST(ClientConfig, OnePortNameOrFeedbackIsTheFirstDevices) {
    EXPECT_EQ(midi_of("midi.port = \"stream:/a\"", 1)->port, "stream:/a");
    EXPECT_FALSE(midi_of("midi.port = \"stream:/a\"", 2));
    EXPECT_EQ(midi_of("midi.device_name = \"X\"", 1)->device_name, "X");
    EXPECT_EQ(midi_of("midi.device_name = \"X\"", 2)->device_name, "");
    EXPECT_EQ(midi_of("midi.feedback = \"hw:1\"", 2)->feedback, "port");
    EXPECT_EQ(midi_of("midi.feedback = \"none\"", 2)->feedback, "none");
}

TEST(ClientConfig, ListsGoByTheOrderOfTheNamedDevices) {
    const std::string text = R"(
        [midi]
        devices = [3, 1]
        ports = ["stream:/c", "auto"]
        device_names = ["C", ""]
        feedbacks = ["none", "hw:1"]
    )";
    EXPECT_THAT(devices_at_start(client_config(text)), ElementsAre(DeviceSlot{3}, DeviceSlot{1}));
    EXPECT_EQ(midi_of(text, 3)->port, "stream:/c");
    EXPECT_EQ(midi_of(text, 3)->device_name, "C");
    EXPECT_EQ(midi_of(text, 3)->feedback, "none");
    EXPECT_EQ(midi_of(text, 1)->port, "auto");
    EXPECT_EQ(midi_of(text, 1)->feedback, "hw:1");
    EXPECT_FALSE(midi_of(text, 2));
    EXPECT_EQ(client_config(print_config(client_config(text))), client_config(text));
}

TEST(ClientConfig, DevicesBeyondTheListOfPortsHaveNone) {
    EXPECT_TRUE(midi_of("midi.ports = [\"auto\", \"stream:/b\"]", 2));
    EXPECT_FALSE(midi_of("midi.ports = [\"auto\", \"stream:/b\"]", 3));
}

TEST(ClientConfig, RefusesDevicesThatCannotBe) {
    EXPECT_THAT(client_error("midi.devices = [0]"), HasSubstr("an integer from 1 to 8"));
    EXPECT_THAT(client_error("midi.devices = \"all\""), HasSubstr("expected a list"));
    EXPECT_THAT(client_error("midi.devices = [2, 2]"), HasSubstr("each one only once"));
    EXPECT_THAT(client_error("[midi]\ndevices = [1, 2]\nport = \"gadget\""),
                HasSubstr("expected \"auto\", because devices names several"));
    EXPECT_THAT(client_error("[midi]\ndevices = [1, 2]\nports = [\"auto\"]"),
                HasSubstr("as many entries as devices has"));
    EXPECT_THAT(client_error("[midi]\ndevices = [1, 2]\ndevice_names = [\"a\"]"),
                HasSubstr("as many entries as devices has"));
    EXPECT_THAT(client_error("midi.ports = [\"gadget\", \"gadget\"]"),
                HasSubstr("midi.ports[1] is \"gadget\""));
    EXPECT_THAT(client_error("[midi]\nport = \"auto\"\nports = [\"auto\"]"),
                HasSubstr("only one of port and ports"));
}

TEST(ClientConfig, PortsOfAllDevicesHaveToBeDifferent) {
    EXPECT_THAT(client_error("network.heartbeat_port = 5074"), HasSubstr("with 8 devices"));
    EXPECT_EQ(client_error("[network]\nheartbeat_port = 5074\n[midi]\ndevices = [1]"),
              "it was accepted");
}

TEST(ClientConfig, RefusesOneGroupForBothHosts) {
    EXPECT_THAT(client_error("network.standby_group = \"239.69.83.1\""),
                HasSubstr("different addresses for primary_group and standby_group"));
}

TEST(ClientConfig, RefusesARuleThatIsNone) {
    EXPECT_THAT(
        client_error("[midi.controls]\nrelative = [\"1:5\", \"seventeen\"]"),
        HasSubstr("2:20: midi.controls.relative[1] is \"seventeen\" (a string); expected a rule "
                  "\"channels:controllers\""));
    EXPECT_THAT(client_error("midi.controls.momentary = [\"17:1\"]"),
                HasSubstr("channels are 1 to 16"));
}

TEST(ClientConfig, HostsKeysAreUnknownHere) {
    EXPECT_THAT(client_error("[heartbeat]\ninterval_ms = 3"),
                HasSubstr("1:2: heartbeat is not a known key"));
}

TEST(ConfigFile, MissingOneIsToldWithItsPath) {
    const auto config = load_host_config("/nowhere/host.toml");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().exit_code, 2);
    EXPECT_THAT(config.error().message, HasSubstr("/nowhere/host.toml: No such file or directory"));
}

TEST(ConfigFile, DirectoryIsToldAsSuch) {
    const auto config = load_client_config("/");
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, HasSubstr("it is a directory"));
}

TEST(ConfigFile, FifoIsRefusedAndNotWaitedFor) {
    const std::string fifo = testing::TempDir() + "config_" + std::to_string(::getpid());
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const auto config = load_client_config(fifo);
    std::filesystem::remove(fifo);
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message, HasSubstr("it is a FIFO"));
}

TEST(ConfigFile, OneFifoIsNotGivenTwice) {
    const std::string folder = testing::TempDir();
    const std::string name = "fifo_" + std::to_string(::getpid());
    const std::string fifo = folder + name;
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const std::string one = "\"stream:" + fifo + "\"";
    const std::string same = "\"stream:" + folder + "./" + name + "\"";
    const std::string both = "another FIFO than midi.";
    const std::string host = "[midi]\nfeedback = " + same + "\n";
    EXPECT_THAT(host_error(host + "device = " + one), HasSubstr(both + "device: one FIFO carries"));
    EXPECT_THAT(host_error(host + "device = \"auto:A\"\npair.standby = " + one),
                HasSubstr(both + "pair.standby"));
    EXPECT_THAT(host_error("[midi]\ndevice = " + one + "\npair.standby = " + same),
                HasSubstr("another device than midi.device"));
    EXPECT_THAT(host_error("[midi]\ndevice = " + one +
                           "\n[midi.pair]\nstandby = \"auto:B\"\nfeedback = " + same),
                HasSubstr(both + "device"));
    EXPECT_THAT(host_error("[midi]\ndevices = [" + one + ", " + same + "]"),
                HasSubstr("devices[0], which is the same one"));
    EXPECT_THAT(host_error("[midi]\ndevices = [\"auto\", " + one + "]\nfeedbacks = [" + same +
                           ", \"none\"]"),
                HasSubstr(both + "devices[1]"));
    EXPECT_THAT(client_error("[midi]\nport = " + one + "\nfeedback = " + same),
                HasSubstr("midi.feedback is \"stream:" + folder));
    EXPECT_THAT(client_error("[midi]\nports = [\"auto\", " + one + "]\nfeedbacks = [" + same +
                             ", \"none\"]"),
                HasSubstr(both + "ports[1]"));
    EXPECT_THAT(client_error("[midi]\nports = [" + one + ", " + same + "]"),
                HasSubstr("each one only once"));
    std::filesystem::remove(fifo);
    EXPECT_EQ(host_error(host + "device = " + one), "it was accepted")
        << "a terminal that is not plugged in yet carries both";
}

TEST(HostConfig, KeyOfAHundredThousandPartsIsRefused) {
    std::string key = "a";
    for (int i = 0; i < 100'000; ++i) key += ".a";
    EXPECT_THAT(host_error("[host]\n" + key + " = 1\n"), HasSubstr(":2:1: more than 256 dots"));
    EXPECT_THAT(host_error("[" + key + "]\n"), HasSubstr(":1:1: more than 256 dots"));
}

TEST(ConfigFile, HostExampleAsShippedIsTheDefault) {
    const auto config = load_host_config(std::string(MIDINET_CONFIG_DIR) + "/host.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(*config, default_host_config());
}

TEST(ConfigFile, HostExampleNamesEveryKeyWithItsDefault) {
    auto config = parse_host_config(example_with_all_keys("host.toml"), "host.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_THAT(config->network.interfaces, ElementsAre("eth0", "eth1"));
    EXPECT_EQ(config->network.hosts.size(), 1U);
    config->network.interfaces.clear();
    config->network.hosts.clear();
    EXPECT_EQ(*config, default_host_config());
}

TEST(ConfigFile, ClientExampleNamesEveryKeyWithItsDefault) {
    auto config = parse_client_config(example_with_all_keys("client.toml"), "client.toml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_THAT(config->network.interfaces, ElementsAre("eth0", "eth1"));
    config->network.interfaces.clear();
    config->network.hosts.clear();
    EXPECT_EQ(*config, parse_client_config("", "").value());
}

/// Every "key =" that print_config gives also stands in the example.
void expect_all_keys(const std::string& printed, const std::string& example) {
    const std::regex key("(^|\n)([a-z_]+) = ");
    for (std::sregex_iterator at(printed.begin(), printed.end(), key), end; at != end; ++at)
        EXPECT_THAT(example, HasSubstr("\n" + (*at)[2].str() + " = "));
}

TEST(ConfigFile, ExamplesLeaveNoKeyOut) {
    expect_all_keys(print_config(default_host_config()), example_with_all_keys("host.toml"));
    expect_all_keys(print_config(ClientConfig{}), example_with_all_keys("client.toml"));
}

std::string any_text() {
    std::string text = *rc::gen::string<std::string>();
    for (char& c : text) c = static_cast<char>(c & 0x7F);
    return text.substr(0, 40);
}

std::string any_path() {
    std::string text = any_text();
    std::erase(text, '\0');
    return text;
}

RC_GTEST_PROP(PrintConfig, ReadingItGivesTheSameHostConfig, ()) {
    HostConfig config = default_host_config();
    config.id.value = *rc::gen::inRange<std::uint16_t>(1, 65'535);
    config.name = wire::Name{"n" + any_text()}.view();
    config.network.interfaces = {"eth" + any_text()};
    config.network.hosts = {
        {*rc::gen::inRange<std::uint32_t>(1, 0xE0000000), *rc::gen::arbitrary<std::uint16_t>()}};
    config.network.dns_sd = *rc::gen::arbitrary<bool>();
    config.heartbeat.interval = std::chrono::milliseconds{*rc::gen::inRange(1, 61)};
    config.midi.device = "stream:/" + any_path();
    config.midi.pair = {.standby = "auto:" + ("n" + any_path()),
                        .feedback = *rc::gen::element<std::string>("device", "none", "stream:/x"),
                        .returns = *rc::gen::arbitrary<bool>()};
    if (*rc::gen::arbitrary<bool>()) config.further = {{"auto:x" + any_path(), "none"}};
    config.midi.file.rate = *rc::gen::inRange(1, 1'000'000) / 10'000.0;
    config.failover.values = static_cast<wire::Takeover>(*rc::gen::inRange(0, 3));
    config.failover.lockout = std::chrono::seconds{*rc::gen::inRange(0, 3601)};
    config.failover.midi.velocity_threshold = *rc::gen::inRange<std::uint8_t>(0, 127);
    config.failover.osc.enabled = *rc::gen::arbitrary<bool>();
    config.failover.osc.allowed_sources = {*rc::gen::element(IpRange::parse("::/0").value(),
                                                             IpRange::parse("fe80::1").value(),
                                                             IpRange::parse("0.0.0.0/0").value())};
    config.log.format = *rc::gen::element(LogFormat::Text, LogFormat::Json);
    config.log.level = *rc::gen::element(LogLevel::Off, LogLevel::Trace, LogLevel::Warning);
    const auto again = parse_host_config(print_config(config), "printed");
    if (!again) RC_FAIL(again.error().message);
    RC_ASSERT(*again == config);
}

RC_GTEST_PROP(PrintConfig, ReadingItGivesTheSameClientConfig, ()) {
    ClientConfig config;
    if (*rc::gen::arbitrary<bool>()) {
        config.midi.device_name = wire::Name{any_text()}.view();
        config.midi.port = "file:/" + any_path();
    } else {
        config.devices = {2, 7};
        config.ports = {"auto", "file:/" + any_path()};
        config.names = {std::string(wire::Name{any_text()}.view()), ""};
        config.feedbacks = {"none", "port"};
    }
    config.midi.controls.relative = {"*:47", "1,3-4:0-119"};
    config.failover.link = *rc::gen::element(Link::Wired, Link::Wifi);
    config.failover.adaptive = *rc::gen::arbitrary<bool>();
    config.failover.jitter_buffer = std::chrono::microseconds{*rc::gen::inRange(0, 1'000'001)};
    config.auto_claim = *rc::gen::arbitrary<bool>();
    config.network.control_group = *rc::gen::inRange<std::uint32_t>(0xE0000000, 0xF0000000);
    const auto again = parse_client_config(print_config(config), "printed");
    if (!again) RC_FAIL(again.error().message);
    RC_ASSERT(*again == config);
}

}  // namespace
}  // namespace midinet::control
