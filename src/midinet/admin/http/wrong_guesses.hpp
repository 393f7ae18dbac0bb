// Tokens that were wrong, by who sent them.
#pragma once

#include "admin/http/secret.hpp"
#include "io/ip_address.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <string_view>

namespace midinet::admin {

/// Remembers the last few of each address, as hashes: a script with an old token asks the same
/// again and again and guesses nothing, and must not keep out who has the right one. Bounded: when
/// it is full all is forgotten. Thread: one.
class WrongGuesses {
  public:
    static constexpr std::size_t kMostSources = 1024;
    static constexpr std::size_t kMostOfOne = 8;

    bool knows(const io::IpAddress& from, std::string_view guess) const;
    void keep(const io::IpAddress& from, std::string_view guess);

  private:
    std::map<io::IpAddress, std::deque<SecretHash>> guesses_;
};

}  // namespace midinet::admin
