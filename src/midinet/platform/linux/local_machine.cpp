#include "platform/linux/local_machine.hpp"

#include "platform/linux/realtime.hpp"
#include "platform/linux/run_program.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/interfaces.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

namespace midinet::platform {
namespace {

unsigned flags_of(const FileDescriptor& socket, const std::string& name) noexcept {
    ifreq request{};
    name.copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
    if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return 0;
    return static_cast<unsigned short>(request.ifr_flags);
}

/// Of a file that holds one; nothing: it cannot be read.
std::optional<unsigned> number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    unsigned number = 0;
    return file >> number ? std::optional(number) : std::nullopt;
}

/// Nothing: it is no part of a bridge, or /sys is that of another network namespace.
std::optional<io::BridgeFact> bridge_of(const std::string& interface) {
    const std::filesystem::path net = "/sys/class/net";
    if (number_in(net / interface / "ifindex") != ::if_nametoindex(interface.c_str()))
        return std::nullopt;
    std::error_code error;
    std::string name = interface;
    if (!std::filesystem::is_directory(net / interface / "bridge", error)) {
        name = std::filesystem::read_symlink(net / interface / "master", error).filename();
        if (error) return std::nullopt;
    }
    const auto about = net / name / "bridge";
    const auto snoops = number_in(about / "multicast_snooping");
    if (!snoops) return std::nullopt;
    return io::BridgeFact{name, *snoops != 0,
                          number_in(about / "multicast_querier").value_or(0) != 0};
}

}  // namespace

std::vector<io::InterfaceFact> LocalMachine::interfaces() {
    const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::vector<io::InterfaceFact> facts;
    for (const auto& one : list_interfaces()) {
        const unsigned flags = flags_of(socket, one.name);
        facts.push_back({.name = one.name,
                         .up = one.up,
                         .carrier = (flags & IFF_RUNNING) != 0,
                         .multicast = (flags & IFF_MULTICAST) != 0,
                         .loopback = one.loopback,
                         .address = one.address,
                         .bridge = bridge_of(one.name)});
    }
    return facts;
}

io::ClockFact LocalMachine::clock() {
    timex asked{};
    const int state = ::adjtimex(&asked);
    if (state < 0) return {};
    return {.known = true,
            .synchronised = state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0,
            .max_error_us = asked.maxerror};
}

io::RealtimeFact LocalMachine::realtime() {
    io::RealtimeFact fact;
    std::thread([&fact] {
        RealtimeOptions options;
        options.thread_name = "midinet-trial";
        options.lock_memory = false;
        fact.wanted = options.priority;
        const auto report = enter_realtime(options);
        fact.priority = report.priority;
        fact.refusals = report.refusals;
    }).join();
    rlimit limit{};
    if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        fact.memlock_limit = limit.rlim_cur;
    return fact;
}

io::FirewallFact LocalMachine::firewall() {
    for (const char* path : {"/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"}) {
        if (::access(path, X_OK) != 0) continue;
        auto ran = run_program({path, "-j", "list", "ruleset"}, 3s);
        if (!ran) return {{}, ran.error().message};
        if (ran->exit_code != 0)
            return {{},
                    ::geteuid() == 0 ? "nft said: " + ran->complaint
                                     : "the rules are shown to root alone: run it with sudo"};
        return {std::move(ran->out), {}};
    }
    return {{}, "nft is not installed (apt install nftables)"};
}

}  // namespace midinet::platform
