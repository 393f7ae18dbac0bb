#include "admin/http/content_tag.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <array>

namespace midinet::admin {

std::string content_tag(std::string_view text) {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
    const void* const bytes = text.data();
    // Fails for wrong lengths alone.
    (void)crypto_generichash(hash.data(), hash.size(), static_cast<const unsigned char*>(bytes),
                             text.size(), nullptr, 0);
    return fmt::format("\"{:02x}\"", fmt::join(hash, ""));
}

}  // namespace midinet::admin
