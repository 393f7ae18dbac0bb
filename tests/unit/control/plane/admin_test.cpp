// midi-admins: who is there, and whether they were told the same.
#include "control/plane/admin_book.hpp"
#include "control/report/admins.hpp"
#include "unit/control/plane/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace midinet::control::plane {
namespace {

using namespace testing;
using ::testing::HasSubstr;

constexpr TimePoint kStart{10s};
constexpr io::Endpoint kFrom{0x0A000007, 40000};

AdminStatus admin(std::uint64_t number, std::uint32_t agreement = 7) {
    auto status = some_admin();
    status.id = SenderId{kClientBit | number};
    status.name = Name{"box-" + std::to_string(number)};
    status.tls = false;
    status.config = {agreement, 1'700'000'000'000 + number * 1000, false};
    return status;
}
AdminBook book_of(const std::vector<AdminStatus>& all) {
    AdminBook book;
    for (const auto& one : all) book.on_status(one, kFrom, kStart);
    return book;
}

TEST(AdminBook, ForgetsWhoSaidNothingForThreeStatusesAndAHalf) {
    auto book = book_of({admin(1), admin(2)});
    auto later = admin(2);
    later.uptime_ms += 1000;
    book.on_status(later, kFrom, kStart + 1s);
    book.on_timer(kStart + 3499ms);
    EXPECT_EQ(book.admins().size(), 2U);
    book.on_timer(kStart + 3500ms);
    ASSERT_EQ(book.admins().size(), 1U);
    EXPECT_EQ(book.admins().begin()->second.status, later);
}

TEST(AdminBook, ForgetsWhoEndsAtOnce) {
    auto book = book_of({admin(1)});
    auto last = admin(1);
    last.leaving = true;
    book.on_status(last, kFrom, kStart);
    EXPECT_TRUE(book.admins().empty());
    book.on_status(last, kFrom, kStart);
    EXPECT_TRUE(book.admins().empty()) << "the copy of another network";
}

TEST(AdminBook, KeepsWhereAStatusWasHeardFirst) {
    auto book = book_of({admin(1)});
    book.on_status(admin(1), {0x0B000007, 1}, kStart);
    EXPECT_EQ(book.admins().begin()->second.from, kFrom);
    auto later = admin(1);
    ++later.uptime_ms;
    book.on_status(later, {0x0B000007, 1}, kStart);
    EXPECT_EQ(book.admins().begin()->second.from.address, 0x0B000007U);
}

TEST(AdminBook, IsBounded) {
    AdminBook book;
    for (std::uint64_t n = 1; n <= AdminBook::kMost + 1; ++n)
        book.on_status(admin(n), kFrom, kStart);
    EXPECT_EQ(book.admins().size(), AdminBook::kMost);
    EXPECT_FALSE(book.admins().contains(admin(AdminBook::kMost + 1).id));
}

TEST(Admins, AreServedWhereTheyListenOrWhereTheyAreHeardFrom) {
    const auto url = [](const char* listen, bool tls) {
        auto status = admin(1);
        status.listen = decltype(status.listen){listen};
        status.tls = tls;
        return admin_url({status, kFrom, kStart});
    };
    EXPECT_EQ(url("0.0.0.0:8080", false), "http://10.0.0.7:8080");
    EXPECT_EQ(url("[::]:443", true), "https://10.0.0.7:443");
    EXPECT_EQ(url("192.168.1.9:80", false), "http://192.168.1.9:80");
    EXPECT_EQ(url("[fd00::1]:80", false), "http://[fd00::1]:80");
    EXPECT_EQ(url("rubbish", false), "http://10.0.0.7:0") << "and nobody falls over it";
}

TEST(Admins, ThatWereToldTheSameAgree) {
    EXPECT_FALSE(admins_disagreement(book_of({admin(1), admin(2)})));
    EXPECT_FALSE(admins_disagreement(book_of({admin(1), admin(2, 0)}))) << "it has no file";
    EXPECT_TRUE(admin_findings(book_of({admin(1), admin(2)}), {}).empty());
}

TEST(Admins, ThatWereToldDifferentThingsAreNamedWithWhoseIsTheLatest) {
    const auto told = admins_disagreement(book_of({admin(1), admin(2), admin(3, 8)}));
    ASSERT_TRUE(told);
    EXPECT_EQ(*told,
              "midi-admin on box-1 (http://10.0.0.7:8080) and on box-3 (http://10.0.0.7:8080) have "
              "different configuration files; that of box-3 (http://10.0.0.7:8080) was changed "
              "last, 2023-11-14T22:13:23.000Z");
    auto older = admin(3, 8);
    older.config.changed_ms = 0;
    EXPECT_THAT(*admins_disagreement(book_of({admin(1), older})),
                ::testing::Not(HasSubstr("changed last")));
}

TEST(Admins, WithAFileThatCannotBeUsedAreNamedButByThemselves) {
    auto broken = admin(2, 0);
    broken.config.broken = true;
    const auto book = book_of({admin(1), broken});
    const auto findings = admin_findings(book, admin(1).id);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_THAT(findings[0].text, HasSubstr("midi-admin on box-2"));
    EXPECT_TRUE(admin_findings(book, broken.id).empty()) << "it says so itself, and why";
}

TEST(Admins, AreToldWithWhetherTheyAgreeWithWhoTells) {
    const auto book = book_of({admin(1), admin(2, 8), admin(3, 0), admin(4)});
    const auto json = admins_json(book, admin(1).id, kStart + 700ms);
    ASSERT_EQ(json.size(), 4U);
    EXPECT_EQ(json[0]["self"], true);
    EXPECT_EQ(json[0]["age_ms"], 700);
    EXPECT_EQ(json[0]["config"]["agrees"], true);
    EXPECT_EQ(json[1]["config"]["agrees"], false);
    EXPECT_EQ(json[1]["config"]["fingerprint"], "00000008");
    EXPECT_TRUE(json[2]["config"]["agrees"].is_null());
    EXPECT_EQ(json[3]["config"]["agrees"], true);
    EXPECT_TRUE(admins_json(book, {}, kStart)[0]["config"]["agrees"].is_null()) << "nobody's";
}

}  // namespace
}  // namespace midinet::control::plane
