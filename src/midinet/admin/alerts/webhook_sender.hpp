// Sends webhooks, on a thread of its own.
#pragma once

#include "admin/alerts/alert_engine.hpp"
#include "admin/alerts/webhook_address.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "io/clock.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace midinet::admin {

/// One thing to tell one receiver, and what came of it. Times: ms since 1970.
struct Delivery {
    enum class State : std::uint8_t { Waiting, Delivered, Failed, Dropped };
    std::uint64_t id = 0;
    std::string event;  ///< "fired", "resolved", "test"
    std::string alert;  ///< its id; empty for a test
    State state = State::Waiting;
    std::int64_t begun_ms = 0;
    unsigned attempts = 0;
    long status = 0;            ///< of the last answer; 0: there was none
    std::string why;            ///< it was not delivered the last time; a sentence, or empty
    std::int64_t ended_ms = 0;  ///< 0: not yet
};
std::string_view to_string(Delivery::State state) noexcept;

/// Bounded: where too much waits, the oldest is dropped, which the log tells. A receiver that fails
/// is tried again; see webhook_pause(). Thread: any, unless it says something else.
class WebhookSender {
  public:
    static constexpr std::size_t kMostWaiting = 100;
    static constexpr std::size_t kMostLogged = 200;
    static constexpr unsigned kMostAttempts = 6;
    static constexpr Duration kConnectWithin = 5s;
    static constexpr Duration kAnswerWithin = 10s;          ///< all of one attempt
    static constexpr std::size_t kMostAnswer = 64U << 10U;  ///< bytes; more are not read

    struct Surroundings {
        io::Clock& clock;  ///< Lifetime: outlives the sender
        std::function<std::int64_t()> unix_ms;
        std::uint64_t seed = 0;
        std::string agent;                ///< "midi-admin/1.0"
        std::function<void()> on_thread;  ///< runs first on its thread; may be empty
    };

    explicit WebhookSender(Surroundings with);
    ~WebhookSender();
    WebhookSender(const WebhookSender&) = delete;
    WebhookSender& operator=(const WebhookSender&) = delete;

    /// Before the first is sent.
    void obey(WebhookPolicy policy);
    /// Why nothing will be sent to `url`, as far as it tells: see post_refusal(). Empty: nothing
    /// is known against it.
    std::string refusal(const std::string& url) const;
    void tell(const WebhookRule& webhook, const Transition& transition);
    /// One attempt. `done` is called on the sender's thread. False: too much waits.
    bool test(const WebhookRule& webhook, std::function<void(const Delivery&)> done);
    /// The latest first.
    std::vector<Delivery> log() const;
    /// Ends what is being sent; nobody is told any more. Last, while whoever asked still lives.
    void close();

  private:
    struct Job {
        Delivery delivery;
        WebhookRule webhook;
        std::optional<Alert> alert;
        TimePoint due{};
        std::function<void(const Delivery&)> done;
    };
    void add(Job job);
    void run();
    std::optional<Job> next();
    bool blocked(const Job& job) const;
    void serve(Job job);
    void attempt(Job& job);
    void note(const Delivery& delivery);

    Surroundings with_;
    Random random_;  ///< its thread's

    mutable std::mutex shared_;
    std::condition_variable wake_;
    WebhookPolicy policy_;  ///< guarded by shared_, as what follows
    std::deque<Job> waiting_;
    std::deque<Delivery> log_;
    std::uint64_t last_id_ = 0;
    std::atomic<bool> ending_{false};

    std::thread thread_;
};

}  // namespace midinet::admin
