// A foreign sender (liblo's oscsend), the real socket, and the judgement.
#include "control/triggers/osc_trigger.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_listener.hpp"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace midinet::control {
namespace {

constexpr const char* kOurs = "/midinet/failover/switch";

enum class Sent { Yes, NoSuchProgram, Failed };

Sent oscsend(std::vector<std::string> words) {
    words.insert(words.begin(), "oscsend");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (::posix_spawnp(&child, "oscsend", nullptr, nullptr, arguments.data(), environ) != 0)
        return Sent::NoSuchProgram;
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return Sent::NoSuchProgram;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Sent::Yes : Sent::Failed;
}

class OscFromAForeignPeer : public testing::Test {
  protected:
    /// What becomes of `oscsend <host> <port> <words...>`.
    OscVerdict verdict_on(std::vector<std::string> words, const char* allowed = "127.0.0.0/8") {
        words.insert(words.begin(), {"127.0.0.1", std::to_string(listener_->local().port)});
        sent_ = oscsend(words);
        if (sent_ != Sent::Yes) return OscVerdict::Malformed;
        std::array<std::byte, OscTrigger::kMaxPacket + 1> buffer{};
        std::array<io::Ready, 1> ready;
        waiter_->wait(platform::SteadyClock{}.now() + 5s, ready);
        const auto heard = listener_->receive(buffer);
        if (!heard) return OscVerdict::Malformed;
        OscTrigger trigger{kOurs, {IpRange::parse(allowed).value()}};
        return trigger.judge(heard->bytes, heard->from.address);
    }

    void SetUp() override {
        ASSERT_TRUE(waiter_->watch(listener_->handle(), 1, true, false));
        (void)verdict_on({kOurs});
        if (sent_ == Sent::NoSuchProgram)
            GTEST_SKIP() << "oscsend is not installed (package liblo-tools): no foreign OSC sender";
        ASSERT_EQ(sent_, Sent::Yes);
    }

    std::unique_ptr<io::DatagramListener> listener_ = platform::UdpListener::open(0).value();
    std::unique_ptr<io::Waiter> waiter_ = platform::EpollWaiter::create().value();
    Sent sent_ = Sent::Failed;
};

TEST_F(OscFromAForeignPeer, PressFires) {
    EXPECT_EQ(verdict_on({kOurs}), OscVerdict::Fire);
    EXPECT_EQ(verdict_on({kOurs, "i", "1"}), OscVerdict::Fire);
    EXPECT_EQ(verdict_on({kOurs, "fs", "1.0", "button 4"}), OscVerdict::Fire);
    EXPECT_EQ(verdict_on({kOurs, "dhcT", "0.5", "7", "x"}), OscVerdict::Fire);
}

TEST_F(OscFromAForeignPeer, ReleaseDoesNot) {
    EXPECT_EQ(verdict_on({kOurs, "i", "0"}), OscVerdict::NotForUs);
    EXPECT_EQ(verdict_on({kOurs, "f", "0.0"}), OscVerdict::NotForUs);
    EXPECT_EQ(verdict_on({kOurs, "F"}), OscVerdict::NotForUs);
}

TEST_F(OscFromAForeignPeer, OtherAddressDoesNot) {
    EXPECT_EQ(verdict_on({"/other", "i", "1"}), OscVerdict::NotForUs);
}

TEST_F(OscFromAForeignPeer, StrangerMayNot) {
    EXPECT_EQ(verdict_on({kOurs, "i", "1"}, "10.0.0.0/8"), OscVerdict::NotAllowed);
    EXPECT_EQ(verdict_on({kOurs, "i", "1"}, "::/0"), OscVerdict::NotAllowed);
}

}  // namespace
}  // namespace midinet::control
