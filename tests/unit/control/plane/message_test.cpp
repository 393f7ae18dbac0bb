// What travels, and what a receiver makes of it.
#include "control/plane/message.hpp"

#include "unit/control/plane/samples.hpp"
#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

#include <array>

namespace midinet::control::plane {
namespace {

using namespace testing;
using midinet::testing::from_hex;
using wire::DecodeError;
using wire::testing::refusal;

/// A message from CBOR written by hand.
auto decoded(std::string_view hex) { return decode(from_hex(hex)); }

constexpr const char* kAck = "a4 61 74 63 61 63 6b  61 76 01  62 69 64 05  64 66 72 6f 6d 02";

TEST(ControlMessage, ComesBackAsItWasSent) {
    for (const Message& message : some_of_each()) {
        const auto back = decode(encoded(message));
        ASSERT_TRUE(back) << to_string(back.error());
        EXPECT_TRUE(*back == message) << message.index();
    }
}

TEST(ControlMessage, TheLargestStatusesFitWithNothingCut) {
    for (const Message& message :
         std::vector<Message>{largest_host(), largest_client(), largest_machine(), largest_admin(),
                              largest_transit()}) {
        const auto bytes = encoded(message);
        EXPECT_LE(bytes.size(), wire::kMaxPayload);
        const auto back = decode(bytes);
        ASSERT_TRUE(back);
        EXPECT_TRUE(*back == message) << message.index();
    }
}

TEST(ControlMessage, TheLargestCommandFits) {
    EXPECT_TRUE(*decode(encoded(largest_command())) == Message{largest_command()});
}

TEST(ControlMessage, APipelineIsTakenOnlyWhole) {
    const auto good = encoded(largest_command());
    // What would be out of range, each by one byte somewhere in the bytes of the pipeline.
    unsigned refused = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bytes = good;
        bytes[at] ^= std::byte{0x80};
        const auto message = decode(bytes);
        if (!message) {
            ++refused;
            continue;
        }
        const auto& pipeline = std::get<Command>(*message).pipeline;
        EXPECT_TRUE(!pipeline || !midi::fault_of(*pipeline)) << at;
    }
    EXPECT_GT(refused, 300U) << "each byte of 32 remaps, at least";
}

TEST(ControlMessage, APipelineTravelsAsDocumented) {
    const auto message = decode(from_hex(
        "a6617467636f6d6d616e64617601626964076466726f6d1b800000000000000162646f677365747069706562"
        "706ca7627863026275700c62636d500102030405060708090a0b0c0d0e0f1062637566706f696e7473626678"
        "18646270744401147f6e62726d4900140407007f007f01"));
    ASSERT_TRUE(message) << to_string(message.error());
    midi::PipelineSettings expected;
    expected.channels = 0xFFFD;
    expected.transpose = 12;
    expected.velocity.kind = midi::CurveKind::Points;
    (void)expected.velocity.points.push_back({1, 20});
    (void)expected.velocity.points.push_back({127, 110});
    (void)expected.remaps.push_back({0, 20, 4, 7, 0, 127, 0, 127, true});
    EXPECT_TRUE(std::get<Command>(*message).pipeline == expected);
}

TEST(ControlMessage, AnAnswerWithTheLargestPipelineFits) {
    CommandResult result{.command = kMost64, .from = SenderId{kMost64}};
    result.why = longest<Why>();
    result.pipeline = largest_pipeline();
    result.kept = true;
    EXPECT_TRUE(*decode(encoded(result)) == Message{result});
}

TEST(ControlMessage, AResultTooLargeLosesDecisionsFirstThenClientsAndItsTotalsTell) {
    const auto sent = largest_result();
    const auto back = decode(encoded(sent));
    ASSERT_TRUE(back);
    const auto& got = std::get<CommandResult>(*back);
    EXPECT_TRUE(got.audit.empty());
    EXPECT_LT(got.clients.size(), sent.clients.size());
    EXPECT_GE(got.clients.size(), 15U);
    EXPECT_EQ(got.clients_total, sent.clients_total);
    EXPECT_EQ(got.why, sent.why);
}

TEST(ControlMessage, AResultWithoutClientsKeepsTwoOfTheLongestDecisions) {
    auto sent = largest_result();
    sent.clients.clear();
    const auto back = decode(encoded(sent));
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<CommandResult>(*back).audit.size(), 2U);
}

TEST(ControlMessage, ThatIsEmptyBeyondItsIdsTakesFewBytes) {
    EXPECT_EQ(midinet::testing::to_hex(encoded(Ack{5, SenderId{2}})),
              midinet::testing::to_hex(from_hex(kAck)));
}

TEST(ControlMessage, WithoutAnIdIsNotEncoded) {
    const std::vector<Message> wrong{HostStatus{},    ClientStatus{},  Command{},    Ack{},
                                     CommandResult{}, MachineStatus{}, AdminStatus{}};
    for (const Message& message : wrong) {
        std::array<std::byte, wire::kMaxPayload> buffer{};
        ByteWriter writer(buffer);
        EXPECT_FALSE(encode(writer, message)) << message.index();
        EXPECT_EQ(writer.size(), 0U);
    }
}

TEST(ControlMessage, OfAClientWithAHostsIdIsNotEncoded) {
    auto status = some_client();
    status.id = SenderId{1};
    std::array<std::byte, wire::kMaxPayload> buffer{};
    ByteWriter writer(buffer);
    EXPECT_FALSE(encode(writer, status));
}

TEST(ControlMessage, OfAMachineThatIsNoHostsNorClientsIsNotEncoded) {
    auto status = some_machine();
    status.id = SenderId{0x1'0000};
    std::array<std::byte, wire::kMaxPayload> buffer{};
    ByteWriter writer(buffer);
    EXPECT_FALSE(encode(writer, status));
}

TEST(ControlMessage, OfAMachineTellsZeroFromNothing) {
    MachineStatus idle;
    idle.id = SenderId{1};
    MachineStatus silent = idle;
    idle.cpu = 0;
    idle.load_percent = 0;
    EXPECT_TRUE(*decode(encoded(idle)) == Message{idle});
    EXPECT_TRUE(*decode(encoded(silent)) == Message{silent});
}

TEST(ControlMessage, WithAValueOutOfItsRangeIsNotEncoded) {
    auto too_healthy = some_host();
    too_healthy.health = 101;
    auto odd = some_command();
    odd.verb = static_cast<Verb>(99);
    auto too_busy = some_machine();
    too_busy.cpu = MachineStatus::kWholeCpu + 1;
    for (const Message& message : std::vector<Message>{too_healthy, odd, too_busy}) {
        std::array<std::byte, wire::kMaxPayload> buffer{};
        ByteWriter writer(buffer);
        EXPECT_FALSE(encode(writer, message)) << message.index();
    }
}

TEST(ControlMessage, ThatDoesNotFitTheBufferIsRefusedWhole) {
    std::array<std::byte, 10> small{};
    ByteWriter writer(small);
    EXPECT_FALSE(encode(writer, some_host()));
    EXPECT_EQ(writer.size(), 0U);
}

TEST(ControlMessage, OfAnotherVersionIsToldApart) {
    EXPECT_EQ(refusal(decoded("a4 61 74 63 61 63 6b  61 76 02  62 69 64 05  64 66 72 6f 6d 02")),
              DecodeError::BadVersion);
}

TEST(ControlMessage, OfAnUnknownTypeIsToldApart) {
    EXPECT_EQ(refusal(decoded("a2 61 74 63 6e 65 77  61 76 01")), DecodeError::UnknownKind);
}

TEST(ControlMessage, WithoutTypeOrVersionIsRefused) {
    EXPECT_EQ(refusal(decoded("a0")), DecodeError::BadValue);
    EXPECT_EQ(refusal(decoded("a1 61 76 01")), DecodeError::BadValue);
    EXPECT_EQ(refusal(decoded("a1 61 74 63 61 63 6b")), DecodeError::BadValue);
}

TEST(ControlMessage, IgnoresKeysItDoesNotKnowWhateverTheyHold) {
    // "zz": {"q": [-1, null, h'00', 1.5]}
    const auto back = decoded(
        "a5 61 74 63 61 63 6b  61 76 01  62 69 64 05  64 66 72 6f 6d 02"
        "62 7a 7a a1 61 71 84 20 f6 41 00 f9 3e 00");
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_TRUE(*back == (Message{Ack{5, SenderId{2}}}));
}

TEST(ControlMessage, TakesTheLastOfAKeyThatComesTwice) {
    const auto back =
        decoded("a5 61 74 63 61 63 6b  61 76 01  62 69 64 05  62 69 64 06  64 66 72 6f 6d 02");
    ASSERT_TRUE(back);
    EXPECT_TRUE(*back == (Message{Ack{6, SenderId{2}}}));
}

TEST(ControlMessage, RefusesAValueOfAnotherType) {
    for (const char* id : {"20", "f5", "f6", "61 35", "f9 45 00", "80", "a0", "41 05"})
        EXPECT_EQ(refusal(decoded("a4 61 74 63 61 63 6b 61 76 01 64 66 72 6f 6d 02 62 69 64" +
                                  std::string(id))),
                  DecodeError::BadValue)
            << id;
}

TEST(ControlMessage, RefusesAnIntegerOutOfItsRange) {
    // A command whose target is 65,536.
    EXPECT_EQ(refusal(decoded("a6 61 74 67 63 6f 6d 6d 61 6e 64  61 76 01  62 69 64 05"
                              "64 66 72 6f 6d 02  62 64 6f 66 73 77 69 74 63 68"
                              "63 73 72 63 1a 00 01 00 00")),
              DecodeError::BadValue);
}

TEST(ControlMessage, RefusesNumbersThatAreNotFinite) {
    const std::string ack = "a5 61 74 63 61 63 6b  61 76 01  62 69 64 05  64 66 72 6f 6d 02  61 7a";
    for (const char* number : {"f9 7c 00", "f9 7e 00", "fa ff 80 00 00", "fa 7f c0 00 00",
                               "fb 7f f0 00 00 00 00 00 00", "fb 7f f8 00 00 00 00 00 00"})
        EXPECT_EQ(refusal(decoded(ack + number)), DecodeError::BadValue) << number;
    EXPECT_TRUE(decoded(ack + "fb 3f f0 00 00 00 00 00 00"));
}

std::string command_by(const std::string& who_hex) {
    return "a6 61 74 67 63 6f 6d 6d 61 6e 64  61 76 01  62 69 64 05 64 66 72 6f 6d 02"
           "62 64 6f 63 61 72 6d  63 77 68 6f" +
           who_hex;
}

TEST(ControlMessage, RefusesTextThatIsTooLongOrNotClean) {
    std::string longest = "78 3f";
    std::string too_long = "78 40 78";
    for (int i = 0; i < 63; ++i) longest += " 78", too_long += " 78";
    EXPECT_TRUE(decoded(command_by(longest)));
    EXPECT_EQ(refusal(decoded(command_by(too_long))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decoded(command_by("61 ff"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decoded(command_by("61 0a"))), DecodeError::BadValue);
}

TEST(ControlMessage, RefusesMoreOfAListThanThereMayBe) {
    // A result with 25 clients.
    std::string clients = "98 19";
    for (int i = 0; i < 25; ++i) clients += "a2 61 69 01 61 6f 62 6f 6b";
    const std::string result =
        "a6 61 74 66 72 65 73 75 6c 74  61 76 01  62 69 64 05  64 66 72 6f 6d 02  61 6f 64 64 6f "
        "6e 65  62 63 6c ";
    EXPECT_EQ(refusal(decoded(result + clients)), DecodeError::BadValue);
    EXPECT_TRUE(decoded(result + "81 a2 61 69 01 61 6f 62 6f 6b"));
}

TEST(ControlMessage, CommandWithAVerbOfANewerVersionIsKeptForAnAnswer) {
    const auto back = decoded(
        "a5 61 74 67 63 6f 6d 6d 61 6e 64  61 76 01  62 69 64 05 64 66 72 6f 6d 02"
        "62 64 6f 64 6c 65 61 70");
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Command>(*back).verb, Verb::Unknown);
    EXPECT_EQ(std::get<Command>(*back).id, 5U);
    EXPECT_TRUE(*decode(encoded(*back)) == *back);
}

TEST(ControlMessage, RefusesOtherWordsItDoesNotKnow) {
    auto bytes = encoded(some_host());
    const std::string_view text = "primary";
    const auto at = std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                                [](std::byte b, char c) { return std::to_integer<char>(b) == c; });
    ASSERT_NE(at, bytes.end());
    *at = std::byte{'x'};
    EXPECT_EQ(refusal(decode(bytes)), DecodeError::BadValue);
}

TEST(ControlMessage, RefusesADepthThatNoMessageHas) {
    const std::string ack = "a5 61 74 63 61 63 6b  61 76 01  62 69 64 05  64 66 72 6f 6d 02  61 7a";
    EXPECT_TRUE(decoded(ack + "81 81 81 81 80"));
    EXPECT_EQ(refusal(decoded(ack + "81 81 81 81 81 80")), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode(std::vector<std::byte>(wire::kMaxPayload, std::byte{0x81}))),
              DecodeError::BadValue);
}

TEST(ControlMessage, RefusesCountsThatTheBytesCannotHold) {
    for (const char* head : {"bb ff ff ff ff ff ff ff ff", "ba 00 ff ff ff",
                             "a1 61 7a 9b ff ff ff "
                             "ff ff ff ff ff",
                             "a1 61 7a 7b ff ff ff ff ff ff ff ff"})
        EXPECT_EQ(refusal(decoded(head)), DecodeError::TooShort) << head;
}

TEST(ControlMessage, RefusesIndefiniteLengthsTagsAndKeysThatAreNotText) {
    for (const char* cbor : {"bf ff", "a1 61 7a 9f ff", "a1 61 7a 7f 61 61 ff", "a1 61 7a c0 00",
                             "a1 01 02", "a1 61 7a f7", "a1 61 7a f8 20", "80", "01", "ff"})
        EXPECT_EQ(refusal(decoded(cbor)), DecodeError::BadValue) << cbor;
}

TEST(ControlMessage, RefusesNothingAndMoreThanAPayload) {
    EXPECT_EQ(refusal(decode({})), DecodeError::TooShort);
    EXPECT_EQ(refusal(decode(std::vector<std::byte>(wire::kMaxPayload + 1))), DecodeError::TooLong);
}

TEST(ControlMessage, RefusesBytesAfterItsEnd) {
    EXPECT_EQ(refusal(decoded(std::string(kAck) + "00")), DecodeError::TrailingBytes);
}

TEST(ControlMessage, EveryBeginningOfOneIsRefused) {
    for (const Message& message : some_of_each()) {
        const auto bytes = encoded(message);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_EQ(refusal(decode(ByteView(bytes).first(size))), DecodeError::TooShort) << size;
    }
}

TEST(ControlMessage, EveryByteChangedToEveryOtherGivesARefusalOrAMessageThatCanBeSentOn) {
    for (const Message& message : some_of_each()) {
        const auto bytes = encoded(message);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (unsigned change = 1; change < 256; ++change) {
                auto damaged = bytes;
                damaged[at] ^= static_cast<std::byte>(change);
                const auto back = decode(damaged);
                if (!back) continue;
                ASSERT_TRUE(*decode(encoded(*back)) == *back) << at << " ^ " << change;
            }
        }
    }
}

TEST(ControlDatagram, IsOfTheMessagesSpeaker) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    const auto bytes = encode_datagram(buffer, some_client(), Epoch{3});
    ASSERT_TRUE(bytes);
    const auto heard = decode_datagram(*bytes);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->header.sender, SenderId{kSomeClient});
    EXPECT_EQ(heard->header.boot, Epoch{3});
    EXPECT_EQ(heard->header.packet_number, wire::kUncounted);
    EXPECT_TRUE(heard->message == Message{some_client()});
}

TEST(ControlDatagram, OfTheLargestStatusIsNoLongerThanADatagram) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    EXPECT_TRUE(encode_datagram(buffer, largest_client(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_host(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_machine(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_admin(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_transit(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_command(), Epoch{1}));
    EXPECT_TRUE(encode_datagram(buffer, largest_result(), Epoch{1}));
}

TEST(ControlDatagram, ThatSpeaksForAnotherIsRefused) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer(buffer);
    wire::begin_datagram(writer, {.kind = wire::PacketKind::Control, .sender = SenderId{3}});
    ASSERT_TRUE(encode(writer, some_ack()));
    ASSERT_TRUE(wire::end_datagram(writer));
    EXPECT_EQ(refusal(decode_datagram(writer.written())), DecodeError::BadValue);
}

TEST(ControlDatagram, OfAnotherKindIsNotOurs) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer(buffer);
    wire::begin_datagram(writer, {.kind = wire::PacketKind::Lease, .sender = SenderId{2}});
    ASSERT_TRUE(encode(writer, some_ack()));
    ASSERT_TRUE(wire::end_datagram(writer));
    EXPECT_EQ(refusal(decode_datagram(writer.written())), DecodeError::UnknownKind);
}

TEST(ControlText, IsCutAtACharacterAndCleaned) {
    EXPECT_EQ(InterfaceName{"12345678901234\u00e9"}.view(), "12345678901234");
    EXPECT_EQ(Name{"a\nb"}.view(), "a?b");
}

TEST(ControlWords, AreWhatTravels) {
    EXPECT_EQ(to_string(HostMode::Relay), "relay");
    EXPECT_EQ(to_string(SwitchBack::Auto), "auto");
    EXPECT_EQ(to_string(Values::Pickup), "pickup");
    EXPECT_EQ(to_string(Verb::FailoverStatus), "failover");
    EXPECT_EQ(to_string(CommandOutcome::NeedsConfirmation), "confirm");
    EXPECT_EQ(to_string(ClientOutcome::Elsewhere), "elsewhere");
}

}  // namespace
}  // namespace midinet::control::plane
