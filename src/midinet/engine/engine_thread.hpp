// The one hot thread of a daemon.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <string>
#include <thread>

namespace midinet::engine {

/// Runs an engine's turns on a thread of its own until it is finished. A fault inside ends the thread and is kept, so that the process
/// can say why and end, instead of living on without its purpose.
template <typename Engine>
class EngineThread {
  public:
    /// `begin` runs first on the new thread (priority, name), `end` last. Lifetime: `engine` outlives this.
    EngineThread(Engine& engine, std::function<void()> begin, std::function<void()> end)
        : thread_([this, &engine, begin = std::move(begin), end = std::move(end)] {
              try {
                  begin();
                  while (engine.turn()) {
                  }
              } catch (const std::exception& e) {
                  failure_ = e.what();
              } catch (...) {
                  failure_ = "unknown fault";
              }
              ended_.store(true, std::memory_order_release);
              end();
          }) {}

    bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
    /// Why it ended; empty when it finished. Precondition: ended().
    const std::string& failure() const noexcept { return failure_; }

  private:
    std::atomic<bool> ended_{false};
    std::string failure_;
    std::jthread thread_;
};

}  // namespace midinet::engine
