// The responder of the double, as tests see and steer it.
#pragma once

#include <dns_sd.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

struct DoubleService {
    enum class Kind : std::uint8_t { Connection, Browse, Resolve, Addresses };
    Kind kind = Kind::Connection;
    DoubleService* connection = nullptr;  ///< that it shares; its own for a connection
    std::uint32_t interface = 0;
    std::string name;  ///< instance, host or type that is asked for
    void* reply = nullptr;
    void* context = nullptr;
    int near = -1;  ///< of a connection: the socket that is given out
    int far = -1;
};

namespace midinet::macos_double {

/// Answers questions when a test says so. One thread.
class Responder {
  public:
    static Responder& instance();
    void reset();
    /// No connection is had, and those there are break.
    void stop();
    void start() { runs_ = true; }

    void tell_service(bool is_there, std::uint32_t interface, const std::string& name);
    void tell_host(const std::string& name, const std::string& host, std::uint16_t port,
                   const std::vector<unsigned char>& txt);
    /// `address`: host order.
    void tell_address(bool is_there, const std::string& host, std::uint32_t address);
    /// Questions that wait for answers, and connections.
    std::size_t alive() const { return alive_.size(); }
    bool is_asked(DoubleService::Kind kind, const std::string& name) const;
    const std::string& type() const { return type_; }

    // What the functions do.
    DoubleService* add(DoubleService service);
    void remove(DoubleService* service);
    DNSServiceErrorType process(DoubleService* connection);
    bool runs() const { return runs_; }
    void set_type(std::string type) { type_ = std::move(type); }

  private:
    using Answer = std::function<void(DoubleService&)>;
    void tell(DoubleService::Kind kind, const std::string& name, const Answer& answer);

    bool runs_ = true;
    std::string type_;
    std::vector<DoubleService*> alive_;
    std::deque<std::pair<DoubleService*, Answer>> answers_;
};

}  // namespace midinet::macos_double
