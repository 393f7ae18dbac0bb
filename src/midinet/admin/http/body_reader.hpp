// Reading a JSON body strictly: every member is known, every value is of its type and in its range,
// or there is one clear problem with a pointer to it.
#pragma once

#include "admin/http/problem.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::admin {

/// One object. A member that is absent leaves its variable alone. Null where `nullable` says so is
/// told apart by has() and is_null(). Thread: one.
class BodyReader {
  public:
    /// An empty text is an empty object.
    explicit BodyReader(const std::string& text);

    void read(const char* key, bool& value);
    void read(const char* key, std::string& value);
    /// Both ends included.
    void read(const char* key, std::int64_t& value, std::int64_t lowest, std::int64_t highest);
    bool has(const char* key) const { return json_.contains(key); }
    bool is_null(const char* key) const { return has(key) && json_[key].is_null(); }
    /// Counts `key` as known.
    void learn(const char* key) { known_.emplace_back(key); }
    /// Counts `key` as known; its value, while this lives, or null where it is absent.
    const nlohmann::json* find(const char* key);
    /// The value of `key` is not `expected`.
    void refuse(const char* key, const std::string& expected);
    /// The body lacks `key`.
    void require(const char* key, const std::string& expected);
    /// Of all complaints the first one, or one about a member never asked for; else nothing.
    std::optional<Problem> finish();

  private:
    void complain(const std::string& pointer, std::string detail);

    nlohmann::json json_ = nlohmann::json::object();
    std::vector<std::string> known_;
    std::optional<Problem> problem_;
};

}  // namespace midinet::admin
