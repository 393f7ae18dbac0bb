#include "admin/http/wrong_guesses.hpp"

#include <sodium.h>

#include <algorithm>

namespace midinet::admin {

bool WrongGuesses::knows(const io::IpAddress& from, std::string_view guess) const {
    const auto found = guesses_.find(from);
    if (found == guesses_.end()) return false;
    const auto& own = found->second;
    return std::find(own.begin(), own.end(), hash_of(guess)) != own.end();
}

void WrongGuesses::keep(const io::IpAddress& from, std::string_view guess) {
    if (knows(from, guess)) return;
    if (guesses_.size() >= kMostSources && !guesses_.contains(from)) guesses_.clear();
    auto& own = guesses_[from];
    own.push_back(hash_of(guess));
    if (own.size() > kMostOfOne) own.pop_front();
}

WrongGuesses::Hash WrongGuesses::hash_of(std::string_view text) {
    Hash hash{};
    const void* const bytes = text.data();
    // Fails for wrong lengths alone.
    (void)crypto_generichash(hash.data(), hash.size(), static_cast<const unsigned char*>(bytes),
                             text.size(), nullptr, 0);
    return hash;
}

}  // namespace midinet::admin
