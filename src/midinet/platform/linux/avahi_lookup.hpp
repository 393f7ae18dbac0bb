// Finding services, by either library of Avahi: they have the same functions under two names.
#pragma once

#include "platform/linux/avahi_backend.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <avahi-common/address.h>
#include <avahi-common/defs.h>
#include <avahi-common/error.h>
#include <avahi-common/strlst.h>
#include <map>

namespace midinet::platform {

inline std::vector<std::string> strings_of(AvahiStringList* list) {
    std::vector<std::string> strings;
    for (auto* at = list; at != nullptr; at = avahi_string_list_get_next(at)) {
        const auto* text = avahi_string_list_get_text(at);
        strings.emplace_back(text, text + avahi_string_list_get_size(at));
    }
    return strings;
}

/// A browser, and a resolver for each service it knows: it stays, so that changes are told. `Api`
/// names the types and functions. Thread: Avahi's.
template <typename Api>
class AvahiLookup {
  public:
    AvahiLookup(typename Api::Owner* owner, const io::ServiceScope& scope, AvahiEvents& events)
        : owner_(owner), scope_(scope), events_(events) {}
    ~AvahiLookup() {
        for (const auto& [key, resolver] : resolvers_) Api::free(resolver);
        if (browser_ != nullptr) Api::free(browser_);
    }
    AvahiLookup(const AvahiLookup&) = delete;
    AvahiLookup& operator=(const AvahiLookup&) = delete;

    Result<void> start() {
        browser_ = Api::browser_new(owner_, AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, scope_.type.c_str(),
                                    nullptr, kPlain, on_service, this);
        if (browser_ == nullptr)
            return fail(std::string("looking for services: ") + avahi_strerror(Api::error(owner_)));
        return {};
    }

  private:
    static constexpr auto kPlain = static_cast<AvahiLookupFlags>(0);

    // NOLINTNEXTLINE(readability-function-size): as Avahi calls it
    static void on_service(typename Api::Browser*, AvahiIfIndex interface, AvahiProtocol,
                           AvahiBrowserEvent event, const char* name, const char* type,
                           const char* domain, AvahiLookupResultFlags, void* self) {
        auto& lookup = *static_cast<AvahiLookup*>(self);
        if (event == AVAHI_BROWSER_NEW) lookup.resolve({interface, name}, type, domain);
        if (event == AVAHI_BROWSER_REMOVE) lookup.drop({interface, name});
        if (event == AVAHI_BROWSER_FAILURE)
            lookup.events_.on_broken(avahi_strerror(Api::error(lookup.owner_)));
    }
    // NOLINTNEXTLINE(readability-function-size): as Avahi calls it
    static void on_resolved(typename Api::Resolver*, AvahiIfIndex interface, AvahiProtocol,
                            AvahiResolverEvent event, const char* name, const char*, const char*,
                            const char*, const AvahiAddress* address, std::uint16_t port,
                            AvahiStringList* txt, AvahiLookupResultFlags, void* self) {
        // A failure is that of a service which is not there: the browser tells when it goes.
        if (event != AVAHI_RESOLVER_FOUND || address->proto != AVAHI_PROTO_INET) return;
        auto& lookup = *static_cast<AvahiLookup*>(self);
        lookup.events_.on_found({interface, name}, {.instance = name,
                                                    .interface = name_of(interface),
                                                    .at = {ntohl(address->data.ipv4.address), port},
                                                    .txt = strings_of(txt)});
    }
    void resolve(const AvahiKey& key, const char* type, const char* domain) {
        const auto& wanted = scope_.interfaces;
        const bool ours =
            std::find(wanted.begin(), wanted.end(), name_of(key.interface)) != wanted.end();
        if (!ours || resolvers_.contains(key) ||
            resolvers_.size() == io::ServiceBrowser::kMaxServices)
            return;
        auto* const resolver =
            Api::resolver_new(owner_, key.interface, AVAHI_PROTO_INET, key.instance.c_str(), type,
                              domain, AVAHI_PROTO_INET, kPlain, on_resolved, this);
        if (resolver != nullptr) resolvers_.emplace(key, resolver);
    }
    void drop(const AvahiKey& key) {
        const auto found = resolvers_.find(key);
        if (found == resolvers_.end()) return;
        Api::free(found->second);
        resolvers_.erase(found);
        events_.on_lost(key);
    }
    static std::string name_of(AvahiIfIndex interface) {
        std::array<char, IF_NAMESIZE> name{};
        return ::if_indextoname(static_cast<unsigned>(interface), name.data()) != nullptr
                   ? name.data()
                   : "";
    }

    typename Api::Owner* owner_;
    const io::ServiceScope& scope_;
    AvahiEvents& events_;
    typename Api::Browser* browser_ = nullptr;
    std::map<AvahiKey, typename Api::Resolver*> resolvers_;
};

}  // namespace midinet::platform
