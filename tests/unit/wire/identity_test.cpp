#include "wire/identity.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

constexpr std::size_t kRoleAt = 6;
constexpr std::size_t kDevicesAt = 17;
constexpr std::size_t kNamesAt = 22;

Bytes payload_of(const Identity& identity) {
    return encoded([&](ByteWriter& writer) { encode_identity(writer, identity); });
}
Identity nameless() {
    Identity identity;
    identity.source = SourceId{1};
    return identity;
}
const Bytes kNameless = payload_of(nameless());
const std::string kLong(kMaxNameBytes, 'x');

Identity with_everything(const Name& name) {
    Identity identity = nameless();
    identity.host_name = identity.version = identity.device_name = name;
    identity.manufacturer = identity.product = identity.serial = name;
    for (int i = 0; i < kMaxPorts; ++i) identity.ports.push_back(name);
    return identity;
}

TEST(Name, LongTextIsCut) { EXPECT_EQ(Name(kLong + "y").view(), kLong); }

TEST(Name, TextIsCutBetweenCharacters) {
    const std::string almost(kMaxNameBytes - 2, 'x');
    EXPECT_EQ(Name(almost + "\u266a").view(), almost);
    EXPECT_EQ(Name(almost + "\u00e9").view(), almost + "\u00e9");
}

TEST(Name, EveryKindOfCharacterIsKept) {
    const std::string text = "a\u007e\u00e9\u0800\ue000\uffff\U00010000\U0010ffff";
    EXPECT_EQ(Name(text).view(), text);
}

TEST(Name, ControlCharactersBecomeQuestionMarks) {
    EXPECT_EQ(Name("a\nb\x1f\x7f\u0085").view(), "a?b????");
}

TEST(Name, MalformedUtf8BecomesQuestionMarks) {
    EXPECT_EQ(Name("\xe9t\xe9").view(), "?t?") << "Latin-1";
    EXPECT_EQ(Name("\xc0\xaf").view(), "??") << "overlong";
    EXPECT_EQ(Name("\xe0\x9f\xbf").view(), "???") << "overlong";
    EXPECT_EQ(Name("\xf0\x8f\xbf\xbf").view(), "????") << "overlong";
    EXPECT_EQ(Name("\xed\xa0\x80").view(), "???") << "surrogate";
    EXPECT_EQ(Name("\xf4\x90\x80\x80").view(), "????") << "past the last code point";
    EXPECT_EQ(Name("\xe2\x99").view(), "??") << "cut off";
    EXPECT_EQ(Name("\xe2\x99x").view(), "??x") << "interrupted";
}

TEST(Identity, FitsADatagramHoweverLongItsNames) {
    const Bytes payload = payload_of(with_everything(Name(kLong)));
    EXPECT_LE(payload.size(), kMaxPayload);
    const auto identity = decode_identity(payload);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->serial, Name(kLong));
    ASSERT_EQ(identity->ports.size(), kMaxPorts);
    for (const Name& port : identity->ports) EXPECT_EQ(port.view(), kLong.substr(0, 46));
}

TEST(Identity, PortNamesAreCutBetweenCharacters) {
    std::string notes;
    while (notes.size() + 3 <= kMaxNameBytes) notes += "\u266a";
    const auto identity = decode_identity(payload_of(with_everything(Name(notes))));
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->ports[15].view(), notes.substr(0, 45));
}

TEST(Identity, MayBelongToAHostWithoutAnEpochYet) {
    EXPECT_EQ(refusal(decode_identity(kNameless)), std::nullopt);
}

TEST(Identity, RefusesToBeCutShort) {
    for (std::size_t size = 0; size < kNameless.size(); ++size)
        EXPECT_EQ(refusal(decode_identity(ByteView(kNameless).first(size))), DecodeError::TooShort);
}

TEST(Identity, RefusesBytesAfterTheEnd) {
    EXPECT_EQ(refusal(decode_identity(plus(kNameless, "00"))), DecodeError::TrailingBytes);
}

TEST(Identity, RefusesNoSource) {
    EXPECT_EQ(refusal(decode_identity(with(kNameless, 0, "00 00"))), DecodeError::BadValue);
}

TEST(Identity, RefusesUnknownRoles) {
    EXPECT_EQ(refusal(decode_identity(with(kNameless, kRoleAt, "04"))), DecodeError::BadValue);
}

TEST(Identity, RefusesACountOfDevicesThatCannotBe) {
    for (const char* count : {"00", "09"})
        EXPECT_EQ(refusal(decode_identity(with(kNameless, kDevicesAt, count))),
                  DecodeError::BadValue);
}

TEST(Identity, RefusesMorePortsThanAStreamHas) {
    EXPECT_EQ(refusal(decode_identity(with(kNameless, kNamesAt + 6, "11"))), DecodeError::BadValue);
}

TEST(Identity, RefusesANameLongerThanOneMayBe) {
    EXPECT_EQ(refusal(decode_identity(with(kNameless, kNamesAt, "40"))), DecodeError::BadValue);
}

TEST(Identity, RefusesNamesThatAreNotCleanText) {
    Identity identity = nameless();
    identity.host_name = Name("a");
    const Bytes payload = payload_of(identity);
    EXPECT_EQ(refusal(decode_identity(with(payload, kNamesAt + 1, "0a"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_identity(with(payload, kNamesAt + 1, "ff"))), DecodeError::BadValue);
}

midi::InquiryReply reply_of(std::size_t size, std::uint8_t filling = 0x11) {
    midi::InquiryReply reply;
    for (const std::uint8_t byte :
         std::initializer_list<std::uint8_t>{0xF0, 0x7E, 0x00, 0x06, 0x02})
        (void)reply.push_back(byte);
    while (reply.size() + 1 < size) (void)reply.push_back(filling);
    (void)reply.push_back(0xF7);
    return reply;
}

TEST(Identity, EqualRepliesOfAllPortsFit) {
    Identity identity = with_everything(Name(kLong));
    identity.replies.fill(reply_of(midi::kMaxInquiryReply));
    const Bytes payload = payload_of(identity);
    EXPECT_LE(payload.size(), kMaxPayload);
    const auto decoded = decode_identity(payload);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->replies, identity.replies);
    for (const Name& port : decoded->ports) EXPECT_GE(port.view().size(), 34U);
}

TEST(Identity, RepliesThatDoNotFitAreLeftOut) {
    Identity identity = with_everything(Name(kLong));
    for (std::uint8_t p = 0; p < kMaxPorts; ++p)
        identity.replies[p] = reply_of(midi::kMaxInquiryReply, p);
    const auto decoded = decode_identity(payload_of(identity));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->replies[0], identity.replies[0]);
    EXPECT_EQ(decoded->replies[1], identity.replies[1]);
    EXPECT_TRUE(decoded->replies[15].empty());
}

TEST(Identity, RefusesRepliesThatAreNone) {
    const auto with_replies = [](std::string_view hex) {
        return refusal(decode_identity(plus(without_last(kNameless), hex)));
    };
    EXPECT_EQ(with_replies("01 00 07 f0 7e 00 06 02 47 f7"), std::nullopt);
    EXPECT_EQ(with_replies("02 00 07 f0 7e 00 06 02 47 f7 0f 00"), std::nullopt);
    EXPECT_EQ(with_replies("01 10 07 f0 7e 00 06 02 47 f7"), DecodeError::BadValue) << "port 16";
    EXPECT_EQ(with_replies("01 00 00"), DecodeError::BadValue) << "as none before";
    EXPECT_EQ(with_replies("01 00 06 f0 7e 00 06 02 f7"), DecodeError::BadValue) << "empty";
    EXPECT_EQ(with_replies("01 00 07 f0 7e 00 06 01 47 f7"), DecodeError::BadValue) << "a question";
    EXPECT_EQ(with_replies("01 00 07 f0 7e 00 06 02 47 47"), DecodeError::BadValue) << "no end";
    EXPECT_EQ(with_replies("01 00 07 f0 7e 00 06 02 90 f7"), DecodeError::BadValue) << "a status";
    EXPECT_EQ(with_replies("02 01 07 f0 7e 00 06 02 47 f7 01 00"), DecodeError::BadValue)
        << "the same port";
    EXPECT_EQ(with_replies("02 00 07 f0 7e 00 06 02 47 f7 01 07 f0 7e 00 06 02 47 f7"),
              DecodeError::BadValue)
        << "written twice";
    EXPECT_EQ(with_replies("01 00 07 f0 7e 00 06 02 47"), DecodeError::TooShort);
}

}  // namespace
}  // namespace midinet::wire
