// Without a daemon: libavahi-core in this process.
#include "platform/linux/avahi_lookup.hpp"
#include "platform/linux/avahi_publication.hpp"

#include <avahi-core/core.h>
#include <avahi-core/log.h>
#include <avahi-core/lookup.h>
#include <avahi-core/publish.h>

namespace midinet::platform {
namespace {

struct CoreApi {
    using Owner = AvahiServer;
    using Browser = AvahiSServiceBrowser;
    using Resolver = AvahiSServiceResolver;
    using Group = AvahiSEntryGroup;
    using Publication = AvahiPublication<CoreApi>;

    template <typename... Arguments>
    static Browser* browser_new(Arguments... arguments) {
        return avahi_s_service_browser_new(arguments...);
    }
    template <typename... Arguments>
    static Resolver* resolver_new(Arguments... arguments) {
        return avahi_s_service_resolver_new(arguments...);
    }
    static void free(Browser* browser) { avahi_s_service_browser_free(browser); }
    static void free(Resolver* resolver) { avahi_s_service_resolver_free(resolver); }
    static void free(Group* group) { avahi_s_entry_group_free(group); }
    static int error(Owner* server) { return avahi_server_errno(server); }

    static void on_group(AvahiServer*, Group* group, AvahiEntryGroupState state, void* self) {
        Publication::on_group(group, state, self);
    }
    static Group* group_new(Owner* server, Publication* self) {
        return avahi_s_entry_group_new(server, on_group, self);
    }
    static void reset(Group* group) { avahi_s_entry_group_reset(group); }
    static int commit(Group* group) { return avahi_s_entry_group_commit(group); }
    /// The server has no others than the allowed ones, and takes in those that come later.
    static std::vector<AvahiIfIndex> interfaces(const std::vector<std::string>&) {
        return {AVAHI_IF_UNSPEC};
    }
    static int add(Owner* server, Group* group, AvahiPublishFlags flags, const AvahiEntry& entry) {
        const auto& [interface, name, type, port, txt] = entry;
        if ((flags & AVAHI_PUBLISH_UPDATE) != 0)
            return avahi_server_update_service_txt_strlst(
                server, group, interface, AVAHI_PROTO_INET, {}, name, type, nullptr, txt);
        return avahi_server_add_service_strlst(server, group, interface, AVAHI_PROTO_INET, {}, name,
                                               type, nullptr, nullptr, port, txt);
    }
};

/// Owns what avahi_server_config_init fills.
struct Config {
    Config() { avahi_server_config_init(&it); }
    ~Config() { avahi_server_config_free(&it); }
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;
    AvahiServerConfig it{};
};

void fill(AvahiServerConfig& config, const io::ServiceScope& scope, bool announces) {
    if (!scope.host_label.empty()) config.host_name = avahi_strdup(scope.host_label.c_str());
    config.use_ipv6 = 0;
    for (const auto& name : scope.interfaces)
        config.allow_interfaces = avahi_string_list_add(config.allow_interfaces, name.c_str());
    config.publish_hinfo = config.publish_workstation = config.publish_domain = 0;
    config.publish_addresses = announces ? 1 : 0;
    config.disable_publishing = announces ? 0 : 1;
    config.enable_wide_area = 0;
}

class AvahiResponder final : public AvahiBackend {
  public:
    explicit AvahiResponder(const AvahiContext& context) : events_(context.events) {
        publication_.emplace(context.scope, context.events);
    }
    ~AvahiResponder() override {
        lookup_.reset();
        publication_.reset();
        if (server_ != nullptr) avahi_server_free(server_);
    }
    Result<void> start(const AvahiContext& context, bool announces) {
        avahi_set_log_function([](AvahiLogLevel, const char*) {});  // it would write to stderr
        Config config;
        fill(config.it, context.scope, announces);
        int error = 0;
        server_ = avahi_server_new(context.poll, &config.it, on_server, this, &error);
        if (server_ == nullptr) return fail(avahi_strerror(error));
        lookup_.emplace(server_, context.scope, context.events);
        on_state(avahi_server_get_state(server_));
        return {};
    }
    const char* name() const override { return "a responder of its own"; }
    void publish(const io::ServiceRecord& record) override { publication_->set(record); }
    Result<void> browse() override { return lookup_->start(); }

  private:
    static void on_server(AvahiServer*, AvahiServerState state, void* self) {
        auto& responder = *static_cast<AvahiResponder*>(self);
        if (responder.server_ != nullptr) responder.on_state(state);  // else start() looks
    }
    void on_state(AvahiServerState state) {
        // While the host name is probed the service may be, too: it saves that time.
        if (state == AVAHI_SERVER_REGISTERING || state == AVAHI_SERVER_RUNNING)
            publication_->begin(server_);
        if (state == AVAHI_SERVER_COLLISION) {
            publication_->withdraw();
            const std::unique_ptr<char, AvahiFree> other(
                avahi_alternative_host_name(avahi_server_get_host_name(server_)));
            if (other) avahi_server_set_host_name(server_, other.get());
        }
        if (state == AVAHI_SERVER_FAILURE)
            events_.on_broken(avahi_strerror(avahi_server_errno(server_)));
    }

    AvahiEvents& events_;
    AvahiServer* server_ = nullptr;
    std::optional<AvahiPublication<CoreApi>> publication_;
    std::optional<AvahiLookup<CoreApi>> lookup_;
};

}  // namespace

Result<std::unique_ptr<AvahiBackend>> start_avahi_responder(const AvahiContext& context,
                                                            bool announces) {
    auto responder = std::make_unique<AvahiResponder>(context);
    if (auto started = responder->start(context, announces); !started)
        return tl::unexpected(started.error());
    return responder;
}

}  // namespace midinet::platform
