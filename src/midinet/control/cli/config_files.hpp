// Configuration files, as the programs that read them understand them.
#pragma once

#include "base/result.hpp"
#include "control/shared/local_check.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// Which programs a file is for.
enum class ConfigKind : std::uint8_t {
    Show,    ///< midinet.toml: midi-host's and midi-admin's
    Client,  ///< client.toml: midi-client's
};
/// By its name: a client's has "client" in it.
ConfigKind kind_of(const std::filesystem::path& file);

/// The sentences of the programs' own parsers, each once; empty: the file is good.
std::vector<std::string> check_config(const std::filesystem::path& file, ConfigKind kind);

/// Of a good file: what it names and this machine has not. Asks the machine.
std::vector<Misfit> config_misfits(const std::filesystem::path& file, ConfigKind kind,
                                   const ThisMachine& machine);

/// A key that means something else in the second file.
struct ConfigDifference {
    std::string key;      ///< "network.data_port"
    std::string program;  ///< whose it is: "midi-host"
    std::string before;   ///< as TOML; the default where a file says nothing
    std::string after;
    bool restarts = false;  ///< takes effect when its program starts again; else on reload
    friend bool operator==(const ConfigDifference&, const ConfigDifference&) = default;
};
/// Errors (exit code 2): the first sentence about a file that is not good.
Result<std::vector<ConfigDifference>> diff_configs(const std::filesystem::path& before,
                                                   const std::filesystem::path& after,
                                                   ConfigKind kind);

}  // namespace midinet::control::cli
