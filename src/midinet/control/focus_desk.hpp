// Who lights the controllers: by which rules a host grants the focus, and ends it.
#pragma once

#include "control/plane/roster.hpp"
#include "wire/heartbeat.hpp"

#include <string>

namespace midinet::control {

/// A host's copy of the focus register (wire::Focus), and what may change it. One client holds the
/// focus, or nobody. Whoever asks for itself gets it while nobody else has it. A choice by hand
/// beats that, and stays until the next one: also while its holder is away or ends, and when it
/// chose nobody. Every change takes a term of this run of this host, so that no term ever has two
/// holders; of two registers the higher one is in force everywhere. Pure. Thread: one.
class FocusDesk {
  public:
    FocusDesk(HostId own, Epoch epoch) noexcept : own_(own), epoch_(epoch) {}

    struct Ruling {
        plane::CommandOutcome outcome = plane::CommandOutcome::Done;
        std::string why;  ///< for a person
    };
    /// `client` asks for itself. Refused also when it was never heard, or is gone.
    Ruling claim(SenderId client, const plane::Roster& roster, TimePoint now);
    /// `client` gives back what it has. What was chosen by hand is not its own to give.
    Ruling release(SenderId client);
    /// Somebody chose `client`; 0: nobody.
    Ruling assign(SenderId client, const plane::Roster& roster, TimePoint now);
    /// Somebody ended the choice: whoever has it keeps it, and may lose it as others do.
    Ruling unassign();
    /// Somebody else's register. One that no host makes is ignored.
    void learn(const wire::Focus& focus) noexcept;
    /// Ends the focus of a client that is gone, if it was not chosen by hand. `decides`: whether
    /// that is ours to do.
    void on_timer(const plane::Roster& roster, bool decides, TimePoint now) noexcept;

    const wire::Focus& focus() const noexcept { return focus_; }

  private:
    bool set(SenderId holder, bool manual, bool by_hand) noexcept;
    Ruling rule(SenderId holder, bool manual, bool by_hand, std::string why);

    HostId own_;
    Epoch epoch_;
    wire::Focus focus_;
};

/// "foh (9e3779b97f4a7c15)", or the id alone of one that was never heard.
std::string name_of(SenderId client, const plane::Roster& roster);

}  // namespace midinet::control
