// The configuration file: read, changed, kept, and taken back when nobody confirms.
#pragma once

#include "admin/config/config_history.hpp"
#include "admin/http/problem.hpp"
#include "admin/store/event.hpp"
#include "control/shared/local_check.hpp"
#include "control/shared/shared_config.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace midinet::admin {

/// What is asked for: a whole text, or a patch of keys.
struct ConfigWish {
    std::optional<std::string> text;
    control::JsonValue patch = control::JsonValue::object();
    std::optional<std::string> if_match;
    std::string from;            ///< the address that asks
    bool dry_run = false;        ///< nothing is written
    std::int64_t within_ms = 0;  ///< taken back unless confirmed so soon; 0: never
};

/// A body, and the tag of the file as it is now; empty: there is no file.
struct ConfigAnswer {
    control::JsonValue json;
    std::string etag;
};

/// Thread: one that may wait for the disk, always the same, unless it says something else.
class ConfigDesk {
  public:
    struct Surroundings {
        std::optional<std::filesystem::path> file;  ///< nothing: the program was given none
        control::AdminConfig started;               ///< as the file said it then
        std::string kept;                           ///< what `keep` kept last; empty: nothing
        std::function<Result<std::string>(const std::filesystem::path&)> read;
        std::function<Result<void>(const std::filesystem::path&, const std::string&)> write;
        std::function<Result<void>(const std::string&)> keep;  ///< the history
        /// Keeps beside it what cannot be used, and tells where.
        std::function<std::string(const std::string&)> set_aside;
        control::ThisMachine machine;
        std::function<void()> changed;  ///< the file is another one: to be read again
        std::function<void(Event)> record;
        std::function<void(const std::string&)> say;  ///< news for people
        std::function<std::int64_t()> unix_ms;
    };
    explicit ConfigDesk(Surroundings with);

    using Answer = tl::expected<ConfigAnswer, Problem>;
    Answer show() const;
    Answer change(const ConfigWish& wish);
    /// Without texts.
    Answer history() const;
    /// To a version of the history.
    Answer roll_back(std::int64_t version, const ConfigWish& wish);
    Answer confirm(const std::string& from);

    /// Whether take_back() has something to do. Thread: any.
    bool is_due() const;
    /// Takes an unconfirmed change back whose time is over.
    void take_back();

  private:
    struct File {
        bool exists = false;
        std::string text;
        std::string etag;
    };
    Result<File> look() const;
    std::string name() const { return with_.file ? with_.file->string() : "defaults"; }
    std::optional<Problem> refuse(const ConfigWish& wish, const File& file) const;
    tl::expected<std::string, Problem> text_for(const ConfigWish& wish, const File& file) const;
    /// Of a text that is good.
    std::vector<control::Misfit> misfits(const std::string& text) const;
    std::optional<Problem> refuse_misfits(const File& file, const std::string& text) const;
    control::JsonValue difference(const File& file, const std::string& text) const;
    Answer write(const ConfigWish& wish, const File& file, const std::string& text);
    Result<void> put(ConfigHistory history, const std::string& text);
    void remember(ConfigHistory history);
    void audit(const std::string& text, const std::string& who, const std::string& from) const;
    control::JsonValue trial_json() const;

    Surroundings with_;
    ConfigHistory history_;
    std::string trouble_;               ///< the last that was said of taking back
    std::atomic<std::int64_t> due_{0};  ///< Units: ms since 1970; 0: nothing waits
};

}  // namespace midinet::admin
