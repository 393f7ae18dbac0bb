// Files that the program carries. Made at build time by tools/embed.py.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace midinet::admin::embedded {

extern const std::string_view kOpenApi;  ///< docs/openapi.yaml, as JSON
extern const std::string_view kRestApi;  ///< docs/rest_api.md

/// A file of the dashboard.
struct File {
    std::string_view path;  ///< where it is served
    std::string_view type;
    std::string_view etag;  ///< of what it says, quoted (RFC 9110 §8.8.3)
    std::string_view gzip;  ///< the file, compressed
    std::size_t size;       ///< uncompressed; bytes
    bool forever;           ///< its name changes when it changes
};

/// One row a path; pages share one file.
extern const std::span<const File> kDashboard;

}  // namespace midinet::admin::embedded
