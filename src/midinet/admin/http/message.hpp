// Requests and answers as values: no socket, no library.
#pragma once

#include "io/ip_address.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midinet::admin {

/// RFC 9110 §9. Other: any that no resource of ours has.
enum class Method : std::uint8_t { Get, Head, Post, Put, Delete, Options, Other };
/// "GET". Other: "".
std::string_view to_string(Method method) noexcept;

/// Fields of a header, in order; names are compared without regard to case (RFC 9110 §5.1).
class Headers {
  public:
    void add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
    }
    /// The first one; nothing when there is none. Lifetime: until the next add.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;
    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
    Method method = Method::Get;
    std::string path;   ///< decoded, begins with '/'
    std::string query;  ///< as it came, without '?'
    std::string id{};   ///< what stands for "{id}" in the path of its route
    Headers headers;
    std::string body;
    io::IpAddress from;
};

struct Response {
    unsigned status = 200;
    std::string type;  ///< of the body; empty: there is none
    std::string body;
    Headers headers{};
};

/// To be called once, at any time, from any thread. What comes too late is dropped.
using Respond = std::function<void(Response)>;

Response json_response(std::string body, unsigned status = 200);
/// The same of what is true only now: no cache may keep it.
Response live_json_response(std::string body, unsigned status = 200);
Response text_response(std::string body);

}  // namespace midinet::admin
