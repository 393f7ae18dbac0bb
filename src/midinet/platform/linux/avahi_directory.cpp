#include "platform/linux/avahi_directory.hpp"

#include "platform/linux/avahi_session.hpp"

namespace midinet::platform {
namespace {

class AvahiAnnouncer final : public io::ServiceAnnouncer {
  public:
    explicit AvahiAnnouncer(std::unique_ptr<AvahiSession> session) : session_(std::move(session)) {}
    void announce(const io::ServiceRecord& record) override { session_->publish(record); }
    std::vector<io::DirectoryNotice> notices() override { return session_->notices(); }

  private:
    std::unique_ptr<AvahiSession> session_;
};

class AvahiBrowser final : public io::ServiceBrowser {
  public:
    explicit AvahiBrowser(std::unique_ptr<AvahiSession> session) : session_(std::move(session)) {}
    io::Handle handle() const noexcept override { return session_->handle(); }
    std::optional<std::vector<io::FoundService>> services() override {
        return session_->services();
    }
    std::vector<io::DirectoryNotice> notices() override { return session_->notices(); }

  private:
    std::unique_ptr<AvahiSession> session_;
};

/// As one DNS label, with the loopback taken out.
io::ServiceScope tidied(io::ServiceScope scope) {
    constexpr std::size_t kLabel = 63;
    std::erase(scope.interfaces, "lo");
    for (auto& c : scope.host_label)
        if (c == '.') c = '-';
    if (scope.host_label.size() > kLabel) scope.host_label.resize(kLabel);
    return scope;
}

/// The interface `As`, as `Made` does it.
template <typename As, typename Made>
Result<std::unique_ptr<As>> open(io::ServiceScope scope, AvahiSession::Purpose purpose) {
    scope = tidied(std::move(scope));
    if (scope.interfaces.empty()) return nullptr;
    auto session = AvahiSession::open(std::move(scope), purpose);
    if (!session) return tl::unexpected(session.error());
    return std::make_unique<Made>(std::move(*session));
}

}  // namespace

Result<std::unique_ptr<io::ServiceAnnouncer>> open_announcer(io::ServiceScope scope) {
    return open<io::ServiceAnnouncer, AvahiAnnouncer>(std::move(scope),
                                                      AvahiSession::Purpose::Announce);
}

Result<std::unique_ptr<io::ServiceBrowser>> open_browser(io::ServiceScope scope) {
    return open<io::ServiceBrowser, AvahiBrowser>(std::move(scope), AvahiSession::Purpose::Browse);
}

}  // namespace midinet::platform
