#include "fuzz/payload_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    midinet::fuzz::check_payload(midinet::wire::PacketKind::Lease,
                                 std::as_bytes(std::span(data, size)));
    return 0;
}
