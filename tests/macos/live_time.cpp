// For tests that wait for what Linux does: the double's time goes by itself in their program.
#include "double/clock.hpp"

namespace {

const bool is_live = [] {
    midinet::macos_double::go_live();
    return true;
}();

}  // namespace
