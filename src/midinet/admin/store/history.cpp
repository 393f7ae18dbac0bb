#include "admin/store/history.hpp"

#include "admin/store/database.hpp"
#include "control/report/wall_time.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <iterator>
#include <sqlite3.h>
#include <utility>

namespace midinet::admin {
namespace {

namespace fs = std::filesystem;

constexpr Duration kTryAgain = 1s;

bool is_damage(const SQLite::Exception& error) {
    return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

/// The file and what SQLite keeps beside it.
void rename_all(const fs::path& from, const fs::path& to) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
        std::error_code ignored;
        fs::rename(from.string() + suffix, to.string() + suffix, ignored);
    }
}

}  // namespace

History::History(Surroundings with) : with_(std::move(with)), keep_(with_.keep) {
    open();
    thread_ = std::thread([this] { run(); });
}

History::~History() { close(); }

void History::keep(const Retention& retention) {
    const std::lock_guard lock(shared_);
    keep_ = retention;
}

void History::close() {
    {
        const std::lock_guard lock(shared_);
        ending_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void History::open_in_memory(const std::string& why) {
    database_ = std::make_unique<Database>(":memory:");
    {
        const std::lock_guard lock(shared_);
        state_.file.clear();
    }
    set_trouble(
        fmt::format("history is kept in memory only and ends with this program: {}; make "
                    "admin.data_dir writable and start it anew",
                    why));
}

void History::open() {
    const auto path = with_.directory / kFile;
    std::error_code error;
    fs::create_directories(with_.directory, error);
    if (error)
        return open_in_memory(fmt::format("{}: {}", with_.directory.string(), error.message()));
    for (int attempt = 1;; ++attempt) {
        try {
            database_ = std::make_unique<Database>(path.string());
            const std::lock_guard lock(shared_);
            state_.file = path.string();
            return;
        } catch (const SQLite::Exception& failed) {
            if (!is_damage(failed) || attempt > 1)
                return open_in_memory(fmt::format("{}: {}", path.string(), failed.what()));
            const auto aside = set_aside();
            auto sentence = fmt::format(
                "the history {} could not be used ({}) and was set aside as {}; a new one begins",
                path.string(), failed.what(), aside);
            with_.say(sentence);
            record(Event{.at_ms = with_.unix_ms(), .kind = EventKind::Store, .text = sentence});
            const std::lock_guard lock(shared_);
            state_.set_aside = std::move(sentence);
        }
    }
}

std::string History::set_aside() const {
    const auto path = with_.directory / kFile;
    auto name = fmt::format("{}.unusable-{}", kFile, control::file_time(with_.unix_ms()));
    for (int number = 2; fs::exists(with_.directory / name); ++number)
        name = fmt::format("{}.unusable-{}-{}", kFile, control::file_time(with_.unix_ms()), number);
    rename_all(path, with_.directory / name);
    return (with_.directory / name).string();
}

void History::record(std::vector<Sample> samples) {
    if (samples.empty()) return;
    {
        const std::lock_guard lock(shared_);
        std::move(samples.begin(), samples.end(), std::back_inserter(waiting_.samples));
        bound();
    }
    wake_.notify_one();
}

void History::record(Event event) {
    std::vector<Event> events;
    events.push_back(std::move(event));
    record(std::move(events));
}

void History::record(std::vector<Event> events) {
    if (events.empty()) return;
    {
        const std::lock_guard lock(shared_);
        std::move(events.begin(), events.end(), std::back_inserter(waiting_.events));
        bound();
    }
    wake_.notify_one();
}

/// Precondition: locked.
void History::bound() {
    const auto drop = [this](auto& queue) {
        while (queue.size() > kMostWaiting) {
            queue.pop_front();
            ++state_.dropped;
        }
    };
    drop(waiting_.samples);
    drop(waiting_.events);
}

HistoryState History::state() const {
    const std::lock_guard lock(shared_);
    return state_;
}

bool History::later(std::function<void()> task) {
    {
        const std::lock_guard lock(shared_);
        if (ending_ || tasks_.size() >= kMostTasks) return false;
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

template <typename Answer, typename Read>
bool History::ask(std::function<void(Result<Answer>)> answer, Read read) {
    return later([this, answer = std::move(answer), read = std::move(read)] {
        const auto result = [&]() -> Result<Answer> {
            try {
                return read(*database_);
            } catch (const SQLite::Exception& failed) {
                return fail(fmt::format("the history cannot be read: {}", failed.what()));
            }
        }();
        answer(result);
    });
}

bool History::ask(const SeriesQuery& query,
                  std::function<void(Result<std::vector<Series>>)> answer) {
    return ask(std::move(answer), [query](Database& database) { return database.series(query); });
}

bool History::ask(const EventQuery& query, std::function<void(Result<std::vector<Event>>)> answer) {
    return ask(std::move(answer), [query](Database& database) { return database.events(query); });
}

/// Precondition: locked.
bool History::due() const {
    const bool waits = !waiting_.samples.empty() || !waiting_.events.empty();
    return waits && with_.clock.now() >= try_again_;
}

bool History::wait() {
    std::unique_lock lock(shared_);
    const auto ready = [this] { return ending_ || !tasks_.empty() || due(); };
    while (!ready()) (void)wake_.wait_for(lock, kTryAgain);
    return !ending_;
}

void History::run() {
    if (with_.on_thread) with_.on_thread();
    bool going = true;
    while (going) {
        going = wait();
        // The task first: it finds what was handed over before it was asked.
        auto task = next_task();
        if (is_due() || !going) commit();
        if (task) task();
        while (!going && (task = next_task())) task();
    }
}

bool History::is_due() const {
    const std::lock_guard lock(shared_);
    return due();
}

std::function<void()> History::next_task() {
    const std::lock_guard lock(shared_);
    if (tasks_.empty()) return {};
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
}

void History::commit() {
    Waiting waiting;
    {
        const std::lock_guard lock(shared_);
        std::swap(waiting, waiting_);
    }
    const std::vector<Sample> samples(waiting.samples.begin(), waiting.samples.end());
    const std::vector<Event> events(waiting.events.begin(), waiting.events.end());
    try {
        if (!samples.empty() || !events.empty()) database_->write(samples, events);
        waiting = {};
        roll_up();
        set_trouble(state().file.empty() ? told_ : "");
    } catch (const SQLite::Exception& failed) {
        try_again_ = with_.clock.now() + kTryAgain;
        take_back(std::move(waiting));
        if (is_damage(failed)) {
            database_.reset();
            return open();
        }
        set_trouble(
            fmt::format("history is not kept on disk at the moment ({}: {}); what comes "
                        "waits in memory: make room, or the file system writable",
                        state().file, failed.what()));
    }
}

void History::roll_up() {
    const auto now = with_.unix_ms() / 1000;
    if (now / 60 == rolled_up_) return;
    if (const auto file = state().file; !file.empty() && !fs::exists(file)) {
        with_.say(file + " was removed; a new history begins");
        database_.reset();
        open();
    }
    const auto kept = [this] {
        const std::lock_guard lock(shared_);
        return keep_;
    }();
    database_->roll_up(now, kept);
    rolled_up_ = now / 60;
}

void History::take_back(Waiting waiting) {
    const std::lock_guard lock(shared_);
    const auto put_before = [](auto& queue, auto& older) {
        queue.insert(queue.begin(), std::make_move_iterator(older.begin()),
                     std::make_move_iterator(older.end()));
    };
    put_before(waiting_.samples, waiting.samples);
    put_before(waiting_.events, waiting.events);
    bound();
}

void History::set_trouble(const std::string& trouble) {
    if (trouble != told_) {
        with_.say(trouble.empty() ? "history is kept on disk again" : trouble);
        told_ = trouble;
    }
    const std::lock_guard lock(shared_);
    state_.trouble = trouble;
}

}  // namespace midinet::admin
