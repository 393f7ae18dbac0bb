// Readings into alerts.
#pragma once

#include "admin/alerts/alert_rules.hpp"
#include "admin/alerts/readings.hpp"
#include "admin/alerts/recent_most.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace midinet::admin {

/// Times: ms since 1970.
struct Alert {
    std::string id;  ///< the same again each time it is of the same kind and about the same thing
    AlertKind kind = AlertKind::Temperature;
    std::uint8_t device = 0;  ///< 0: of the machine that the admin runs on
    std::string subject;
    std::string who;
    double value = 0;  ///< the latest
    double worst = 0;  ///< of the last ten minutes, not before it fired
    double threshold = 0;
    std::int64_t since_ms = 0;
    std::optional<std::int64_t> resolved_ms;
    std::optional<std::int64_t> acknowledged_ms;
    std::string acknowledged_from;    ///< the address that did
    std::int64_t muted_until_ms = 0;  ///< 0: it is not
    RecentMost recent{};              ///< what `worst` is made of
    bool muted(std::int64_t now_ms) const noexcept { return now_ms < muted_until_ms; }
};

/// What happened to an alert.
struct Transition {
    enum class What : std::uint8_t { Fired, Resolved };
    What what = What::Fired;
    Alert alert;
};

/// A letter, digit, '-', '.' or '_' each: it stands in paths.
std::string alert_id(const Reading& reading);

/// Hysteresis: what fired at its threshold is good again at `clear`; each for as long as the rule
/// holds it. What is not read any more is good, but a client that was forgotten stays gone until
/// somebody acknowledges it. Pure. Thread: one.
class AlertEngine {
  public:
    static constexpr std::size_t kMostActive = 500;
    static constexpr std::size_t kMostResolved = 100;  ///< that are remembered

    struct Moment {
        TimePoint now;
        std::int64_t unix_ms = 0;
    };
    std::vector<Transition> look(const std::vector<Reading>& readings, const AlertRules& rules,
                                 const Moment& moment);

    // Null: there is no such alert. Lifetime: until the next call.
    /// Only of active ones. Again: changes nothing.
    const Alert* acknowledge(const std::string& id, const std::string& from, std::int64_t now_ms);
    /// Nobody is told of it until then, also when it goes and comes again. `until_ms` 0: no more.
    const Alert* mute(const std::string& id, std::int64_t until_ms);

    const std::map<std::string, Alert>& active() const noexcept { return active_; }
    /// The latest first.
    const std::deque<Alert>& resolved() const noexcept { return resolved_; }

  private:
    using Transitions = std::vector<Transition>;
    void look_at(const std::string& id, const Reading& reading, const AlertRule& rule,
                 Transitions& transitions);
    void fire(const std::string& id, const Reading& reading, const AlertRule& rule,
              Transitions& transitions);
    void resolve(const std::string& id, Transitions& transitions);
    /// Whether it has been like that for long enough. `turns`: it is the other way round from what
    /// is told now.
    bool held(const std::string& id, bool turns, const AlertRule& rule);

    Moment moment_;
    std::map<std::string, Alert> active_;
    std::deque<Alert> resolved_;
    std::map<std::string, TimePoint> turning_;  ///< since when it is otherwise than told
    std::map<std::string, std::int64_t> muted_until_ms_;
};

}  // namespace midinet::admin
