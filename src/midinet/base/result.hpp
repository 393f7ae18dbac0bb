// Errors as values.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace midinet {

/// What went wrong, in one sentence for a person: what, where, what was expected, what to do.
struct Error {
    std::string message;
    /// Exit code a program ends with: 1 the world refused, 2 usage or configuration.
    int exit_code = 1;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message, int exit_code = 1) {
    return tl::unexpected<Error>(Error{std::move(message), exit_code});
}

}  // namespace midinet
