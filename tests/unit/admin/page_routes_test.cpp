#include "admin/routes/page_routes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace midinet::admin {
namespace {

// "hello\n", as gzip writes it.
constexpr char kHello[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00";
constexpr std::string_view kPacked{kHello, sizeof(kHello) - 1};
constexpr std::array<embedded::File, 3> kFiles{
    {{"/", "text/html; charset=utf-8", "\"abc\"", kPacked, 6, false},
     {"/failover", "text/html; charset=utf-8", "\"abc\"", kPacked, 6, false},
     {"/assets/x-1.js", "text/javascript; charset=utf-8", "\"def\"", kPacked, 6, true}}};

class Pages : public ::testing::Test {
  protected:
    Pages() {
        for (auto& route : make_page_routes(kFiles)) router_.add(std::move(route));
        router_.on_stray([](const Request& request) { return stray_page(kFiles, request); });
    }
    Response get(std::string path,
                 std::initializer_list<std::pair<const char*, const char*>> headers = {}) {
        Request request{.method = Method::Get, .path = std::move(path)};
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        Response response;
        router_.answer(request, [&](Response said) { response = std::move(said); });
        return response;
    }
    Router router_;
};

TEST_F(Pages, ComeCompressedToWhoeverAcceptsThat) {
    for (const char* accepted : {"gzip", "br, gzip;q=0.5", "*", "GZIP , deflate"}) {
        const auto response = get("/", {{"Accept-Encoding", accepted}});
        EXPECT_EQ(response.headers.find("Content-Encoding"), "gzip") << accepted;
        EXPECT_EQ(response.body, kPacked);
    }
}

TEST_F(Pages, ComeAsTheyAreToOthers) {
    for (const char* accepted : {"", "identity", "br", "gzip;q=0", "gzip;q=0.0"}) {
        const auto response = get("/", {{"Accept-Encoding", accepted}});
        EXPECT_FALSE(response.headers.find("Content-Encoding")) << accepted;
        EXPECT_EQ(response.body, "hello\n");
    }
}

TEST_F(Pages, AreNotSentToWhoeverHasThem) {
    for (const char* tag : {"W/\"abc\"", "\"x\", \"abc\"", "*"}) {
        const auto response = get("/", {{"If-None-Match", tag}});
        EXPECT_EQ(response.status, 304U) << tag;
        EXPECT_TRUE(response.body.empty());
        EXPECT_EQ(response.headers.find("ETag"), "W/\"abc\"");
    }
    EXPECT_EQ(get("/", {{"If-None-Match", "\"def\""}}).status, 200U);
}

TEST_F(Pages, AreKeptForEverOnlyUnderNamesThatChange) {
    EXPECT_EQ(get("/").headers.find("Cache-Control"), "no-cache");
    EXPECT_NE(get("/assets/x-1.js").headers.find("Cache-Control")->find("immutable"),
              std::string::npos);
}

constexpr const char* kBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

TEST_F(Pages, ThatAreNotThereAreToldByTheDashboardToABrowser) {
    for (const char* path :
         {"/nosuchpage", "/a/b/c", "//", "/failover/x", "/api", "/assets/x-2.js"}) {
        const auto response = get(path, {{"Accept", kBrowser}});
        EXPECT_EQ(response.status, 404U) << path;
        EXPECT_EQ(response.body, "hello\n") << path;
        EXPECT_TRUE(response.headers.find("Content-Security-Policy")) << path;
        EXPECT_FALSE(response.headers.find("ETag")) << path;
    }
    EXPECT_EQ(get("/no", {{"Accept", kBrowser}, {"If-None-Match", "*"}}).status, 404U);
}

TEST_F(Pages, ThatAreNotThereAreToldInWordsToPrograms) {
    for (const char* accepted : {"", "*/*", "application/json"})
        EXPECT_EQ(get("/nosuchpage", {{"Accept", accepted}}).type, "application/problem+json");
    for (const char* path : {"/api/no", "/api/", "/ws/no"})
        EXPECT_EQ(get(path, {{"Accept", kBrowser}}).type, "application/problem+json") << path;
}

TEST_F(Pages, AreFoundWithASlashBehindTheirNames) {
    Request request{.path = "/failover//", .query = "device=2"};
    request.headers.add("Accept", kBrowser);
    Response response;
    router_.answer(request, [&](Response said) { response = std::move(said); });
    EXPECT_EQ(response.status, 308U);
    EXPECT_EQ(response.headers.find("Location"), "/failover?device=2");
    EXPECT_EQ(get("//failover/", {{"Accept", kBrowser}}).status, 404U);
}

TEST_F(Pages, MayLoadNothingButWhatThisServerServes) {
    const auto policy = std::string(get("/").headers.find("Content-Security-Policy").value());
    EXPECT_EQ(policy.find("default-src 'none'"), 0U);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(Pages, ThatAreNotThereAreNotFound) { EXPECT_EQ(get("/none").status, 404U); }

}  // namespace
}  // namespace midinet::admin
