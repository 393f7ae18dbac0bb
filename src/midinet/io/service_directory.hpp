// Services on the local network, as DNS-SD has them (RFC 6763).
#pragma once

#include "io/datagram_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

/// Where a directory is kept, and of what.
struct ServiceScope {
    std::string type;                     ///< "_midinet._udp"
    std::vector<std::string> interfaces;  ///< announced and looked for on these alone
    /// Of the name under which this machine's addresses are announced where the system has no
    /// responder of its own; made unique by the directory. One DNS label; empty: the machine's.
    std::string host_label;
};

/// What is announced.
struct ServiceRecord {
    std::string instance;  ///< as people see it; UTF-8, 1 to 63 bytes
    std::uint16_t port = 0;
    std::vector<std::string> txt;  ///< "key=value", at most 255 bytes each
    friend bool operator==(const ServiceRecord&, const ServiceRecord&) = default;
};

/// What was found, on one interface. Whoever is on the network wrote it: nothing of it is checked.
struct FoundService {
    std::string instance;
    std::string interface;
    Endpoint at;
    std::vector<std::string> txt;
    friend bool operator==(const FoundService&, const FoundService&) = default;
};

/// For people.
struct DirectoryNotice {
    bool is_trouble = false;
    std::string text;
};

/// Announces one service. The destructor says goodbye. Thread: one; nothing waits for the network.
class ServiceAnnouncer {
  public:
    virtual ~ServiceAnnouncer() = default;
    /// From now on, in place of what was announced before. Where the name is taken on the network,
    /// another one is made of it.
    virtual void announce(const ServiceRecord& record) = 0;
    /// What happened since the last call.
    virtual std::vector<DirectoryNotice> notices() = 0;
};

/// Keeps a list of all services there are. Thread: one; nothing waits for the network.
class ServiceBrowser {
  public:
    static constexpr std::size_t kMaxServices = 64;  ///< more are not found

    virtual ~ServiceBrowser() = default;
    /// Readable while services() has something new.
    virtual Handle handle() const noexcept = 0;
    /// All of them; nothing while they are as at the last call.
    virtual std::optional<std::vector<FoundService>> services() = 0;
    virtual std::vector<DirectoryNotice> notices() = 0;
};

}  // namespace midinet::io
