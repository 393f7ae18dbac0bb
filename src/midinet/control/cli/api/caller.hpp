// Talking to midi-admin. docs/rest_api.md
#pragma once

#include "control/cli/exit_code.hpp"
#include "control/cli/order.hpp"
#include "control/report/show_json.hpp"
#include "io/http_client.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace midinet::control::cli {

/// Why there is no answer of the kind that was hoped for.
struct ApiRefusal {
    ExitCode code = ExitCode::Error;
    std::string sentence;  ///< with the next step
    JsonValue problem;     ///< what the API said, an object; empty: nothing that could be read
};

/// Thread: one. Waits for the network. Lifetime: the client and the access outlive it.
class ApiCaller {
  public:
    ApiCaller(io::HttpClient& web, const ApiAccess& access) : web_(web), access_(access) {}
    /// `path`: "/api/hosts"; `body`: JSON, or empty.
    tl::expected<JsonValue, ApiRefusal> ask(const std::string& method, const std::string& path,
                                            const std::string& body = {});
    /// Of the last answer; empty: it had none.
    const std::string& etag() const noexcept { return etag_; }
    /// Changes are then made to what has this ETag alone. Empty: to whatever there is.
    void want_etag(std::string etag) { if_match_ = std::move(etag); }
    const std::string& url() const noexcept { return access_.url; }

  private:
    ApiRefusal refusal_of(const std::string& path, const io::HttpAnswer& answer) const;
    io::HttpClient& web_;
    const ApiAccess& access_;
    std::string etag_;
    std::string if_match_;
};

/// The token is read where a file was named. Errors: it cannot be, or holds none.
Result<ApiAccess> with_token(ApiAccess access);

}  // namespace midinet::control::cli
