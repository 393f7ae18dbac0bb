// What MIDInet uses of Mach's scheduling, declared by hand.
#pragma once

#include <mach/mach.h>

constexpr thread_policy_flavor_t THREAD_TIME_CONSTRAINT_POLICY = 2;
/// Units: ticks of mach_absolute_time. A period of 0: none.
struct thread_time_constraint_policy_data_t {
    std::uint32_t period;
    std::uint32_t computation;
    std::uint32_t constraint;
    boolean_t preemptible;
};
constexpr mach_msg_type_number_t THREAD_TIME_CONSTRAINT_POLICY_COUNT =
    sizeof(thread_time_constraint_policy_data_t) / sizeof(integer_t);
