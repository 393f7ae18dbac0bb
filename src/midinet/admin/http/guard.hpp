// Who may ask what, before anything is looked at.
#pragma once

#include "admin/http/message.hpp"
#include "admin/http/rate_limit.hpp"
#include "admin/http/wrong_guesses.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midinet::admin {

struct GuardOptions {
    std::string token;  ///< empty: /api is open
    std::vector<std::string>
        hosts;  ///< names of this server, lower case, beside addresses and localhost
};

/// Refuses what the specification and the browser's rules would have refused. Everything below
/// /api asks for the token, everything else is open and only reads. Thread: the server's alone.
///
/// - Host must be an address, "localhost" or a name of ours: else a page of another site, whose
/// name
///   was made to mean our address (DNS rebinding), could ask with the user's browser.
/// - Origin, where a browser sends it, must be this server.
/// - A body must be declared as JSON, which a page of another site cannot do unasked.
class Guard {
  public:
    /// Of requests that change something, and of wrong tokens: of different ones.
    static constexpr RateLimit::Rule kWrites{40, 50ms};
    static constexpr RateLimit::Rule kPlays{100, 10ms};
    static constexpr RateLimit::Rule kWrongTokens{10, 6s};

    explicit Guard(GuardOptions options);
    /// From now on these are the names of this server.
    void know(std::vector<std::string> hosts) { options_.hosts = std::move(hosts); }
    /// The problem, or nothing: it may.
    std::optional<Response> refuse(const Request& request, TimePoint now);

  private:
    std::optional<Response> check_host(const Request& request) const;
    std::optional<Response> check_token(const Request& request, TimePoint now);
    std::optional<Response> check_write(const Request& request, TimePoint now);

    GuardOptions options_;
    RateLimit writes_{kWrites};
    RateLimit plays_{kPlays};
    RateLimit wrong_tokens_{kWrongTokens};
    WrongGuesses guesses_;
};

}  // namespace midinet::admin
