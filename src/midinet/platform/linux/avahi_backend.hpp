// What we ask of Avahi, by whichever of its two libraries.
#pragma once

#include "base/result.hpp"
#include "io/service_directory.hpp"

#include <avahi-common/watch.h>
#include <memory>
#include <string>

namespace midinet::platform {

/// One service on one interface, as long as it is there.
struct AvahiKey {
    int interface = 0;  ///< index
    std::string instance;
    friend auto operator<=>(const AvahiKey&, const AvahiKey&) = default;
};

/// Told by a backend, from within its calls and from Avahi's loop. Thread: Avahi's.
class AvahiEvents {
  public:
    virtual ~AvahiEvents() = default;
    /// The service is announced as `instance`, which is not the wanted name where that was taken.
    virtual void on_published(const std::string& instance) = 0;
    virtual void on_found(const AvahiKey& key, io::FoundService service) = 0;
    virtual void on_lost(const AvahiKey& key) = 0;
    virtual void on_trouble(const std::string& sentence) = 0;
    /// The backend is of no use any more, to be destroyed outside of this call.
    virtual void on_broken(const std::string& why) = 0;
};

/// Thread: Avahi's, also for making and destroying it.
class AvahiBackend {
  public:
    virtual ~AvahiBackend() = default;
    /// Who does it, for people: "avahi-daemon".
    virtual const char* name() const = 0;
    /// Announces it, in place of what was announced before.
    virtual void publish(const io::ServiceRecord& record) = 0;
    /// Finds services, from now on. Errors: Avahi's.
    virtual Result<void> browse() = 0;
};

/// Lifetime: all of it outlives the backend.
struct AvahiContext {
    const AvahiPoll* poll = nullptr;
    const io::ServiceScope& scope;
    AvahiEvents& events;
};

/// Through the daemon of this machine: where one runs it owns port 5353. Errors: none answers on
/// D-Bus.
Result<std::unique_ptr<AvahiBackend>> connect_to_avahi_daemon(const AvahiContext& context);
/// Without a daemon: a responder of our own. `announces`: whether it makes this machine's addresses
/// known. Errors: port 5353 cannot be had.
Result<std::unique_ptr<AvahiBackend>> start_avahi_responder(const AvahiContext& context,
                                                            bool announces);

}  // namespace midinet::platform
