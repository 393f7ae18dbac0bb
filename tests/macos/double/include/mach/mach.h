// What MIDInet uses of Mach, declared by hand: names and values as macOS's headers have them. double/machine.cpp does what it says.
#pragma once

#include <cstdint>

using kern_return_t = int;
using integer_t = int;
using natural_t = unsigned;
using boolean_t = int;
using mach_port_t = unsigned;
using host_t = mach_port_t;
using thread_act_t = mach_port_t;
using mach_msg_type_number_t = natural_t;
using vm_size_t = unsigned long;
using host_info_t = integer_t*;
using host_info64_t = integer_t*;
using thread_policy_t = integer_t*;
using thread_policy_flavor_t = natural_t;

constexpr kern_return_t KERN_SUCCESS = 0;
constexpr kern_return_t KERN_INVALID_ARGUMENT = 4;

constexpr int HOST_CPU_LOAD_INFO = 3;
constexpr int CPU_STATE_USER = 0;
constexpr int CPU_STATE_SYSTEM = 1;
constexpr int CPU_STATE_IDLE = 2;
constexpr int CPU_STATE_NICE = 3;
struct host_cpu_load_info_data_t {
    natural_t cpu_ticks[4];
};
constexpr mach_msg_type_number_t HOST_CPU_LOAD_INFO_COUNT = sizeof(host_cpu_load_info_data_t) / sizeof(integer_t);

constexpr int HOST_VM_INFO64 = 4;
struct alignas(8) vm_statistics64_data_t {
    natural_t free_count;
    natural_t active_count;
    natural_t inactive_count;
    natural_t wire_count;
    std::uint64_t zero_fill_count;
    std::uint64_t reactivations;
    std::uint64_t pageins;
    std::uint64_t pageouts;
    std::uint64_t faults;
    std::uint64_t cow_faults;
    std::uint64_t lookups;
    std::uint64_t hits;
    std::uint64_t purges;
    natural_t purgeable_count;
    natural_t speculative_count;
    std::uint64_t decompressions;
    std::uint64_t compressions;
    std::uint64_t swapins;
    std::uint64_t swapouts;
    natural_t compressor_page_count;
    natural_t throttled_count;
    natural_t external_page_count;
    natural_t internal_page_count;
    std::uint64_t total_uncompressed_pages_in_compressor;
};
constexpr mach_msg_type_number_t HOST_VM_INFO64_COUNT = sizeof(vm_statistics64_data_t) / sizeof(integer_t);

extern "C" {
mach_port_t mach_host_self();
kern_return_t host_statistics(host_t host, int flavor, host_info_t told, mach_msg_type_number_t* count);
kern_return_t host_statistics64(host_t host, int flavor, host_info64_t told, mach_msg_type_number_t* count);
kern_return_t host_page_size(host_t host, vm_size_t* size);
kern_return_t thread_policy_set(thread_act_t thread, thread_policy_flavor_t flavor, thread_policy_t policy,
                                mach_msg_type_number_t count);
}
