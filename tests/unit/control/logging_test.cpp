#include "control/logging.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace midinet::control {
namespace {

std::string logged(LogFormat format, std::string_view message) {
    std::ostringstream out;
    make_logger(LogLevel::Info, format, out)->warning(message);
    return out.str();
}

TEST(Logging, TextLineHasTimeLevelAndMessage) {
    EXPECT_THAT(logged(LogFormat::Text, "link down"),
                testing::MatchesRegex("....-..-..T..:..:..\\.......Z warning link down\n"));
}

TEST(Logging, JsonLineIsOneObject) {
    EXPECT_THAT(logged(LogFormat::Json, "link down"),
                testing::MatchesRegex("\\{\"time\":\"[^\"]+Z\",\"level\":\"warning\",\"message\":"
                                      "\"link down\"\\}\n"));
}

TEST(Logging, FormatMayChangeBetweenTwoLines) {
    std::ostringstream out;
    const auto logger = make_logger(LogLevel::Info, LogFormat::Text, out);
    logger->set_format(LogFormat::Json);
    logger->info("now json");
    EXPECT_THAT(out.str(), testing::StartsWith("{\"time\":"));
}

TEST(Logging, JsonEscapesQuotesBackslashesAndControlCharacters) {
    EXPECT_THAT(logged(LogFormat::Json, "a\"b\\c\nd"),
                testing::HasSubstr("\"message\":\"a\\\"b\\\\c\\u000ad\"}"));
}

TEST(Logging, NameFromTheNetworkCannotForgeALine) {
    const std::string text = logged(LogFormat::Text, "host \"x\n2030 error all lost\"");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Logging, InvalidUtf8BecomesTheReplacementCharacterAndValidStays) {
    EXPECT_THAT(logged(LogFormat::Json, "caf\xC3\xA9 \xC3( \xED\xA0\x80"),
                testing::HasSubstr("caf\xC3\xA9 \xEF\xBF\xBD( \xEF\xBF\xBD"));
}

TEST(Logging, BracesInAMessageAreNotAFormat) {
    EXPECT_THAT(logged(LogFormat::Text, "{} {0:d}"), testing::HasSubstr(" {} {0:d}\n"));
}

TEST(Logging, WhatIsBelowTheLevelIsDropped) {
    std::ostringstream out;
    const auto logger = make_logger(LogLevel::Error, LogFormat::Text, out);
    logger->warning("no");
    EXPECT_EQ(out.str(), "");
    logger->error("yes");
    EXPECT_THAT(out.str(), testing::HasSubstr("error   yes"));
}

}  // namespace
}  // namespace midinet::control
