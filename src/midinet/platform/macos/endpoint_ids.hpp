// What CoreMIDI's endpoints are known by, from one run to the next.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace midinet::platform {

/// An endpoint to people: its direction and its name.
struct EndpointKey {
    bool is_source = true;
    std::string name;
};

/// Applications keep a device's numeric id in their songs and shows, so it has to be the same at
/// every start. A file of lines "ID DIRECTION NAME"; several processes may use it at once. An
/// endpoint that is there twice, since two clients play the same device, has several ids: each
/// takes the first one that is free. Thread: control.
class EndpointIds {
  public:
    static constexpr std::size_t kMostEach = 16;  ///< ids that are kept of one endpoint

    /// Where it is kept; nothing: ids are forgotten when the program ends. `warn` is told, in one
    /// sentence, what cannot be kept; may be empty.
    explicit EndpointIds(std::optional<std::filesystem::path> file,
                         std::function<void(const std::string&)> warn = {})
        : file_(std::move(file)), warn_(std::move(warn)) {}

    /// The oldest first. A file that is not there, or lines that are damaged, hold none.
    std::vector<std::int32_t> known(const EndpointKey& key) const;
    /// Adds it behind the others.
    void remember(const EndpointKey& key, std::int32_t id) const;

  private:
    std::optional<std::filesystem::path> file_;
    std::function<void(const std::string&)> warn_;
};

}  // namespace midinet::platform
