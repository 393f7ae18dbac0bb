// The one hot thread of a daemon.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace midinet::engine {

/// Runs an engine's turns on a thread of its own until it is finished. A fault inside ends the
/// process (std::terminate): it must not live on without its purpose.
template <typename Engine>
class EngineThread {
  public:
    /// `begin` runs first on the new thread (priority, name), `end` last. Lifetime: `engine`
    /// outlives this.
    EngineThread(Engine& engine, std::function<void()> begin, std::function<void()> end)
        : thread_([this, &engine, begin = std::move(begin), end = std::move(end)] {
              begin();
              while (engine.turn()) {
              }
              ended_.store(true, std::memory_order_release);
              end();
          }) {}

    ~EngineThread() { thread_.join(); }
    EngineThread(const EngineThread&) = delete;
    EngineThread& operator=(const EngineThread&) = delete;

    bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }

  private:
    std::atomic<bool> ended_{false};
    std::thread thread_;  ///< libc++ has no jthread before its version 20
};

}  // namespace midinet::engine
