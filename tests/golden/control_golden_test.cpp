// The golden files of the control plane: the values they mean are in the samples.
#include "golden/hex.hpp"
#include "unit/control/plane/samples.hpp"

#include <gtest/gtest.h>

#include <array>

namespace midinet::control::plane {
namespace {

using namespace testing;

/// Both ways, so that neither side alone can drift.
void expect_golden(const std::string& name, const Message& message, Epoch boot,
                   std::uint32_t packet_number) {
    const auto golden = midinet::testing::read_hex_file(MIDINET_GOLDEN_DIR "/" + name + ".hex");
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    const auto size = encode_datagram(buffer, message, boot)->size();
    wire::set_packet_number(buffer, packet_number);
    EXPECT_EQ(midinet::testing::to_hex({buffer.begin(), buffer.begin() + size}),
              midinet::testing::to_hex(golden));
    const auto heard = decode_datagram(golden);
    ASSERT_TRUE(heard) << to_string(heard.error());
    EXPECT_EQ(heard->header.boot, boot);
    EXPECT_EQ(heard->header.packet_number, packet_number);
    EXPECT_TRUE(heard->message == message);
}

TEST(GoldenControl, StatusOfAHost) {
    expect_golden("control_host_status", some_host(), Epoch{7}, 30);
}
TEST(GoldenControl, StatusOfAClient) {
    expect_golden("control_client_status", some_client(), Epoch{1}, 31);
}
TEST(GoldenControl, CommandToSwitch) {
    expect_golden("control_command", some_command(), Epoch{1}, 32);
}
TEST(GoldenControl, CommandAcknowledged) { expect_golden("control_ack", some_ack(), Epoch{8}, 33); }
TEST(GoldenControl, CommandAnswered) {
    expect_golden("control_result", some_result(), Epoch{8}, 34);
}
TEST(GoldenControl, StatusOfAMachine) {
    expect_golden("control_machine", some_machine(), Epoch{7}, 35);
}

TEST(GoldenControl, StatusOfAnAdmin) { expect_golden("control_admin", some_admin(), Epoch{9}, 37); }

TEST(GoldenControl, TransitsOfAClient) {
    expect_golden("control_transit", some_transit(), Epoch{1}, 38);
}
TEST(GoldenControl, CommandToPlay) {
    expect_golden("control_play", some_command_to_play(), Epoch{1}, 39);
}

TEST(GoldenControl, Tap) { expect_golden("control_tap", some_tap(), Epoch{1}, 35); }
TEST(GoldenControl, ReportOfATap) {
    expect_golden("control_tap_report", some_tap_report(), Epoch{8}, 36);
}

}  // namespace
}  // namespace midinet::control::plane
