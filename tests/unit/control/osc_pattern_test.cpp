#include "control/triggers/osc_pattern.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace midinet::control {
namespace {

constexpr auto kYes = OscMatch::Yes;
constexpr auto kNo = OscMatch::No;

TEST(OscPattern, AddressMatchesItselfOnly) {
    EXPECT_EQ(match_osc_pattern("/a/b", "/a/b"), kYes);
    EXPECT_EQ(match_osc_pattern("/a/b", "/a/bc"), kNo);
    EXPECT_EQ(match_osc_pattern("/a/bc", "/a/b"), kNo);
    EXPECT_EQ(match_osc_pattern("/A/b", "/a/b"), kNo);
}

TEST(OscPattern, QuestionMarkIsOneCharacterOfAPart) {
    EXPECT_EQ(match_osc_pattern("/a?c", "/abc"), kYes);
    EXPECT_EQ(match_osc_pattern("/a?", "/a"), kNo);
    EXPECT_EQ(match_osc_pattern("/a?b", "/a/b"), kNo);
}

TEST(OscPattern, StarIsAnyNumberOfCharactersOfAPart) {
    for (const char* pattern : {"/*/bcd", "/a/*", "/a/b*d", "/a/*bcd*", "/a/**", "/*a*/*c*"})
        EXPECT_EQ(match_osc_pattern(pattern, "/a/bcd"), kYes) << pattern;
    for (const char* pattern : {"/*", "*", "/a*bcd", "/a/b*c", "/*/*/*"})
        EXPECT_NE(match_osc_pattern(pattern, "/a/bcd"), kYes) << pattern;
}

TEST(OscPattern, BracketsAreOneCharacterOfASet) {
    EXPECT_EQ(match_osc_pattern("/[abc]", "/b"), kYes);
    EXPECT_EQ(match_osc_pattern("/[a-c]", "/b"), kYes);
    EXPECT_EQ(match_osc_pattern("/[xa-c]", "/d"), kNo);
    EXPECT_EQ(match_osc_pattern("/[c-a]", "/b"), kNo) << "reversed";
    EXPECT_EQ(match_osc_pattern("/[!a-c]", "/b"), kNo);
    EXPECT_EQ(match_osc_pattern("/[!a-c]", "/d"), kYes);
    EXPECT_EQ(match_osc_pattern("/a[!x]b", "/a/b"), kNo) << "never a slash";
    EXPECT_EQ(match_osc_pattern("/[a-]", "/-"), kYes);
    EXPECT_EQ(match_osc_pattern("/[-a]", "/-"), kYes);
    EXPECT_EQ(match_osc_pattern("/[a!]", "/!"), kYes) << "a mark elsewhere is itself";
    EXPECT_EQ(match_osc_pattern("/[]", "/a"), kNo);
}

TEST(OscPattern, BracesAreOneOfTheWords) {
    EXPECT_EQ(match_osc_pattern("/{on,off}/x", "/off/x"), kYes);
    EXPECT_EQ(match_osc_pattern("/{o,off}ice", "/office"), kYes);
    EXPECT_EQ(match_osc_pattern("/a{,b}c", "/ac"), kYes);
    EXPECT_EQ(match_osc_pattern("/{on,off}", "/of"), kNo);
    EXPECT_EQ(match_osc_pattern("/{a*}", "/ab"), kNo) << "words, not patterns";
}

TEST(OscPattern, UnfinishedOneIsMalformedEvenWhenItCouldNotMatch) {
    for (const char* pattern :
         {"", "a", "/[a", "/a]", "/{a", "/a}", "/[a/b]", "/{a/b}", "/{a{b}}", "/nothing/like/it/["})
        EXPECT_EQ(match_osc_pattern(pattern, "/a"), OscMatch::Malformed) << pattern;
}

TEST(OscPattern, ManyStarsTakeNoLongerThanTheyAreMany) {
    std::string pattern = "/";
    for (int i = 0; i < 2000; ++i) pattern += "*a";
    EXPECT_EQ(match_osc_pattern(pattern + "b", "/" + std::string(200, 'a')), kNo);
}

/// The plain way: try everything, going back. Without braces.
bool matches_slowly(std::string_view pattern, std::string_view address) {
    if (pattern.empty()) return address.empty();
    const char c = pattern[0];
    if (c == '*') {
        if (matches_slowly(pattern.substr(1), address)) return true;
        return !address.empty() && address[0] != '/' && matches_slowly(pattern, address.substr(1));
    }
    if (address.empty()) return false;
    if (c == '[') {  // the generator's only sets
        const bool in = pattern[1] == '!' ? address[0] != 'a' : address[0] == 'a';
        const std::size_t length = pattern[1] == '!' ? 4 : 3;
        return address[0] != '/' && in && matches_slowly(pattern.substr(length), address.substr(1));
    }
    const bool same = c == '?' ? address[0] != '/' : address[0] == c;
    return same && matches_slowly(pattern.substr(1), address.substr(1));
}

/// What a piece of a pattern may stand for, or nearly.
std::string something_for(const std::string& piece) {
    if (*rc::gen::weightedElement<bool>({{1, true}, {9, false}})) return "b";
    if (piece == "*") return *rc::gen::element<std::string>("", "a", "ba", "abb");
    if (piece == "?" || piece == "[!a]") return "b";
    return piece == "[a]" ? "a" : piece;
}

RC_GTEST_PROP(OscPatternProperty, AgreesWithTryingEverything, ()) {
    const auto piece = rc::gen::element<std::string>("a", "b", "/", "*", "?", "[a]", "[!a]");
    std::string pattern = "/";
    std::string address = "/";
    for (const auto& p :
         *rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(piece))) {
        pattern += p;
        address += something_for(p);
    }
    const bool match = matches_slowly(pattern, address);
    RC_CLASSIFY(match, "matches");
    RC_ASSERT(match_osc_pattern(pattern, address) == (match ? kYes : kNo));
}

RC_GTEST_PROP(OscPatternProperty, AnyBytesGiveAVerdict, ()) {
    const auto pattern =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("/ab*?[]{},!-")));
    (void)match_osc_pattern("/" + pattern, "/ab/a");
}

}  // namespace
}  // namespace midinet::control
