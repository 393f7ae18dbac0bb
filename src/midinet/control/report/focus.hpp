// Who has the focus, and how people name a client.
#pragma once

#include "control/plane/roster.hpp"

#include <cstddef>
#include <string>

namespace midinet::control {

/// The register in force, of all that the hosts that are present say. Pure.
wire::Focus focus_of(const plane::Roster& roster, TimePoint now);

/// The client's place in the list that `clients` prints, from 1; 0: it is not there.
std::size_t number_of(SenderId client, const plane::Roster& roster);

/// The client that `word` means: its number in that list, its id of 16 hexadecimal digits, or the
/// name of its machine. Errors: nobody or more than one is called so; why, for a person. Pure.
tl::expected<SenderId, std::string> find_client(const std::string& word,
                                                const plane::Roster& roster);

/// "client 2, foh (80000000000000f0)"; of one that is not heard its id alone; "nobody".
std::string holder_text(SenderId holder, const plane::Roster& roster);

}  // namespace midinet::control
