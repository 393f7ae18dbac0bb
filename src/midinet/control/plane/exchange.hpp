// The control plane's exchange: who asks, who is asked, and who is there.
#pragma once

#include "control/plane/command_desk.hpp"
#include "control/plane/command_sender.hpp"
#include "control/plane/roster.hpp"
