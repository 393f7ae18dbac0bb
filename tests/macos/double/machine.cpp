#include "machine.hpp"

#include <mach/mach.h>
#include <mach/mach_error.h>
#include <net/route.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <mutex>

using midinet::macos_double::machine;

namespace midinet::macos_double {

Machine& machine() {
    static Machine the_machine;
    return the_machine;
}

}  // namespace midinet::macos_double

namespace {

constexpr unsigned kHost = 2'307;
std::mutex mutex;

int refusal_of(const std::string& function) {
    const auto found = machine().refusals.find(function);
    return found != machine().refusals.end() ? found->second : 0;
}

/// As sysctl gives bytes out: how many there are, or as many as there is room for.
int give(const std::string& bytes, void* old, std::size_t* old_size) {
    if (old != nullptr && *old_size < bytes.size()) {
        errno = ENOMEM;
        return -1;
    }
    if (old != nullptr) std::memcpy(old, bytes.data(), bytes.size());
    *old_size = bytes.size();
    return 0;
}

/// Each followed by eight bytes that nobody has to know, and a message of another kind.
std::string interface_list() {
    std::string list;
    for (auto message : machine().interfaces) {
        std::array<char, sizeof message + 8> bytes{};
        message.ifm_msglen = bytes.size();
        std::memcpy(bytes.data(), &message, sizeof message);
        list.append(bytes.data(), bytes.size());
        list.append(std::string{12, 0, 5, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0});
    }
    return list;
}

template <typename Told>
int tell(const char* function, const Told& told, integer_t* to, mach_msg_type_number_t* count) {
    const std::lock_guard lock(mutex);
    if (const int refused = refusal_of(function); refused != 0) return refused;
    if (*count < sizeof told / sizeof(integer_t)) return KERN_INVALID_ARGUMENT;
    std::memcpy(to, &told, sizeof told);
    return KERN_SUCCESS;
}

}  // namespace

mach_port_t mach_host_self() { return kHost; }

kern_return_t host_statistics(host_t host, int flavor, host_info_t told,
                              mach_msg_type_number_t* count) {
    if (host != kHost || flavor != HOST_CPU_LOAD_INFO) return KERN_INVALID_ARGUMENT;
    return tell(__func__, machine().ticks, told, count);
}

kern_return_t host_statistics64(host_t host, int flavor, host_info64_t told,
                                mach_msg_type_number_t* count) {
    if (host != kHost || flavor != HOST_VM_INFO64) return KERN_INVALID_ARGUMENT;
    return tell(__func__, machine().pages, told, count);
}

kern_return_t host_page_size(host_t host, vm_size_t* size) {
    if (host != kHost) return KERN_INVALID_ARGUMENT;
    *size = machine().page_size;
    return KERN_SUCCESS;
}

kern_return_t thread_policy_set(thread_act_t thread, thread_policy_flavor_t flavor,
                                thread_policy_t policy, mach_msg_type_number_t count) {
    const std::lock_guard lock(mutex);
    if (const int refused = refusal_of(__func__); refused != 0) return refused;
    thread_time_constraint_policy_data_t asked{};
    if (flavor != THREAD_TIME_CONSTRAINT_POLICY || count != THREAD_TIME_CONSTRAINT_POLICY_COUNT)
        return KERN_INVALID_ARGUMENT;
    std::memcpy(&asked, policy, sizeof asked);
    // xnu: what is computed in is at most what is waited for, and is some microseconds at least.
    if (asked.computation > asked.constraint || asked.computation == 0)
        return KERN_INVALID_ARGUMENT;
    machine().constraints[thread] = asked;
    return KERN_SUCCESS;
}

char* mach_error_string(int error) {
    static std::array<char, 32> text{"(os/kern) invalid argument"};
    static std::array<char, 32> other{"unknown error code"};
    return error == KERN_INVALID_ARGUMENT ? text.data() : other.data();
}

int pthread_setname_np(const char* name) {
    const std::lock_guard lock(mutex);
    machine().thread_name = name;
    return 0;
}

/// Precondition: the calling thread.
unsigned pthread_mach_thread_np(pthread_t) { return static_cast<unsigned>(::syscall(SYS_gettid)); }

int sysctl(int* name, unsigned name_length, void* old, std::size_t* old_size, void*, std::size_t) {
    const std::array wanted{CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST2, 0};
    const std::lock_guard lock(mutex);
    if (name_length != wanted.size() || !std::equal(wanted.begin(), wanted.end(), name) ||
        refusal_of(__func__) != 0) {
        errno = EINVAL;
        return -1;
    }
    return give(interface_list(), old, old_size);
}

int sysctlbyname(const char* name, void* old, std::size_t* old_size, void*, std::size_t) {
    const std::lock_guard lock(mutex);
    const auto found = machine().by_name.find(name);
    if (found == machine().by_name.end()) {
        errno = ENOENT;
        return -1;
    }
    return give(found->second, old, old_size);
}
