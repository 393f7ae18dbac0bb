#include "engine/status_line.hpp"

#include "base/verify.hpp"
#include "engine/host_report.hpp"

#include <gmock/gmock.h>

namespace midinet::engine {
namespace {

TEST(StatusLine, TellsOurOwnFaultsThatWereSurvived) {
    EXPECT_THAT(status_line({}, 0, {1}), testing::HasSubstr("\"internal_faults\":0}"));
    g_verify_failures = 3;
    EXPECT_THAT(status_line({}, 0, {1}), testing::HasSubstr("\"internal_faults\":3}"));
    g_verify_failures = 0;
}

TEST(HostReport, SaysThatItIsDisarmedBeforeTheEngineTurned) {
    control::HostConfig config;
    HostStatus status;
    ASSERT_TRUE(status.failover.automatic);
    config.failover.auto_enabled = false;
    EXPECT_FALSE(host_report(config, status).failover.armed);
}

}  // namespace
}  // namespace midinet::engine
