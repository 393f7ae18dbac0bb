// What a client does with hosts that DNS-SD tells of, and a host with the directory: against a
// directory of our own.
#include "engine/host_search.hpp"

#include "engine/host_announcement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace midinet::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FakeBrowser final : public io::ServiceBrowser {
  public:
    explicit FakeBrowser(std::optional<std::vector<io::FoundService>>& list) : list_(list) {}
    io::Handle handle() const noexcept override { return io::kNoHandle; }
    std::optional<std::vector<io::FoundService>> services() override {
        return std::exchange(list_, std::nullopt);
    }
    std::vector<io::DirectoryNotice> notices() override { return {}; }

  private:
    std::optional<std::vector<io::FoundService>>& list_;
};

constexpr io::Endpoint kDoor{0x0A000001, 5004};
using What = ClientCommand::What;

class HostSearchTest : public testing::Test {
  protected:
    HostSearchTest()
        : search_(std::make_unique<FakeBrowser>(list_),
                  {.logger = *logger_,
                   .command =
                       [this](const ClientCommand& command) {
                           if (is_full_) return false;
                           commands_.emplace_back(command.what, command.host);
                           return true;
                       },
                   .is_known_otherwise = [this](SourceId, io::Endpoint) { return is_known_; },
                   .on_found = [this](const control::FoundHost&) { ++told_; }}) {}

    static io::FoundService service(std::uint16_t id, std::uint32_t epoch = 1,
                                    io::Endpoint at = kDoor) {
        return {.instance = "foh",
                .interface = "eth0",
                .at = at,
                .txt = control::make_txt({.id = HostId{id},
                                          .epoch = Epoch{epoch},
                                          .group = 0xEF455301,
                                          .data_port = 5004,
                                          .heartbeat_port = 5005,
                                          .control = {0xEF455364, 5006},
                                          .device_name = "APC40",
                                          .version = "1"})};
    }
    void find(std::vector<io::FoundService> services) {
        list_ = std::move(services);
        search_.service(status_);
    }
    void hear(std::uint16_t id, bool alive) {
        status_.source_count = 1;
        status_.sources[0].source = SourceId{id};
        status_.sources[0].alive = alive;
    }

    std::ostringstream log_;
    std::unique_ptr<control::Logger> logger_ =
        control::make_logger(control::LogLevel::Info, control::LogFormat::Text, log_);
    std::optional<std::vector<io::FoundService>> list_;
    std::vector<std::pair<What, io::Endpoint>> commands_;
    bool is_full_ = false;
    bool is_known_ = false;
    int told_ = 0;
    ClientStatus status_;
    HostSearch search_;
};

TEST_F(HostSearchTest, FoundHostIsMadeKnownOnceAndToldOf) {
    find({service(1), service(1)});
    find({service(1)});
    EXPECT_THAT(commands_, ElementsAre(std::pair{What::KnowHost, kDoor}));
    EXPECT_EQ(told_, 1);
    EXPECT_TRUE(search_.knows(kDoor));
    EXPECT_THAT(log_.str(), HasSubstr("host 1 found by DNS-SD: \"foh\" at 10.0.0.1:5004 on eth0, "
                                      "epoch 1, device \"APC40\""));
}

TEST_F(HostSearchTest, NewRunOfAHostIsToldAndNeedsNoNewDoor) {
    find({service(1, 1)});
    find({service(1, 2)});
    EXPECT_EQ(told_, 2);
    EXPECT_THAT(commands_, ElementsAre(std::pair{What::KnowHost, kDoor}));
}

TEST_F(HostSearchTest, GoneHostIsForgottenOnceItIsNotHeardEither) {
    hear(1, true);
    find({service(1)});
    find({});
    EXPECT_THAT(commands_, ElementsAre(std::pair{What::KnowHost, kDoor})) << "it is heard";
    EXPECT_THAT(log_.str(), HasSubstr("is not announced by DNS-SD any more"));
    hear(1, false);
    search_.service(status_);
    search_.service(status_);
    EXPECT_THAT(commands_,
                ElementsAre(std::pair{What::KnowHost, kDoor}, std::pair{What::ForgetHost, kDoor}));
}

TEST_F(HostSearchTest, DoorThatIsKnownOtherwiseStays) {
    is_known_ = true;
    find({service(1)});
    find({});
    EXPECT_THAT(commands_, ElementsAre(std::pair{What::KnowHost, kDoor}));
}

TEST_F(HostSearchTest, DoorThatAnotherHostTookOverStays) {
    find({service(1)});
    find({service(2)});
    EXPECT_THAT(commands_, testing::Each(testing::Pair(What::KnowHost, kDoor)));
}

TEST_F(HostSearchTest, NothingElseIsAskedOfTheEngineWhateverIsAnnounced) {
    hear(7, true);
    for (std::uint16_t id = 1; id < 64; ++id)
        find({service(id, id, {0x0A000000U + id, 5004}), service(7, 1'000'000)});
    for (const auto& [what, door] : commands_)
        EXPECT_TRUE(what == What::KnowHost || what == What::ForgetHost);
}

TEST_F(HostSearchTest, ForgettingWaitsForRoomInTheRing) {
    find({service(1)});
    is_full_ = true;
    find({});
    is_full_ = false;
    search_.service(status_);
    EXPECT_THAT(commands_, Contains(std::pair{What::ForgetHost, kDoor}));
}

class FakeAnnouncer final : public io::ServiceAnnouncer {
  public:
    FakeAnnouncer(std::vector<io::ServiceRecord>& records, bool& gone)
        : records_(records), gone_(gone) {}
    ~FakeAnnouncer() override { gone_ = true; }
    void announce(const io::ServiceRecord& record) override { records_.push_back(record); }
    std::vector<io::DirectoryNotice> notices() override {
        return {{.is_trouble = true, .text = "trouble"}};
    }

  private:
    std::vector<io::ServiceRecord>& records_;
    bool& gone_;
};

TEST(HostAnnouncementTest, SaysWhoTheHostIsAndGoesWithIt) {
    std::ostringstream log;
    const auto logger =
        control::make_logger(control::LogLevel::Info, control::LogFormat::Text, log);
    std::vector<io::ServiceRecord> records;
    bool gone = false;
    {
        HostAnnouncement announcement(std::make_unique<FakeAnnouncer>(records, gone), *logger);
        wire::Identity identity;
        identity.source = SourceId{2};
        identity.epoch = Epoch{3};
        identity.role = wire::Role::Standby;
        identity.data_group = 0xEF455302;
        identity.unicast_port = 5004;
        identity.host_name = wire::Name{"foh"};
        identity.device_name = wire::Name{"APC40"};
        announcement.set(identity, {0xEF455364, 5006});
        announcement.service();
        EXPECT_FALSE(gone);
    }
    EXPECT_TRUE(gone);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].instance, "foh");
    EXPECT_EQ(records[0].port, 5004);
    const auto said = control::parse_txt(records[0].txt);
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->role, wire::Role::Standby);
    EXPECT_EQ(said->device_name, "APC40");
    EXPECT_THAT(log.str(), HasSubstr("trouble"));
}

}  // namespace
}  // namespace midinet::engine
