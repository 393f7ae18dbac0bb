#include "admin/http/wrong_guesses.hpp"

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

}  // namespace midinet::admin
