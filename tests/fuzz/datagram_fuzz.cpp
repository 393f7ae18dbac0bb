#include "fuzz/payload_fuzz.hpp"
#include "unit/wire/payload.hpp"

using namespace midinet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)wire::decode_datagram(
        std::as_bytes(std::span(data, size)));  // as it came: almost always refused by its check
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto sealed = wire::testing::sealed({bytes.begin(), bytes.end()});
    const auto datagram = wire::decode_datagram(sealed);
    if (!datagram) return 0;
    fuzz::require(datagram->payload.size() + wire::kHeaderSize == size, "the payload is the rest");
    fuzz::check_payload(datagram->header.kind, datagram->payload);

    const auto whole = wire::testing::decode_whole(sealed);
    if (!whole) return 0;
    const auto again = wire::testing::encode_whole(whole->header, whole->payload);
    const auto twice = wire::testing::decode_whole(again);
    fuzz::require(twice && twice->header == whole->header, "a datagram's header survives");
    return 0;
}
