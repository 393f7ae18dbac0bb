// What was: samples and events, kept by a thread of its own.
#pragma once

#include "admin/store/history_state.hpp"
#include "admin/store/queries.hpp"
#include "admin/store/retention.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "io/clock.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace midinet::admin {

class Database;

/// Nobody who hands something over ever waits for the disk: what it cannot take stands in bounded
/// queues, is tried again each second, and, where there is too much, the oldest is dropped and
/// counted. Seconds are committed as they come. Thread: any, unless it says something else.
class History {
  public:
    static constexpr std::size_t kMostWaiting = 10'000;  ///< samples, and likewise events
    static constexpr std::size_t kMostTasks = 32;        ///< questions and the like
    static constexpr const char* kFile = "history.db";

    struct Surroundings {
        std::filesystem::path directory;  ///< made when absent
        Retention keep;
        io::Clock& clock;  ///< Lifetime: outlives the history
        std::function<std::int64_t()> unix_ms;
        std::function<void(const std::string&)> say;  ///< news for people. Thread: its own
        std::function<void()> on_thread;              ///< runs first on its thread; may be empty
    };

    /// Opens what is there before it returns; works in memory where that is not possible.
    explicit History(Surroundings with);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    void record(std::vector<Sample> samples);
    void record(Event event);
    void record(std::vector<Event> events);
    /// From now on this is how long it is kept.
    void keep(const Retention& retention);
    HistoryState state() const;
    /// Commits what waits and does what was asked; nobody is answered any more. Last, while whoever
    /// asked still lives.
    void close();

    // Answered later, on its thread. False: too many wait, and nothing will come.
    bool ask(const SeriesQuery& query, std::function<void(Result<std::vector<Series>>)> answer);
    bool ask(const EventQuery& query, std::function<void(Result<std::vector<Event>>)> answer);
    /// Something else that may wait for the disk.
    bool later(std::function<void()> task);

  private:
    struct Waiting {
        std::deque<Sample> samples;
        std::deque<Event> events;
    };

    void run();
    std::function<void()> next_task();
    /// False: it is to end.
    bool wait();
    bool due() const;
    bool is_due() const;
    void open();
    void open_in_memory(const std::string& why);
    std::string set_aside() const;
    void commit();
    void roll_up();
    void take_back(Waiting waiting);
    void bound();
    void set_trouble(const std::string& trouble);
    template <typename Answer, typename Read>
    bool ask(std::function<void(Result<Answer>)> answer, Read read);

    Surroundings with_;
    std::unique_ptr<Database> database_;  ///< its thread's, once that runs
    std::int64_t rolled_up_ = 0;          ///< minute; likewise
    TimePoint try_again_{};               ///< likewise
    std::string told_;                    ///< likewise: the trouble that was said

    mutable std::mutex shared_;
    std::condition_variable wake_;
    Waiting waiting_;  ///< guarded by shared_, as what follows
    std::deque<std::function<void()>> tasks_;
    HistoryState state_;
    Retention keep_;
    bool ending_ = false;

    std::thread thread_;
};

}  // namespace midinet::admin
