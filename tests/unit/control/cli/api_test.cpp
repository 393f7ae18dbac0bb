// What is asked of the API, and what its answers mean.
#include "control/cli/api/show_calls.hpp"
#include "control/cli/metrics.hpp"
#include "unit/control/cli/golden.hpp"
#include "unit/control/cli/scripted_show.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control::cli {
namespace {

using namespace testing;
using ::testing::HasSubstr;

class FakeWeb final : public io::HttpClient {
  public:
    Result<io::HttpAnswer> ask(const io::HttpQuestion& question) override {
        asked = question;
        return answer;
    }
    io::HttpQuestion asked;
    Result<io::HttpAnswer> answer = io::HttpAnswer{200, "{}"};
};

ApiRefusal refusal(int status, const std::string& body, const std::string& token = {}) {
    FakeWeb web;
    web.answer = io::HttpAnswer{status, body};
    const ApiAccess access{"http://foh:8080", token, {}};
    const auto answer = ApiCaller(web, access).ask("GET", "/api/x");
    EXPECT_FALSE(answer);
    return answer ? ApiRefusal{} : answer.error();
}

std::string call_text(Task task) {
    Request request;
    request.task = task;
    request.client = "foh";
    const auto call = call_for(request);
    return call.method + ' ' + call.path + ' ' + call.body;
}

TEST(CliApi, EachTaskIsAResource) {
    EXPECT_EQ(call_text(Task::Status), "GET /api/status ");
    EXPECT_EQ(call_text(Task::FailoverStatus), "GET /api/failover ");
    EXPECT_EQ(call_text(Task::Switch), "POST /api/failover/switch {}");
    EXPECT_EQ(call_text(Task::Arm), R"(PUT /api/failover/auto {"enabled":true})");
    EXPECT_EQ(call_text(Task::Disarm), R"(PUT /api/failover/auto {"enabled":false})");
    EXPECT_EQ(call_text(Task::GiveFocus), R"(PUT /api/focus {"client":"foh"})");
    EXPECT_EQ(call_text(Task::FocusNobody), R"(PUT /api/focus {"client":null})");
    EXPECT_EQ(call_text(Task::FocusAuto), R"(PUT /api/focus {"auto":true})");
    EXPECT_EQ(call_for({.task = Task::Audit}).path, "") << "the API has none";
    Request request;
    request.task = Task::Switch;
    request.target = SourceId{2};
    request.device = DeviceSlot{3};
    request.all_devices = false;
    EXPECT_EQ(call_for(request).path, "/api/failover/switch?device=3");
    EXPECT_EQ(call_for(request).body, R"({"target":2})");
}

TEST(CliApi, ARefusalIsASentenceWithTheNextStep) {
    EXPECT_THAT(refusal(401, "{}").sentence, HasSubstr("wants a token: give the token"));
    EXPECT_THAT(refusal(401, "{}", "x").sentence, HasSubstr("does not take this token"));
    EXPECT_EQ(refusal(409, R"({"detail":"locked for 3 s"})").code, ExitCode::Refused);
    EXPECT_EQ(refusal(409, R"({"detail":"locked for 3 s"})").sentence, "locked for 3 s");
    EXPECT_EQ(refusal(428, "{}").code, ExitCode::Confirm);
    EXPECT_EQ(refusal(503, "{}").code, ExitCode::Unreachable);
    EXPECT_EQ(refusal(422, R"({"detail":"no","pointer":"/a"})").sentence, "no (/a)");
    EXPECT_THAT(refusal(404, "").sentence, HasSubstr("has no /api/x: is it midi-admin"));
    EXPECT_THAT(refusal(500, "<html>").sentence, HasSubstr("answers 500"));
    EXPECT_THAT(refusal(200, "<html>").sentence, HasSubstr("is it midi-admin?"));
}

TEST(CliApi, SilenceIsUnreachableAndSaysWhatElseToDo) {
    FakeWeb web;
    web.answer = fail("connection refused");
    const ApiAccess access{"http://foh:8080", "secret", {}};
    const auto answer = ApiCaller(web, access).ask("PUT", "/api/focus", "{}");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ExitCode::Unreachable);
    EXPECT_THAT(answer.error().sentence, HasSubstr("connection refused; is midi-admin running"));
    EXPECT_EQ(web.asked.url, "http://foh:8080/api/focus");
    EXPECT_EQ(web.asked.token, "secret");
    EXPECT_EQ(web.asked.method + web.asked.body, "PUT{}");
}

TEST(CliApi, ExitCodesAreThoseOfTheControlPlane) {
    const auto code = [](Task task, const char* text) {
        return exit_code_of(task, JsonValue::parse(text));
    };
    EXPECT_EQ(code(Task::Status, R"({"verdict":"ready"})"), ExitCode::Ok);
    EXPECT_EQ(code(Task::Status, R"({"verdict":"not_safe"})"), ExitCode::Degraded);
    EXPECT_EQ(code(Task::Status, R"({"verdict":"unreachable"})"), ExitCode::Unreachable);
    EXPECT_EQ(code(Task::Hosts, R"({"hosts":[]})"), ExitCode::Unreachable);
    EXPECT_EQ(code(Task::Hosts, R"({"hosts":[{"id":1,"gone":true},{"id":2,"heard":false}]})"),
              ExitCode::Unreachable);
    EXPECT_EQ(code(Task::Hosts, R"({"hosts":[{"id":1,"gone":false,"heard":true}]})"), ExitCode::Ok);
    EXPECT_EQ(code(Task::FailoverStatus, R"({"hosts":[]})"), ExitCode::Unreachable);
    EXPECT_EQ(code(Task::FailoverStatus, R"({"hosts":[{"id":1}]})"), ExitCode::Ok);
    EXPECT_EQ(code(Task::Focus, R"({"surfaces":[]})"), ExitCode::Unreachable);
    EXPECT_EQ(code(Task::Focus, R"({"surfaces":[{"host":1}]})"), ExitCode::Ok);
    EXPECT_EQ(code(Task::Switch, R"({"clients_ok":1,"clients_total":2})"), ExitCode::Degraded);
    EXPECT_EQ(code(Task::Switch, R"({"clients_ok":2,"clients_total":2})"), ExitCode::Ok);
}

TEST(CliApi, ARefusalOfWhoIsNotThereHasTheCodeThatItHasWithoutTheApi) {
    const auto invalid = refusal(422, R"({"detail":"no client x is heard","pointer":"/client"})");
    EXPECT_EQ(exit_code_of({.task = Task::GiveFocus}, invalid), ExitCode::Refused);
    EXPECT_EQ(exit_code_of({.task = Task::Switch}, invalid), ExitCode::Error);
    const auto no_device = refusal(404, R"({"type":"docs#not-found","detail":"No device 2"})");
    Request request;
    EXPECT_EQ(exit_code_of(request, no_device), ExitCode::Error);
    request.all_devices = false;
    EXPECT_EQ(exit_code_of(request, no_device), ExitCode::Unreachable);
    EXPECT_EQ(exit_code_of(request, refusal(409, "{}")), ExitCode::Refused);
}

TEST(CliApi, WhatAnAnswerLacksIsUnknown) {
    for (const auto task : {Task::Status, Task::Hosts, Task::Clients, Task::Focus,
                            Task::FailoverStatus, Task::Switch})
        for (const char* text : {"{}", R"({"hosts":[1,{}],"clients":[null,{}],"reasons":[{}]})",
                                 R"({"hosts":7,"clients":"x","reasons":{},"holder":3})"})
            EXPECT_FALSE(api_text(task, JsonValue::parse(text)).empty());
    EXPECT_EQ(alerts_text(JsonValue::parse("{}")), "No alert.\n");
    EXPECT_THAT(alerts_text(JsonValue::parse(
                    R"({"active":[{"text":"it burns","fix":"water","acknowledged":"2026"}]})")),
                HasSubstr("it burns (acknowledged)\n"));
    EXPECT_FALSE(system_metrics_text(JsonValue::parse("{}")).empty());
    EXPECT_FALSE(midi_metrics_text(JsonValue::parse("{}")).empty());
}

TEST(CliMetrics, RatesAreBetweenTwoStatusesByTheBoxesOwnClocks) {
    Show before;
    auto box = host(1, "left");
    auto foh = client(kFoh, "foh");
    box.counters.events = 1000;
    foh.counters.played = 500;
    before.hears(box);
    before.hears(foh);
    Show after;
    box.uptime_ms += 2000;
    box.counters.events = 1500;
    foh.uptime_ms += 1000;
    foh.counters.played = 400;  // it was started anew
    after.hears(box);
    after.hears(foh);
    const auto json = midi_metrics_json(before.roster, after.scene().view());
    EXPECT_EQ(json["totals"]["events_per_s"], 250.0);
    EXPECT_EQ(json["hosts"][0]["rate"]["events_per_s"], 250.0);
    EXPECT_EQ(json["clients"][0]["rate"]["played_per_s"], 0.0);
    EXPECT_THAT(midi_metrics_text(json), HasSubstr("250.0 events/s"));
    expect_golden("metrics.txt", midi_metrics_text(json));
    expect_golden("metrics.json", json.dump() + '\n');
    const auto same = midi_metrics_json(after.roster, after.scene().view());
    EXPECT_EQ(same["totals"]["events_per_s"], 0.0) << "the same status twice is no rate";
}

}  // namespace
}  // namespace midinet::control::cli
