// The dashboard, as files that the program carries.
#pragma once

#include "admin/embedded.hpp"
#include "admin/http/router.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace midinet::admin {

/// GET of each file: compressed for whoever accepts gzip, else as it is. Names that change with
/// their content may be kept for ever; pages are asked for anew each time, and then mostly a 304.
/// Pages may load and do nothing but what this server serves. Lifetime: outlived by `files`.
std::vector<std::unique_ptr<Route>> make_page_routes(std::span<const embedded::File> files);

/// What a browser gets where no page is: the way to the page, where a slash behind its name is all
/// that is wrong; else the dashboard, which says that there is no such page, as a 404. Nothing for
/// programs, which do not ask for HTML, and of /api and /ws. Pure.
std::optional<Response> stray_page(std::span<const embedded::File> files, const Request& request);

}  // namespace midinet::admin
