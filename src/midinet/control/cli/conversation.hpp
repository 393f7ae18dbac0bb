// What midinet-cli says and hears, from the first datagram to the last.
#pragma once

#include "base/random.hpp"
#include "control/cli/scene.hpp"
#include "control/plane/station.hpp"
#include "io/clock.hpp"
#include "io/waiter.hpp"

#include <functional>
#include <memory>

namespace midinet::control::cli {

/// Where a conversation is held. Lifetime: all of it outlives the conversation.
struct Surroundings {
    io::Network& network;
    io::Clock& clock;
    io::Waiter& waiter;
    std::uint64_t seed = 0;  ///< of this run alone: ids are made of it
    std::string who;         ///< for the audit: "cli alice@foh"
    /// The directory of the network; nothing where there is none. May be empty.
    std::function<Result<std::unique_ptr<io::ServiceBrowser>>(const io::ServiceScope&)>
        make_browser;
};

/// Those that were named, or all usable ones. Errors: there is none.
Result<std::vector<std::string>> interfaces_of(io::Network& network, const Request& request);

/// Listens for a while; or sends a command until its result is there, and listens meanwhile: before
/// it, too, where it has to know who is there to say whom it means. It has
/// no door on the control port, so that it takes no unicast from a daemon on the same machine.
/// Thread: one.
class Conversation {
  public:
    /// Errors: no usable interface, or one that cannot be used.
    static Result<std::unique_ptr<Conversation>> open(const Surroundings& with,
                                                      const Request& request);
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Waits for what comes next and takes it. False: it is over.
    bool turn();
    /// After its end: listens on for so long, and knows what it heard before. Precondition: it asks
    /// nothing.
    void go_on(Duration by);
    /// Lifetime: the conversation's.
    Scene scene() const;

  private:
    Conversation(Surroundings with, Request request, std::vector<std::string> interfaces);
    Result<void> watch();
    void take(const plane::Station::Heard& heard);
    void look_up();
    void ask();
    bool over(TimePoint now) const;
    TimePoint next_due() const;

    Surroundings with_;
    Request request_;
    std::vector<std::string> interfaces_;
    std::unique_ptr<plane::Station> station_;
    std::unique_ptr<io::ServiceBrowser> browser_;  ///< may be null
    HostFinder finder_;
    plane::Roster roster_;
    plane::AdminBook admins_;
    plane::CommandSender sender_;
    TimePoint start_;
    TimePoint asks_at_ = kNever;  ///< kNever: it asks nothing, or did already
    TimePoint end_;
    TimePoint now_;
    std::uint64_t not_understood_ = 0;
    std::string not_asked_;
    std::string dns_sd_trouble_;
    SenderId client_;
};

}  // namespace midinet::control::cli
