// Whether a configuration fits the machine that it is looked at on. It may be for another one.
#pragma once

#include "control/client_config.hpp"
#include "control/shared/shared_config.hpp"

#include <functional>
#include <string>
#include <vector>

namespace midinet::control {

/// What is asked of the machine. Lifetime: the functions may be called at any time.
struct ThisMachine {
    /// Errors: a sentence: no such network interface, or it has no address.
    std::function<Result<void>(const std::string& name)> find_interface;
    std::function<bool(const io::IpAddress&)> has_address;  ///< something can listen there
    std::function<bool(const std::string& path)> can_read;
};

/// A value that names what is not there.
struct Misfit {
    std::string key;     ///< "admin.listen"
    std::string text;    ///< what is missing, and what follows from it
    bool stops = false;  ///< its program does not start with it; else it waits, or goes on without
    friend bool operator==(const Misfit&, const Misfit&) = default;
};

/// In the order of keys. Asks the machine.
std::vector<Misfit> misfits_of(const SharedConfig& config, const ThisMachine& machine);
std::vector<Misfit> misfits_of(const ClientConfig& config, const ThisMachine& machine);

}  // namespace midinet::control
