#include "admin/http/body_reader.hpp"
#include "admin/http/guard.hpp"
#include "admin/http/handshake.hpp"
#include "admin/http/json_body.hpp"
#include "admin/http/router.hpp"
#include "admin/http/target.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace midinet::admin {
namespace {

using ::testing::HasSubstr;

const auto kSomebody = io::IpAddress::from_ipv4(0x0A000001);
const auto kAnother = io::IpAddress::from_ipv4(0x0A000002);
constexpr TimePoint kStart{1h};

TEST(Target, IsDecodedAndSplitAtTheFirstMark) {
    const auto target = parse_target("/a%20b/%C3%A9?x=1?y");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a b/\xC3\xA9");
    EXPECT_EQ(target->query, "x=1?y");
}

TEST(Target, OfAnotherFormIsRefused) {
    for (const char* text : {"", "*", "http://a/b", "/%", "/%4", "/%zz", "/%00", "/%0a", "/\x7F"})
        EXPECT_FALSE(parse_target(text)) << text;
}

RC_GTEST_PROP(Target, AnyBytesGiveATargetOrAnError, (const std::string& text)) {
    const auto target = parse_target(text);
    if (target) RC_ASSERT(target->path.starts_with('/'));
    (void)parse_query(text);
}

TEST(Handshake, IsOfTheOneVersionWithOneKey) {
    const auto status = [](const std::vector<std::pair<std::string, std::string>>& fields) {
        Request request;
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        const auto refusal = refuse_handshake(request);
        return refusal ? refusal->status : 101;
    };
    const std::pair<std::string, std::string> key{"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="};
    const std::pair<std::string, std::string> version{"Sec-WebSocket-Version", "13"};
    EXPECT_EQ(status({key, version}), 101U);
    EXPECT_EQ(status({version}), 400U);
    EXPECT_EQ(status({key, key, version}), 400U);
    EXPECT_EQ(status({{key.first, "dGhlIHNhbXBsZSBub25jZQ="}, version}), 400U);
    EXPECT_EQ(status({{key.first, "dGhlIHNhbXBsZSBub25jZ.=="}, version}), 400U);
    EXPECT_EQ(status({key}), 426U);
    EXPECT_EQ(status({key, {version.first, "8"}}), 426U);
    EXPECT_EQ(status({key, version, version}), 426U);
    Request old;
    old.headers.add(key.first, key.second);
    EXPECT_EQ(refuse_handshake(old)->headers.find("Sec-WebSocket-Version"), "13");
}

TEST(Query, GivesEachParameterDecoded) {
    const auto parameters = parse_query("a=1&b=x+y%26&&c");
    ASSERT_TRUE(parameters);
    EXPECT_EQ(*parameters, (Parameters{{"a", "1"}, {"b", "x y&"}, {"c", ""}}));
}

TEST(Query, RefusesAParameterGivenTwice) {
    const auto parameters = parse_query("device=1&device=2");
    ASSERT_FALSE(parameters);
    EXPECT_EQ(parameters.error().message, "device is given twice");
}

/// Asked twice at once by one, and not at all by the other.
TEST(RateLimit, LetsSoManyThroughAtOnceAndThenOneAfterEachPause) {
    RateLimit limit({.at_once = 3, .each = 1s});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take(kSomebody, kStart), Duration{});
    EXPECT_EQ(limit.take(kSomebody, kStart), 1s);
    EXPECT_EQ(limit.take(kAnother, kStart), Duration{});
    EXPECT_EQ(limit.take(kSomebody, kStart + 1s), Duration{});
    EXPECT_EQ(limit.take(kSomebody, kStart + 1s), 1s);
    EXPECT_EQ(limit.take(kSomebody, kStart + 1min), Duration{});
}

TEST(RateLimit, RemembersABoundedNumberOfAddresses) {
    RateLimit limit({.at_once = 1, .each = 1h});
    EXPECT_EQ(limit.take(kSomebody, kStart), Duration{});
    for (std::uint32_t i = 0; i < RateLimit::kMostSources; ++i)
        EXPECT_EQ(limit.take(io::IpAddress::from_ipv4(0x0B000000 + i), kStart + 1s), Duration{});
    EXPECT_EQ(limit.wait(kSomebody, kStart + 2s), Duration{}) << "the oldest is forgotten";
}

Request asked(Method method, std::string path,
              std::initializer_list<std::pair<const char*, const char*>> headers = {}) {
    Request request{.method = method, .path = std::move(path), .from = kSomebody};
    request.headers.add("Host", "localhost:8080");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return request;
}

unsigned status_for(Guard& guard, const Request& request, TimePoint now = kStart) {
    const auto refused = guard.refuse(request, now);
    return refused ? refused->status : 200;
}

TEST(Guard, TakesNoHostWithMoreBehindItThanAPort) {
    Guard guard({});
    const auto status = [&guard](const char* host) {
        Request request{.method = Method::Get, .path = "/", .from = kSomebody};
        request.headers.add("Host", host);
        return status_for(guard, request);
    };
    for (const char* good : {"localhost", "127.0.0.1:8080", "[::1]:8080", "[::1]", "LOCALHOST:80"})
        EXPECT_EQ(status(good), 200U) << good;
    for (const char* wrong : {"127.0.0.1:8080@evil", "127.0.0.1:x", "[::1]x", "[::1", "[::1]:80a"})
        EXPECT_EQ(status(wrong), 403U) << wrong;
}

TEST(Guard, KnowsTheTokenWhereverItDiffers) {
    Guard guard({.token = "secret"});
    for (const char* wrong : {"", "s", "secre", "secret ", "secrets", "Secret"})
        EXPECT_EQ(
            status_for(guard, asked(Method::Get, "/api/status",
                                    {{"Authorization", (std::string("Bearer ") + wrong).c_str()}})),
            401u)
            << wrong;
    EXPECT_EQ(status_for(guard, asked(Method::Get, "/api/x", {{"authorization", "Bearer secret"}})),
              200u);
    EXPECT_EQ(status_for(guard, asked(Method::Get, "/api/x", {{"Authorization", "Basic secret"}})),
              401u);
    EXPECT_EQ(status_for(guard, asked(Method::Get, "/apiary")), 200u);
}

TEST(Guard, StopsWhoGuessesAndForgivesLater) {
    Guard guard({.token = "secret"});
    const auto right = asked(Method::Get, "/api/x", {{"Authorization", "Bearer secret"}});
    for (unsigned i = 0; i < Guard::kWrongTokens.at_once; ++i) {
        const auto guess = "Bearer guess" + std::to_string(i);
        EXPECT_EQ(
            status_for(guard, asked(Method::Get, "/api/x", {{"Authorization", guess.c_str()}})),
            401u);
    }
    EXPECT_EQ(status_for(guard, right), 429u) << "else guessing would tell which one is right";
    EXPECT_EQ(status_for(guard, right, kStart + Guard::kWrongTokens.each), 200u);
}

TEST(Guard, LetsTheRightTokenInBesideAScriptWithAnOldOne) {
    Guard guard({.token = "secret"});
    const auto old = asked(Method::Get, "/api/x", {{"Authorization", "Bearer last year's"}});
    const auto right = asked(Method::Get, "/api/x", {{"Authorization", "Bearer   secret"}});
    for (unsigned i = 0; i < 10 * Guard::kWrongTokens.at_once; ++i)
        EXPECT_EQ(status_for(guard, old), 401u);
    EXPECT_EQ(status_for(guard, right), 200u) << "after any number of spaces";
}

TEST(Guard, TakesOriginsOfThisServerAlone) {
    Guard guard({.hosts = {"foh.local"}});
    const auto from = [&](const char* origin) {
        return status_for(guard, asked(Method::Get, "/", {{"Origin", origin}}));
    };
    EXPECT_EQ(from("http://localhost:8080"), 200u);
    EXPECT_EQ(from("https://LOCALHOST:8080"), 200u);
    for (const char* other :
         {"null", "http://localhost", "http://localhost:8080.evil", "http://foh.local"})
        EXPECT_EQ(from(other), 403u) << other;
}

TEST(Guard, LimitsChangesAndNotReading) {
    Guard guard({});
    for (unsigned i = 0; i < Guard::kWrites.at_once; ++i)
        EXPECT_EQ(status_for(guard, asked(Method::Post, "/api/x")), 200u);
    EXPECT_EQ(status_for(guard, asked(Method::Post, "/api/x")), 429u);
    EXPECT_EQ(status_for(guard, asked(Method::Get, "/api/x")), 200u);
}

TEST(Guard, TakesABodyOnlyAsJson) {
    Guard guard({});
    const auto with = [&](const char* type) {
        auto request = asked(Method::Put, "/api/x", {{"Content-Type", type}});
        request.body = "{}";
        return status_for(guard, request);
    };
    EXPECT_EQ(with("application/json"), 200u);
    EXPECT_EQ(with("Application/JSON ; charset=utf-8"), 200u);
    EXPECT_EQ(with("text/plain"), 415u);
    EXPECT_EQ(with("application/jsonp"), 415u);
}

class Echo : public Route {
  public:
    std::string_view path() const noexcept override { return "/api/echo"; }
    std::vector<Method> methods() const override { return {Method::Get, Method::Put}; }
    void answer(const Request& request, const Respond& respond) override {
        respond(text_response(std::string(to_string(request.method))));
    }
};

Response routed(Method method, std::string path) {
    Router router;
    router.add(std::make_unique<Echo>());
    Response got;
    router.answer(asked(method, std::move(path)),
                  [&](Response response) { got = std::move(response); });
    return got;
}

TEST(Router, FindsAResourceUnderItsVersionToo) {
    EXPECT_EQ(routed(Method::Put, "/api/v1/echo").body, "PUT");
    EXPECT_EQ(routed(Method::Head, "/api/echo").body, "GET");
    EXPECT_EQ(routed(Method::Get, "/api/v2/echo").status, 404u);
    EXPECT_EQ(routed(Method::Get, "/api/echo/").status, 404u);
}

TEST(Router, TellsWhatAResourceTakes) {
    const auto response = routed(Method::Delete, "/api/echo");
    EXPECT_EQ(response.status, 405u);
    EXPECT_EQ(response.headers.find("allow"), "GET, HEAD, PUT, OPTIONS");
    EXPECT_EQ(routed(Method::Options, "/api/echo").status, 204u);
}

struct Read {
    bool flag = false;
    std::string text;
    std::int64_t number = 0;
    std::optional<Problem> problem;
};
Read read(const std::string& body) {
    Read got;
    BodyReader reader(body);
    reader.read("flag", got.flag);
    reader.read("text", got.text);
    reader.read("number", got.number, 1, 9);
    got.problem = reader.finish();
    return got;
}

TEST(BodyReader, ReadsWhatIsThere) {
    const auto got = read(R"({"flag": true, "number": 9})");
    EXPECT_FALSE(got.problem);
    EXPECT_TRUE(got.flag);
    EXPECT_EQ(got.number, 9);
    EXPECT_FALSE(read("").problem);
    // A name again, in another object, is another one.
    EXPECT_THAT(read(R"({"text": [{"a": 1}, {"a": {"a": 2}}]})").problem->detail,
                HasSubstr("a text"));
}

struct Refusal {
    const char* body;
    const char* pointer;
    const char* words;
};
class BodyRefusal : public ::testing::TestWithParam<Refusal> {};
TEST_P(BodyRefusal, NamesThePlaceAndWhatWasExpected) {
    const auto got = read(GetParam().body);
    ASSERT_TRUE(got.problem);
    EXPECT_EQ(got.problem->pointer, GetParam().pointer);
    EXPECT_THAT(got.problem->detail, HasSubstr(GetParam().words));
}
INSTANTIATE_TEST_SUITE_P(
    All, BodyRefusal,
    ::testing::Values(Refusal{"{", "", "not JSON"}, Refusal{"[1]", "", "[1]; expected an object"},
                      Refusal{R"({"flag": true, "flag": false})", "/flag", "flag stands twice"},
                      Refusal{R"({"text": [{"a": 1}, {"a": 1, "b": {}, "a": 2}]})", "/text/1/a",
                              "a stands twice"},
                      Refusal{R"({"a/~": {"b": [[], 1, {"c": 0, "c": 0}]}})", "/a~1~0/b/2/c",
                              "c stands twice"},
                      Refusal{R"({"flag": 1})", "/flag", "flag is 1; expected true or false"},
                      Refusal{R"({"text": null})", "/text", "expected a text"},
                      Refusal{R"({"number": 10})", "/number", "from 1 to 9"},
                      Refusal{R"({"number": 1.5})", "/number", "1.5"},
                      Refusal{R"({"number": 18446744073709551615})", "/number", "from 1 to 9"},
                      Refusal{R"({"a/b~": 1})", "/a~1b~0", "only flag, text, number"}));

/// Lists in one another around nothing.
std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}
TEST(BodyReader, TakesSoManyLevelsAndNoMore) {
    const auto text = [](std::size_t levels) { return R"({"text": )" + nested(levels - 1) + '}'; };
    EXPECT_THAT(read(text(kDeepestJson)).problem->detail, HasSubstr("expected a text"));
    // So deep that a reader which goes level by level has no stack left.
    for (const auto levels : {kDeepestJson + 1, std::size_t{300'000}}) {
        const auto problem = read(text(levels)).problem;
        EXPECT_EQ(problem->kind, ProblemKind::Invalid);
        EXPECT_THAT(problem->detail, HasSubstr("more than 32 levels"));
    }
}
TEST(BodyReader, IsNotEndedByNul) {
    EXPECT_THAT(read(std::string("{}\0garbage", 10)).problem->detail, HasSubstr("not JSON"));
}

RC_GTEST_PROP(BodyReader, AnyBytesGiveValuesOrAProblem, (const std::string& body)) {
    (void)read(body);
}

TEST(Problem, IsWhatTheRfcSays) {
    const auto response = problem_response({.kind = ProblemKind::Invalid,
                                            .detail = "no \xFF",
                                            .pointer = "/x",
                                            .more = R"({"why": "so"})"});
    EXPECT_EQ(response.status, 422u);
    EXPECT_EQ(response.type, "application/problem+json");
    const auto json = nlohmann::json::parse(response.body);
    EXPECT_EQ(json["type"], "/docs/rest_api#invalid");
    EXPECT_EQ(json["status"], 422);
    EXPECT_EQ(json["pointer"], "/x");
    EXPECT_EQ(json["why"], "so");
}

}  // namespace
}  // namespace midinet::admin
