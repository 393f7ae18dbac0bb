// All the sockets that follow one document.
#pragma once

#include "admin/http/target.hpp"
#include "admin/ws/feed.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace midinet::admin {

/// "run" and "seq" of the last message that somebody has; nothing where they are not both there.
std::optional<Feed::Place> place_in(const Parameters& parameters);

/// Sends all of them the same texts. A reader that is too slow gets a snapshot when it has read
/// what waits, with the number of messages it missed. Lifetime: outlives the server. Thread: the
/// server's.
class Audience {
  public:
    /// `run`: as Feed's.
    explicit Audience(const std::string& run) : feed_(run) {}
    ~Audience();
    Audience(const Audience&) = delete;
    Audience& operator=(const Audience&) = delete;

    bool has_state() const noexcept { return feed_.has_state(); }
    /// The document is `state` now: tells all.
    void advance(control::JsonValue state);
    /// One more. Precondition: there is a state.
    std::unique_ptr<SocketEnd> join(std::optional<Feed::Place> place);
    std::size_t members() const noexcept { return members_.size(); }
    std::uint64_t dropped() const noexcept { return dropped_; }  ///< messages, of all sockets ever

  private:
    class Member;
    Feed feed_;
    std::set<Member*> members_;
    std::uint64_t dropped_ = 0;
};

}  // namespace midinet::admin
