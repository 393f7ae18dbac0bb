// The service manager's socket, as the environment names it.
#include "platform/linux/supervisor.hpp"

#include "temp_dir.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace midinet::platform {
namespace {

/// A service manager with a socket of that name; '@': an abstract one.
class Manager {
  public:
    explicit Manager(std::string name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (name.front() == '@') name.front() = '\0';
        name.copy(std::begin(address.sun_path), sizeof address.sun_path);
        const void* at = &address;
        bound_ = ::bind(socket_.get(), static_cast<const sockaddr*>(at),
                        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) == 0;
    }
    bool bound() const { return bound_; }
    std::string hear() const {
        std::array<char, 256> text{};
        const auto size = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
        return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }

  private:
    FileDescriptor socket_;
    bool bound_ = false;
};

class SupervisorEnvironment : public ::testing::Test {
  protected:
    SupervisorEnvironment() { forget(); }
    ~SupervisorEnvironment() override { forget(); }
    static void forget() {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }
    TempDir folder_;
};

TEST_F(SupervisorEnvironment, WithoutOneNobodyIsTold) {
    const auto found = Supervisor::from_environment();
    ASSERT_TRUE(found);
    EXPECT_FALSE(*found);
}

TEST_F(SupervisorEnvironment, WhatIsToldArrivesAtASocketWithAPath) {
    const Manager manager(folder_ / "notify");
    ASSERT_TRUE(manager.bound());
    const auto found = Supervisor::from_environment();
    ASSERT_TRUE(found && *found);
    (*found)->tell("READY=1");
    EXPECT_EQ(manager.hear(), "READY=1");
}

TEST_F(SupervisorEnvironment, WhatIsToldArrivesAtAnAbstractSocket) {
    const Manager manager("@midinet-test-" + std::to_string(::getpid()));
    ASSERT_TRUE(manager.bound());
    const auto found = Supervisor::from_environment();
    ASSERT_TRUE(found && *found);
    (*found)->tell("WATCHDOG=1");
    EXPECT_EQ(manager.hear(), "WATCHDOG=1");
}

TEST_F(SupervisorEnvironment, AManagerThatIsGoneIsNoFault) {
    { const Manager manager(folder_ / "notify"); }
    const auto found = Supervisor::from_environment();
    ASSERT_TRUE(found && *found);
    (*found)->tell("READY=1");
}

TEST_F(SupervisorEnvironment, AManagerThatIsStartedAnewIsToldAgain) {
    const auto path = folder_ / "notify";
    auto manager = std::make_unique<Manager>(path);
    const auto found = Supervisor::from_environment();
    ASSERT_TRUE(found && *found);
    manager.reset();
    ::unlink(path.c_str());
    manager = std::make_unique<Manager>(path);
    (*found)->tell("READY=1");
    EXPECT_EQ(manager->hear(), "READY=1");
}

TEST_F(SupervisorEnvironment, WhatCanBeNoSocketIsRefusedWithItsName) {
    for (const auto& name : {std::string("notify"), "/" + std::string(107, 'x')}) {
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
        const auto found = Supervisor::from_environment();
        ASSERT_FALSE(found);
        EXPECT_NE(found.error().message.find(name), std::string::npos);
    }
}

TEST_F(SupervisorEnvironment, TellsHowLongItMayBeSilent) {
    const Manager manager(folder_ / "notify");
    ::setenv("WATCHDOG_USEC", "5000000", 1);
    EXPECT_EQ((*Supervisor::from_environment())->patience(), 5s);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ((*Supervisor::from_environment())->patience(), 5s);
}

TEST_F(SupervisorEnvironment, AWatchdogOfAnotherProcessAsksNothing) {
    const Manager manager(folder_ / "notify");
    ::setenv("WATCHDOG_USEC", "5000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_FALSE((*Supervisor::from_environment())->patience());
}

TEST_F(SupervisorEnvironment, AWatchdogThatIsNoPositiveNumberAsksNothing) {
    const Manager manager(folder_ / "notify");
    for (const auto* value : {"", "0", "-3", "soon", "5s"}) {
        ::setenv("WATCHDOG_USEC", value, 1);
        EXPECT_FALSE((*Supervisor::from_environment())->patience()) << value;
    }
}

}  // namespace
}  // namespace midinet::platform
