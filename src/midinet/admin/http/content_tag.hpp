// An ETag by what something says: the same after a restart.
#pragma once

#include <string>
#include <string_view>

namespace midinet::admin {

/// Strong, quoted (RFC 9110 §8.8.3): texts that differ have different ones. Pure.
std::string content_tag(std::string_view text);

}  // namespace midinet::admin
