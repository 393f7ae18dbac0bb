// What a decoder makes of datagrams that were cut or changed on their way: a refusal, or a value
// like any other.
#include "golden/hex.hpp"
#include "property/wire/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;
using midinet::testing::Bytes;
using midinet::testing::to_hex;

Bytes random_datagram() {
    const auto kind = static_cast<PacketKind>(*rc::gen::inRange(1, 9));
    return encode_whole(random_header(kind), random_value(kind));
}

/// Whatever was accepted can be sent on, and means the same to the next receiver.
void expect_refused_or_encodable(const Bytes& datagram) {
    const auto decoded = decode_whole(datagram);
    if (!decoded) return;
    const Bytes again = encode_whole(decoded->header, decoded->payload);
    const auto twice = decode_whole(again);
    if (!twice) RC_FAIL("re-encoded, then refused: " + to_hex(datagram));
    RC_ASSERT(twice->header == decoded->header);
    RC_ASSERT(twice->payload == decoded->payload);
}

/// Sets the header's length to the datagram's, so that the damage reaches the payload's decoder.
void mend_length(Bytes& datagram) {
    datagram.at(6) = static_cast<std::byte>(datagram.size() >> 8U);
    datagram.at(7) = static_cast<std::byte>(datagram.size() & 0xFFU);
}

RC_GTEST_PROP(Damage, EveryPrefixOfADatagramIsRefused, ()) {
    const Bytes datagram = random_datagram();
    for (std::size_t size = 0; size < datagram.size(); ++size)
        RC_ASSERT(!decode_whole(ByteView(datagram).first(size)));
}

RC_GTEST_PROP(Damage, EveryPrefixOfAPayloadIsRefusedOrAValue, ()) {
    Bytes datagram = random_datagram();
    while (datagram.size() > kHeaderSize) {
        datagram.pop_back();
        mend_length(datagram);
        expect_refused_or_encodable(datagram);
    }
}

RC_GTEST_PROP(Damage, EveryChangedByteGivesARefusalOrAValue, ()) {
    const Bytes datagram = random_datagram();
    const auto change = static_cast<std::byte>(*rc::gen::inRange(1, 256));
    for (std::size_t at = 0; at < datagram.size(); ++at) {
        Bytes damaged = datagram;
        damaged[at] ^= change;
        expect_refused_or_encodable(damaged);
    }
}

RC_GTEST_PROP(Damage, RandomPayloadsAreRefusedOrValues, (std::vector<std::uint8_t> noise)) {
    const auto kind = static_cast<PacketKind>(*rc::gen::inRange(1, 9));
    Bytes datagram(kHeaderSize);
    ByteWriter writer(datagram);
    begin_datagram(writer, random_header(kind));
    for (const std::uint8_t b : noise) datagram.push_back(static_cast<std::byte>(b));
    mend_length(datagram);
    expect_refused_or_encodable(datagram);
}

}  // namespace
}  // namespace midinet::wire
