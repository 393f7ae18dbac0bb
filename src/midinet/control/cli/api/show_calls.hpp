// What is asked of the boxes otherwise, asked of the API.
#pragma once

#include "control/cli/api/caller.hpp"

#include <string>

namespace midinet::control::cli {

/// A resource of the API, and what is to be done with it.
struct ApiCall {
    std::string method = "GET";
    std::string path;  ///< empty: the API has nothing for it
    std::string body;
};

/// For a conversation. Pure.
ApiCall call_for(const Request& request);
/// "hosts", "failover": the command that was typed.
const char* command_name(Task task);
/// What an answer means to a script. Pure.
ExitCode exit_code_of(Task task, const JsonValue& answer);
/// What a refusal means to one: the same as without the API, who tells less by its status. Pure.
ExitCode exit_code_of(const Request& request, const ApiRefusal& refusal);
/// For a person. Missing members are told as unknown, never wrong. Pure.
std::string api_text(Task task, const JsonValue& answer);

}  // namespace midinet::control::cli
