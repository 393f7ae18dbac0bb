#include "control/shared/local_check.hpp"

#include <fmt/format.h>

namespace midinet::control {
namespace {

void look_for_interfaces(const NetworkConfig& network, const ThisMachine& machine,
                         const char* programs, std::vector<Misfit>& all) {
    for (const auto& name : network.interfaces)
        if (const auto found = machine.find_interface(name); !found)
            all.push_back({"network.interfaces",
                           fmt::format("network.interfaces: {}; {} until it is there",
                                       found.error().message, programs),
                           false});
}

void look_for_file(const char* key, const std::string& path, const ThisMachine& machine,
                   std::vector<Misfit>& all) {
    if (path.empty() || machine.can_read(path)) return;
    all.push_back(
        {key,
         fmt::format("{} \"{}\" cannot be read on this machine: midi-admin does not start with it",
                     key, path),
         true});
}

}  // namespace

std::vector<Misfit> misfits_of(const SharedConfig& config, const ThisMachine& machine) {
    std::vector<Misfit> all;
    const auto& admin = config.admin;
    if (!machine.has_address(admin.listen.address))
        all.push_back({"admin.listen",
                       fmt::format("admin.listen: {} is no address of this machine: midi-admin "
                                   "does not start with it; 0.0.0.0 and [::] take every address",
                                   io::to_string(admin.listen.address)),
                       true});
    look_for_file("admin.tls_cert", admin.tls_cert, machine, all);
    look_for_file("admin.tls_key", admin.tls_key, machine, all);
    look_for_interfaces(admin.network, machine, "midi-host and midi-admin start, and hear nothing,",
                        all);
    return all;
}

std::vector<Misfit> misfits_of(const ClientConfig& config, const ThisMachine& machine) {
    std::vector<Misfit> all;
    look_for_interfaces(config.network, machine, "midi-client starts, and hears nothing,", all);
    return all;
}

}  // namespace midinet::control
