// What somebody asked of midinet-cli, whatever it is, and its command line.
#pragma once

#include "control/cli/request.hpp"
#include "control/plane/tap.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// What is to be done.
enum class Act : std::uint8_t {
    Converse,  ///< what Order::request says
    Doctor,
    Watch,
    Metrics,
    SystemMetrics,
    Alerts,
    PipelineShow,
    PipelineSet,
    PipelineReset,
    ConfigCheck,
    ConfigDiff,
    ConfigApply,
    ConfigRollback,
    ConfigConfirm,
    Send,
    Replay,
    Monitor,
    Record,
    Verify,
    VerifyLive,
    TuneShow,
    TuneApply,
    TuneUndo,
    Print,  ///< Order::text
};

/// Which messages of which stream.
struct StreamChoice {
    SourceId from{};  ///< of this host alone; 0: Monitor all, Record the lowest heard
    std::vector<std::string> types;  ///< "note", "cc" …, see message_types(); empty: all
    unsigned channel = 0;            ///< Range: 1..16; 0: all, and what has none
    bool raw = false;                ///< Monitor: with the bytes
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
    /// PipelineSet, ConfigCheck, ConfigApply, Record, Replay, VerifyLive: one; ConfigDiff, Verify:
    /// two.
    std::vector<std::string> files{};
    std::string kind{};      ///< ConfigCheck, ConfigDiff: "host", "client"; empty: by name
    Duration interval = 1s;  ///< Watch. Range: 100 ms .. 10 min
    unsigned count = 0;      ///< Watch: rounds; Monitor: messages; 0: without end
    StreamChoice stream{};   ///< Monitor, Record
    Duration lasts{};        ///< Monitor, Record: so long; 0: until it is interrupted
    std::string text{};      ///< Print
    std::vector<std::vector<std::uint8_t>> messages{};  ///< Send
    SourceId as{};                                      ///< Send, Replay: the host that plays
    bool yes = false;               ///< ConfigApply, ConfigRollback: nobody is to be asked
    unsigned confirm_within_s = 0;  ///< the same: taken back unless confirmed; 0: not
    unsigned version = 0;           ///< ConfigRollback; 0: the one before the last
    /// Pipeline…: the id of one, whose own is meant; empty: the hosts'. Monitor, of Delivered: as
    /// somebody named it, see find_client(); empty: all.
    std::string client{};
    /// Monitor: as boxes tell what passes there; nothing: the stream, as it comes by multicast.
    std::optional<plane::TapPoint> tap{};
    std::string root{};  ///< Tune…: where the machine's files are below; empty: of this one
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
