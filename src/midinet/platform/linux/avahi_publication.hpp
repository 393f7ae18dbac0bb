// Announcing a service, by either library of Avahi.
#pragma once

#include "platform/linux/avahi_backend.hpp"

#include <avahi-common/alternative.h>
#include <avahi-common/defs.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/strlst.h>
#include <bit>
#include <memory>
#include <optional>

namespace midinet::platform {

struct AvahiFree {
    void operator()(char* text) const noexcept { avahi_free(text); }
    void operator()(AvahiStringList* list) const noexcept { avahi_string_list_free(list); }
};

/// What is announced on one interface.
struct AvahiEntry {
    AvahiIfIndex interface;
    const char* name;
    const char* type;
    std::uint16_t port;
    AvahiStringList* txt;
};

/// One service with its group of records. `Api` names the types and functions. Thread: Avahi's.
template <typename Api>
class AvahiPublication {
  public:
    AvahiPublication(const io::ServiceScope& scope, AvahiEvents& events)
        : scope_(scope), events_(events) {}
    ~AvahiPublication() {
        if (group_ != nullptr) Api::free(group_);
    }
    AvahiPublication(const AvahiPublication&) = delete;
    AvahiPublication& operator=(const AvahiPublication&) = delete;

    void set(const io::ServiceRecord& record) {
        const bool same_place =
            wanted_ && record.instance == wanted_->instance && record.port == wanted_->port;
        wanted_ = record;
        if (owner_ == nullptr || (same_place && is_added_ && add(AVAHI_PUBLISH_UPDATE))) return;
        name_ = record.instance;
        publish();
    }
    /// The host name is there, so that services can refer to it.
    void begin(typename Api::Owner* owner) {
        owner_ = owner;
        if (!wanted_ || is_added_) return;
        if (name_.empty()) name_ = wanted_->instance;
        publish();
    }
    /// The host name was taken: what refers to it is taken back until there is another.
    void withdraw() {
        owner_ = nullptr;
        is_added_ = false;
        if (group_ != nullptr) Api::reset(group_);
    }
    /// Thread: Avahi's.
    static void on_group(typename Api::Group*, AvahiEntryGroupState state, void* self) {
        auto& publication = *static_cast<AvahiPublication*>(self);
        if (state == AVAHI_ENTRY_GROUP_ESTABLISHED)
            publication.events_.on_published(publication.name_);
        if (state == AVAHI_ENTRY_GROUP_COLLISION) {
            publication.rename();
            publication.publish();
        }
        if (state == AVAHI_ENTRY_GROUP_FAILURE) publication.complain();
    }

  private:
    static constexpr int kMostNames = 20;  ///< of ours that are taken on this machine

    void publish() {
        is_added_ = false;
        if (group_ == nullptr) group_ = Api::group_new(owner_, this);
        if (group_ == nullptr) return complain();
        for (int i = 0; i < kMostNames; ++i) {
            Api::reset(group_);
            if (add({})) {
                is_added_ = Api::commit(group_) >= 0;
                if (!is_added_) complain();
                return;
            }
            if (Api::error(owner_) != AVAHI_ERR_COLLISION) return complain();
            rename();
        }
    }
    /// On every interface. False: Avahi has the reason.
    bool add(AvahiPublishFlags flags) {
        AvahiStringList* list = nullptr;
        for (const auto& entry : wanted_->txt)
            list = avahi_string_list_add_arbitrary(
                list, std::bit_cast<const std::uint8_t*>(entry.data()), entry.size());
        const std::unique_ptr<AvahiStringList, AvahiFree> txt(list);
        const auto indexes = Api::interfaces(scope_.interfaces);
        bool good = !indexes.empty();
        for (const auto interface : indexes)
            good = good && Api::add(owner_, group_, flags,
                                    {interface, name_.c_str(), scope_.type.c_str(), wanted_->port,
                                     txt.get()}) >= 0;
        return good;
    }
    void rename() {
        const std::unique_ptr<char, AvahiFree> other(avahi_alternative_service_name(name_.c_str()));
        if (other) name_ = other.get();
    }
    void complain() {
        events_.on_trouble("announcing \"" + name_ +
                           "\" by DNS-SD: " + avahi_strerror(Api::error(owner_)));
    }

    const io::ServiceScope& scope_;
    AvahiEvents& events_;
    typename Api::Owner* owner_ = nullptr;  ///< null: no host name yet
    typename Api::Group* group_ = nullptr;
    std::optional<io::ServiceRecord> wanted_;
    std::string name_;  ///< the one that is used, or tried
    bool is_added_ = false;
};

}  // namespace midinet::platform
