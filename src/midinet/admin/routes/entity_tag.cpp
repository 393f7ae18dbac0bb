#include "admin/routes/entity_tag.hpp"

namespace midinet::admin {

bool tag_matches(std::string_view wanted, const std::string& etag) {
    while (!wanted.empty()) {
        const auto comma = wanted.find(',');
        auto one = wanted.substr(0, comma);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (one == "*" || one == etag) return true;
        wanted = comma == std::string_view::npos ? "" : wanted.substr(comma + 1);
    }
    return false;
}

Response tagged(Response response, const std::string& etag) {
    response.headers.add("ETag", etag);
    response.headers.add("Cache-Control", "no-store");
    return response;
}

}  // namespace midinet::admin
