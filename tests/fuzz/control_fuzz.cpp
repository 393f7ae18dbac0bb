// What any bytes give: a refusal, or a message that can be sent on and means the same again.
#include "control/plane/message.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace plane = midinet::control::plane;

namespace {

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = plane::decode(std::as_bytes(std::span(data, size)));
    if (!message) return 0;
    std::vector<std::byte> buffer(midinet::wire::kMaxPayload);
    midinet::ByteWriter writer(buffer);
    require(plane::encode(writer, *message).has_value(), "what was accepted can be encoded");
    const auto twice = plane::decode(writer.written());
    require(twice.has_value(), "an encoding is accepted");
    require(*twice == *message, "an encoding means the same");
    return 0;
}
