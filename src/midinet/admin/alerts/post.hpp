// One HTTP POST. The library behind it is known to this file alone.
#pragma once

#include "admin/alerts/webhook_address.hpp"
#include "base/time.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace midinet::admin {

struct Post {
    std::string url;
    std::string body;
    std::vector<std::string> headers;  ///< "Name: value"
    std::string agent;
    Duration connect_within{};
    Duration answer_within{};
    std::size_t most_answer = 0;  ///< bytes
};
struct PostResult {
    long status = 0;       ///< 0: there was no answer
    std::string why;       ///< there was none; a sentence
    bool refused = false;  ///< by the policy: trying again is of no use
};

/// Waits for the answer. Redirects are not followed, proxies not used. The address is judged when
/// the connection is made: a name that means another one meanwhile changes nothing. Gives up soon
/// once `ending`. Thread: any.
PostResult post(const Post& post, const WebhookPolicy& policy, const std::atomic<bool>& ending);

/// Why nothing would be sent to `url`, as far as it tells by itself: an address, or a name that
/// every machine gives to itself (localhost). Empty: nothing is known against it; what another name
/// means is judged when it is sent to. Asks nobody.
std::string post_refusal(const std::string& url, const WebhookPolicy& policy);

}  // namespace midinet::admin
