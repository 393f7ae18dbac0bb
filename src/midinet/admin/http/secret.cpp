#include "admin/http/secret.hpp"

#include <sodium.h>

#include <tuple>

namespace midinet::admin {

static_assert(std::tuple_size_v<SecretHash> == crypto_generichash_BYTES);

SecretHash hash_of(std::string_view text) {
    SecretHash hash{};
    const void* const bytes = text.data();
    // Fails for wrong lengths alone.
    (void)crypto_generichash(hash.data(), hash.size(), static_cast<const unsigned char*>(bytes),
                             text.size(), nullptr, 0);
    return hash;
}

bool same_secret(std::string_view a, std::string_view b) {
    const auto x = hash_of(a);
    const auto y = hash_of(b);
    return sodium_memcmp(x.data(), y.data(), x.size()) == 0;
}

}  // namespace midinet::admin
