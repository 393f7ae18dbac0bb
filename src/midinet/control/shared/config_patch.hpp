// Some keys of a configuration changed, and nothing else in its text.
#pragma once

#include "control/shared/shared_config.hpp"

#include <string>
#include <string_view>

namespace midinet::control {

/// What is wrong with what was asked for.
struct ConfigFault {
    std::string message;    ///< one sentence
    std::string pointer{};  ///< RFC 6901, into what was asked for; empty: all of it
    friend bool operator==(const ConfigFault&, const ConfigFault&) = default;
};

/// `text`, which says `config`, with the keys of `patch` set: {"log": {"level": "debug"}}. What
/// `patch` leaves out stays; null takes a key away, so that its default counts; a value that is in
/// force already changes nothing. The result is checked as parse_shared_config() does, under the
/// name `name`. Pure. Errors: a key that is not known, a value that is not taken.
tl::expected<std::string, ConfigFault> patched(std::string_view text, const JsonValue& config,
                                               const JsonValue& patch, const std::string& name);

}  // namespace midinet::control
