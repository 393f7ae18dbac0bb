// DNS-SD by the system's responder.
#pragma once

#include "base/result.hpp"
#include "io/service_directory.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <dns_sd.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace midinet::platform {

/// Owns one question to the responder. Move-only.
class DnsSdRef {
  public:
    DnsSdRef() noexcept = default;
    explicit DnsSdRef(DNSServiceRef ref) noexcept : ref_(ref) {}
    DnsSdRef(DnsSdRef&& other) noexcept : ref_(std::exchange(other.ref_, nullptr)) {}
    DnsSdRef& operator=(DnsSdRef&& other) noexcept {
        std::swap(ref_, other.ref_);
        return *this;
    }
    ~DnsSdRef() {
        if (ref_ != nullptr) DNSServiceRefDeallocate(ref_);
    }
    DNSServiceRef get() const noexcept { return ref_; }

  private:
    DNSServiceRef ref_ = nullptr;
};

/// All questions share one connection, and are answered within services(). A responder that went
/// away is asked again two seconds later; what was found stays known until then. Its handle is a
/// kqueue of its own, so that it stays the same all the while.
class DnsSdBrowser final : public io::ServiceBrowser {
  public:
    /// Errors: the kqueue; that there is no responder is a notice later.
    static Result<std::unique_ptr<DnsSdBrowser>> open(io::ServiceScope scope);
    ~DnsSdBrowser() override;
    DnsSdBrowser(const DnsSdBrowser&) = delete;
    DnsSdBrowser& operator=(const DnsSdBrowser&) = delete;

    io::Handle handle() const noexcept override { return queue_.get(); }
    std::optional<std::vector<io::FoundService>> services() override;
    std::vector<io::DirectoryNotice> notices() override { return std::exchange(notices_, {}); }

  private:
    using Key = std::pair<std::uint32_t, std::string>;  ///< interface index, instance
    /// One service, from its name to its address.
    struct Lookup {
        DnsSdBrowser& browser;
        std::string interface;
        std::string host{};
        std::uint16_t port = 0;
        std::vector<std::string> txt{};
        std::uint32_t address = 0;  ///< host order; 0: not known
        DnsSdRef resolver{};
        DnsSdRef addresses{};
    };

    DnsSdBrowser(io::ServiceScope scope, FileDescriptor queue)
        : scope_(std::move(scope)), queue_(std::move(queue)) {}
    void connect();
    Result<void> ask();
    void answer();
    void add(const Key& key, const char* type, const char* domain);
    void remove(const Key& key);
    void forget_all();
    void look_up_host(Lookup& lookup, std::uint32_t interface);
    void on_broken(const std::string& why);

    static void on_service(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface,
                           DNSServiceErrorType error, const char* name, const char* type,
                           const char* domain, void* self);
    static void on_resolved(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface,
                            DNSServiceErrorType error, const char* full_name, const char* host,
                            std::uint16_t port, std::uint16_t txt_size, const unsigned char* txt,
                            void* self);
    static void on_address(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface,
                           DNSServiceErrorType error, const char* host,
                           const struct sockaddr* address, std::uint32_t lifetime, void* self);

    io::ServiceScope scope_;
    FileDescriptor queue_;
    DnsSdRef connection_;  ///< before what shares it, so that it goes last
    DnsSdRef browse_;
    std::map<Key, std::unique_ptr<Lookup>> lookups_;
    std::vector<std::unique_ptr<Lookup>> leaving_;  ///< not freed while the library calls us
    bool is_new_ = false;
    bool is_broken_ = false;
    std::string last_trouble_;
    std::vector<io::DirectoryNotice> notices_;
};

/// Nothing where there is nobody to find: no interface but the loopback. Errors: as above.
Result<std::unique_ptr<io::ServiceBrowser>> open_browser(io::ServiceScope scope);

}  // namespace midinet::platform
