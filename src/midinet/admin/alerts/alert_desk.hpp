// Where alerts come together: rules, what is active, and who is told.
#pragma once

#include "admin/alerts/alert_engine.hpp"
#include "admin/alerts/readings.hpp"
#include "admin/alerts/webhook_sender.hpp"
#include "admin/http/message.hpp"
#include "admin/store/history.hpp"
#include "admin/ws/audience.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace midinet::admin {

/// Thread: the server's.
class AlertDesk {
  public:
    struct Surroundings {
        History& history;  ///< Lifetime: outlives the desk, as the next one
        WebhookSender& sender;
        AlertRules rules;     ///< as they were kept
        std::string trouble;  ///< why they are the usual ones instead; empty: they are not
        std::function<Result<void>(const std::string&)>
            keep;  ///< keeps a text instead of the one before; may wait for the disk. Empty:
                   ///< nothing is kept. Thread: the history's
        std::function<void(std::function<void()>)> post;  ///< runs something on this thread
        std::function<std::int64_t()> unix_ms;
        std::string run;  ///< another one each time the program starts
    };
    explicit AlertDesk(Surroundings with);

    void on_picture(const Picture& picture);
    /// {"active": […], "resolved": […]}
    control::JsonValue document() const;
    /// Those of none are there, too.
    std::map<std::string, std::uint64_t> active_by_kind() const;
    Audience& audience() noexcept { return audience_; }

    const AlertRules& rules() const noexcept { return rules_; }
    /// Strong (RFC 9110 §8.8.3): another one with every change.
    std::string etag() const;
    /// Why the usual rules are in force instead of those that were kept, until they are changed;
    /// empty: they are not. Thread: any.
    std::string trouble() const;
    bool is_kept() const noexcept { return static_cast<bool>(with_.keep); }
    enum class Changed : std::uint8_t {
        Done,
        NotKept,  ///< and not changed
        Busy,     ///< and not changed: another change is being kept
    };
    using Ended = std::function<void(Changed, const std::string& why)>;
    /// `done` is called on this thread, at once or later.
    void change(AlertRules rules, const Ended& done);

    /// As AlertEngine's; null: there is no such alert.
    const Alert* acknowledge(const std::string& id, const std::string& from);
    const Alert* mute(const std::string& id, std::int64_t seconds);

    History& history() noexcept { return with_.history; }
    WebhookSender& sender() noexcept { return with_.sender; }
    std::int64_t unix_ms() const { return with_.unix_ms(); }

  private:
    void tell(const Transition& transition);

    Surroundings with_;
    AlertRules rules_;
    bool changing_ = false;
    mutable std::mutex shared_;
    std::string trouble_;  ///< guarded by shared_
    AlertReader reader_;
    AlertEngine engine_;
    Audience audience_;
};

}  // namespace midinet::admin
