#include "fuzz/payload_fuzz.hpp"

using namespace midinet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto datagram = wire::decode_datagram(std::as_bytes(std::span(data, size)));
    if (!datagram) return 0;
    fuzz::require(datagram->payload.size() + wire::kHeaderSize == size, "the payload is the rest");
    fuzz::check_payload(datagram->header.kind, datagram->payload);

    const auto whole = wire::testing::decode_whole(std::as_bytes(std::span(data, size)));
    if (!whole) return 0;
    const auto again = wire::testing::encode_whole(whole->header, whole->payload);
    const auto twice = wire::testing::decode_whole(again);
    fuzz::require(twice && twice->header == whole->header, "a datagram's header survives");
    return 0;
}
