// Through avahi-daemon: libavahi-client, over D-Bus. The library is loaded, not linked: it and
// libavahi-core both export avahi_entry_group_free, each its own, and in a program that links both
// one of them calls the other's.
#include "platform/linux/avahi_lookup.hpp"
#include "platform/linux/avahi_publication.hpp"

#include <dlfcn.h>

#include <avahi-client/client.h>
#include <avahi-client/lookup.h>
#include <avahi-client/publish.h>
#include <bit>

namespace midinet::platform {
namespace {

/// Its functions, or none: then it is not installed.
struct ClientLibrary {
    ClientLibrary() : handle(::dlopen("libavahi-client.so.3", RTLD_NOW | RTLD_LOCAL)) {
        complete = handle != nullptr && load("avahi_client_new", client_new) &&
                   load("avahi_client_free", client_free) &&
                   load("avahi_client_get_state", client_get_state) &&
                   load("avahi_client_errno", client_errno) &&
                   load("avahi_service_browser_new", browser_new) &&
                   load("avahi_service_browser_free", browser_free) &&
                   load("avahi_service_resolver_new", resolver_new) &&
                   load("avahi_service_resolver_free", resolver_free) &&
                   load("avahi_entry_group_new", group_new) &&
                   load("avahi_entry_group_free", group_free) &&
                   load("avahi_entry_group_reset", group_reset) &&
                   load("avahi_entry_group_commit", group_commit) &&
                   load("avahi_entry_group_add_service_strlst", group_add) &&
                   load("avahi_entry_group_update_service_txt_strlst", group_update);
    }
    template <typename Function>
    bool load(const char* name, Function& function) {
        function = std::bit_cast<Function>(::dlsym(handle, name));
        return function != nullptr;
    }
    void* handle;  ///< never closed: libdbus does not like to be unloaded
    bool complete = false;
    decltype(&avahi_client_new) client_new = nullptr;
    decltype(&avahi_client_free) client_free = nullptr;
    decltype(&avahi_client_get_state) client_get_state = nullptr;
    decltype(&avahi_client_errno) client_errno = nullptr;
    decltype(&avahi_service_browser_new) browser_new = nullptr;
    decltype(&avahi_service_browser_free) browser_free = nullptr;
    decltype(&avahi_service_resolver_new) resolver_new = nullptr;
    decltype(&avahi_service_resolver_free) resolver_free = nullptr;
    decltype(&avahi_entry_group_new) group_new = nullptr;
    decltype(&avahi_entry_group_free) group_free = nullptr;
    decltype(&avahi_entry_group_reset) group_reset = nullptr;
    decltype(&avahi_entry_group_commit) group_commit = nullptr;
    decltype(&avahi_entry_group_add_service_strlst) group_add = nullptr;
    decltype(&avahi_entry_group_update_service_txt_strlst) group_update = nullptr;
};

/// Loaded at the first call.
const ClientLibrary& library() {
    static const ClientLibrary loaded;
    return loaded;
}

struct ClientApi {
    using Owner = AvahiClient;
    using Browser = AvahiServiceBrowser;
    using Resolver = AvahiServiceResolver;
    using Group = AvahiEntryGroup;
    using Publication = AvahiPublication<ClientApi>;

    template <typename... Arguments>
    static Browser* browser_new(Arguments... arguments) {
        return library().browser_new(arguments...);
    }
    template <typename... Arguments>
    static Resolver* resolver_new(Arguments... arguments) {
        return library().resolver_new(arguments...);
    }
    static void free(Browser* browser) { library().browser_free(browser); }
    static void free(Resolver* resolver) { library().resolver_free(resolver); }
    static void free(Group* group) { library().group_free(group); }
    static int error(Owner* client) { return library().client_errno(client); }

    static Group* group_new(Owner* client, Publication* self) {
        return library().group_new(client, Publication::on_group, self);
    }
    static void reset(Group* group) { library().group_reset(group); }
    static int commit(Group* group) { return library().group_commit(group); }
    /// The daemon has all interfaces; ours are named one by one.
    static std::vector<AvahiIfIndex> interfaces(const std::vector<std::string>& names) {
        std::vector<AvahiIfIndex> indexes;
        for (const auto& name : names)
            if (const auto index = ::if_nametoindex(name.c_str()); index != 0)
                indexes.push_back(static_cast<AvahiIfIndex>(index));
        return indexes;
    }
    static int add(Owner*, Group* group, AvahiPublishFlags flags, const AvahiEntry& entry) {
        const auto& [interface, name, type, port, txt] = entry;
        if ((flags & AVAHI_PUBLISH_UPDATE) != 0)
            return library().group_update(group, interface, AVAHI_PROTO_INET, {}, name, type,
                                          nullptr, txt);
        return library().group_add(group, interface, AVAHI_PROTO_INET, {}, name, type, nullptr,
                                   nullptr, port, txt);
    }
};

class AvahiDaemon final : public AvahiBackend {
  public:
    explicit AvahiDaemon(const AvahiContext& context) : events_(context.events) {
        publication_.emplace(context.scope, context.events);
    }
    ~AvahiDaemon() override {
        lookup_.reset();
        publication_.reset();
        if (client_ != nullptr) library().client_free(client_);
    }
    Result<void> connect(const AvahiContext& context) {
        if (!library().complete) return fail("libavahi-client is not installed");
        int error = 0;
        client_ = library().client_new(context.poll, {}, on_client, this, &error);
        if (client_ == nullptr) return fail(avahi_strerror(error));
        lookup_.emplace(client_, context.scope, context.events);
        on_state(library().client_get_state(client_));
        return {};
    }
    const char* name() const override { return "avahi-daemon"; }
    void publish(const io::ServiceRecord& record) override { publication_->set(record); }
    Result<void> browse() override { return lookup_->start(); }

  private:
    static void on_client(AvahiClient*, AvahiClientState state, void* self) {
        auto& daemon = *static_cast<AvahiDaemon*>(self);
        if (daemon.client_ != nullptr) daemon.on_state(state);  // else connect() looks
    }
    void on_state(AvahiClientState state) {
        if (state == AVAHI_CLIENT_S_RUNNING) publication_->begin(client_);
        if (state == AVAHI_CLIENT_S_REGISTERING || state == AVAHI_CLIENT_S_COLLISION)
            publication_->withdraw();  // the daemon takes another host name by itself
        if (state == AVAHI_CLIENT_FAILURE)
            events_.on_broken(avahi_strerror(library().client_errno(client_)));
    }

    AvahiEvents& events_;
    AvahiClient* client_ = nullptr;
    std::optional<AvahiPublication<ClientApi>> publication_;
    std::optional<AvahiLookup<ClientApi>> lookup_;
};

}  // namespace

Result<std::unique_ptr<AvahiBackend>> connect_to_avahi_daemon(const AvahiContext& context) {
    auto daemon = std::make_unique<AvahiDaemon>(context);
    if (auto connected = daemon->connect(context); !connected)
        return tl::unexpected(connected.error());
    return daemon;
}

}  // namespace midinet::platform
