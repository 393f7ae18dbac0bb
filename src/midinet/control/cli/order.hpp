// What somebody asked of midinet-cli, whatever it is, and its command line.
#pragma once

#include "control/cli/request.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// What is to be done.
enum class Act : std::uint8_t {
    Converse,  ///< what Order::request says
    Doctor,
};

/// Where the API is, and how it lets us in.
struct ApiAccess {
    std::string url;  ///< "http://host:8080", without a slash at the end; empty: there is none
    std::string token;
    std::string token_file;  ///< read when there is no token; empty: neither
};

struct Order {
    Act act = Act::Converse;
    Request request;  ///< whatever is done: interfaces, device, how long to wait, JSON
    ApiAccess api;
};

/// What the surroundings of the program say. Empty: nothing.
struct Environment {
    std::string url;    ///< MIDINET_URL
    std::string token;  ///< MIDINET_API_TOKEN
};

/// Or what to print and the code to exit with: 0 for --help and --version, 2 for bad usage.
tl::expected<Order, DaemonExit> parse_order(const std::string& version, int argc,
                                            const char* const* argv,
                                            const Environment& environment = {});

}  // namespace midinet::control::cli
