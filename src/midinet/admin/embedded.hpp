// Files that the program carries. Made at build time by tools/embed.py.
#pragma once

#include <string_view>

namespace midinet::admin::embedded {

extern const std::string_view kOpenApi;  ///< docs/openapi.yaml, as JSON
extern const std::string_view kRestApi;  ///< docs/rest_api.md

}  // namespace midinet::admin::embedded
