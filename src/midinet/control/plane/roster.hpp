// Who is there, by the statuses that were heard.
#pragma once

#include "base/time.hpp"
#include "control/plane/message.hpp"
#include "io/datagram_socket.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace midinet::control::plane {

/// The latest status of every host and client. Bounded; pure. Thread: one.
class Roster {
  public:
    /// Three statuses lost in a row, and half a second.
    static constexpr Duration kGoneAfter = 3500ms;
    static constexpr Duration kForgottenAfter = 60s;
    static constexpr std::size_t kMaxHosts = 64;
    static constexpr std::size_t kMaxClients = 1024;  ///< of about 1.3 KB each, when they are there

    template <typename Status>
    struct Entry {
        Status status;
        /// Where it was first heard from in this status: it comes by every network at once.
        io::Endpoint from;
        TimePoint heard;
        /// By its own word, or for want of one.
        bool gone(TimePoint now) const noexcept {
            return status.leaving || now - heard >= kGoneAfter;
        }
    };
    using Host = Entry<HostStatus>;
    struct Client : Entry<ClientStatus> {
        std::optional<TransitStatus> transit{};  ///< nothing: it did not say
        /// What to judge it by: the last 10 s; since its start where it tells no better.
        RecentTransit transit_now() const noexcept;
    };

    /// Takes statuses, and what a client whose status is known says of its transits; false for
    /// everything else and for what was refused: a status of a lower epoch than that of a host that
    /// is not gone, and a new box where there is no more room. A new one takes the place of the one
    /// gone longest.
    bool on_message(const Message& message, io::Endpoint from, TimePoint now);
    /// Forgets. Call it now and then.
    void on_timer(TimePoint now);

    // By id, also those that are gone. Lifetime: until the next call of the above.
    const std::map<HostId, Host>& hosts() const noexcept { return hosts_; }
    const std::map<SenderId, Client>& clients() const noexcept { return clients_; }
    const Host* host(HostId id) const;
    const Client* client(SenderId id) const;
    std::size_t hosts_present(TimePoint now) const;
    std::size_t clients_present(TimePoint now) const;

    std::uint64_t refused() const noexcept { return refused_; }    ///< for want of room
    std::uint64_t outdated() const noexcept { return outdated_; }  ///< of a lower epoch

  private:
    bool on_host(const HostStatus& status, io::Endpoint from, TimePoint now);
    bool on_client(const ClientStatus& status, io::Endpoint from, TimePoint now);

    std::map<HostId, Host> hosts_;
    std::map<SenderId, Client> clients_;
    std::uint64_t refused_ = 0;
    std::uint64_t outdated_ = 0;
};

}  // namespace midinet::control::plane
