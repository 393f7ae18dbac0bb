// The machine of the double: what Mach and sysctl tell of it, as tests steer it.
#pragma once

#include <mach/thread_policy.h>
#include <net/if.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace midinet::macos_double {

struct Machine {
    host_cpu_load_info_data_t ticks{};
    vm_statistics64_data_t pages{};
    vm_size_t page_size = 16'384;
    std::map<std::string, std::string> by_name;  ///< of sysctlbyname: the bytes
    std::vector<if_msghdr2> interfaces;          ///< message lengths are made
    /// Functions that give an error, by name.
    std::map<std::string, int> refusals;
    /// What a thread asked for; its number by pthread_mach_thread_np.
    std::map<unsigned, thread_time_constraint_policy_data_t> constraints;
    std::string thread_name;  ///< that was set last
};

/// One thread at a time looks at it.
Machine& machine();

}  // namespace midinet::macos_double
