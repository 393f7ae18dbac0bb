// The thread on which Avahi runs, and what crosses to the control thread.
#pragma once

#include "platform/linux/avahi_backend.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <avahi-common/simple-watch.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace midinet::platform {

/// Announces, or browses, on a thread of its own: D-Bus may keep that one waiting, and nobody else.
/// Takes the daemon of this machine where it answers; a responder of its own where it does not.
/// When either breaks it is tried again. Thread: one, the control thread; the destructor waits for
/// the goodbye to be sent.
class AvahiSession final : private AvahiEvents {
  public:
    enum class Purpose : std::uint8_t { Announce, Browse };

    /// Errors: the descriptors it takes.
    static Result<std::unique_ptr<AvahiSession>> open(io::ServiceScope scope, Purpose purpose);
    ~AvahiSession() override;
    AvahiSession(const AvahiSession&) = delete;
    AvahiSession& operator=(const AvahiSession&) = delete;

    void publish(const io::ServiceRecord& record);
    io::Handle handle() const noexcept { return changed_.get(); }
    std::optional<std::vector<io::FoundService>> services();
    std::vector<io::DirectoryNotice> notices();

  private:
    AvahiSession(io::ServiceScope scope, Purpose purpose, FileDescriptor wake,
                 FileDescriptor changed)
        : scope_(std::move(scope)),
          purpose_(purpose),
          wake_(std::move(wake)),
          changed_(std::move(changed)) {}

    // Thread: Avahi's.
    void run();
    void connect();
    Result<void> use(Result<std::unique_ptr<AvahiBackend>> backend);
    void on_wake();
    void note(bool is_trouble, const std::string& text);
    void retry();
    void on_published(const std::string& instance) override;
    void on_found(const AvahiKey& key, io::FoundService service) override;
    void on_lost(const AvahiKey& key) override;
    void on_trouble(const std::string& sentence) override;
    void on_broken(const std::string& why) override;

    const io::ServiceScope scope_;
    const Purpose purpose_;
    FileDescriptor wake_;     ///< for Avahi's thread
    FileDescriptor changed_;  ///< for the control thread

    std::mutex mutex_;  ///< of what follows
    bool ends_ = false;
    std::optional<io::ServiceRecord> record_;
    bool record_is_new_ = false;
    std::map<AvahiKey, io::FoundService> services_;
    bool services_are_new_ = false;
    std::vector<io::DirectoryNotice> notices_;

    // Of Avahi's thread.
    AvahiSimplePoll* poll_ = nullptr;
    AvahiTimeout* retry_ = nullptr;
    std::unique_ptr<AvahiBackend> backend_;
    std::string published_as_;
    std::string last_trouble_;

    std::thread thread_;
};

}  // namespace midinet::platform
