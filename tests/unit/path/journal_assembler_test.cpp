#include "path/receive/journal_assembler.hpp"

#include "unit/path/hearing.hpp"

namespace midinet::path {
namespace {

class JournalAssemblerTest : public ::testing::Test {
  protected:
    using Records = std::vector<midi::StateRecord>;
    void put(wire::JournalHead head, const Records& records) {
        std::array<std::byte, wire::kMaxPayload> buffer;
        ByteWriter writer{buffer};
        for (const auto& record : records) wire::encode_state_record(writer, record);
        assembler_.put({.head = head, .records = writer.written()});
    }
    int volume() const {
        const auto* port = assembler_.state().find(PortIndex{0});
        return port != nullptr ? port->control(0, 7) : -1;
    }
    static std::uint64_t digest_of_volume(unsigned value) {
        return digest_after({midi::control_change(0, 7, value)});
    }
    JournalAssembler assembler_;
};

constexpr midi::StateRecord kHeldNote{.cell = midi::Cell::Note, .key = 60, .value = 0x0164};
constexpr midi::StateRecord kItsPressure{.cell = midi::Cell::PolyPressure, .key = 60, .value = 33};

TEST_F(JournalAssemblerTest, BeginsIncomplete) { EXPECT_FALSE(assembler_.complete()); }

TEST_F(JournalAssemblerTest, OneFragmentWithTheRightDigestIsComplete) {
    put({.at = {4}, .digest = digest_of_volume(99)}, {control_record(7, 99)});
    EXPECT_TRUE(assembler_.complete());
    EXPECT_EQ(volume(), 99);
    EXPECT_EQ(assembler_.head().at, Sequence{4});
}

TEST_F(JournalAssemblerTest, IncompleteUntilTheLastFragmentIsHere) {
    const auto digest =
        digest_after({midi::control_change(0, 7, 1), midi::control_change(0, 10, 2)});
    put({.digest = digest, .index = 1, .count = 2}, {control_record(10, 2)});
    put({.digest = digest, .index = 1, .count = 2}, {control_record(10, 2)});
    EXPECT_FALSE(assembler_.complete()) << "the same fragment twice is one";
    put({.digest = digest, .index = 0, .count = 2}, {control_record(7, 1)});
    EXPECT_TRUE(assembler_.complete());
}

TEST_F(JournalAssemblerTest, RecordInALaterFragmentMayRestOnOneInAnEarlierThatComesAfterIt) {
    const auto digest = digest_after({midi::note_on(0, 60, 100), midi::poly_pressure(0, 60, 33)});
    put({.digest = digest, .index = 1, .count = 2}, {kItsPressure});
    put({.digest = digest, .index = 0, .count = 2}, {kHeldNote});
    ASSERT_TRUE(assembler_.complete());
    EXPECT_EQ(assembler_.state().find(PortIndex{0})->poly_pressure(0, 60), 33);
}

TEST_F(JournalAssemblerTest, WrongDigestIsDroppedAndTheNextJournalStartsClean) {
    put({.at = {4}, .digest = 77}, {control_record(7, 1), control_record(8, 1)});
    EXPECT_FALSE(assembler_.complete());
    put({.at = {4}, .digest = digest_of_volume(99)}, {control_record(7, 99)});
    EXPECT_TRUE(assembler_.complete());
    EXPECT_EQ(assembler_.state().find(PortIndex{0})->control(0, 8), -1);
}

TEST_F(JournalAssemblerTest, WrongDigestIsDroppedEvenWhereAnOlderJournalComesNext) {
    put({.at = {9}, .digest = 77}, {control_record(7, 1)});
    put({.at = {4}, .digest = digest_of_volume(99)}, {control_record(7, 99)});
    EXPECT_TRUE(assembler_.complete());
}

TEST_F(JournalAssemblerTest, NewerJournalReplacesAHalfOlderOne) {
    put({.at = {4}, .digest = 1, .index = 0, .count = 2}, {control_record(8, 1)});
    put({.at = {5}, .digest = digest_of_volume(99)}, {control_record(7, 99)});
    EXPECT_TRUE(assembler_.complete());
    EXPECT_EQ(assembler_.head().at, Sequence{5});
    EXPECT_EQ(assembler_.state().find(PortIndex{0})->control(0, 8), -1);
}

TEST_F(JournalAssemblerTest, FragmentOfAnOlderJournalIsIgnored) {
    const auto digest =
        digest_after({midi::control_change(0, 7, 1), midi::control_change(0, 10, 2)});
    put({.at = {5}, .digest = digest, .index = 0, .count = 2}, {control_record(7, 1)});
    put({.at = {4}, .digest = digest_of_volume(99)}, {control_record(7, 99)});
    EXPECT_FALSE(assembler_.complete());
    put({.at = {5}, .digest = digest, .index = 1, .count = 2}, {control_record(10, 2)});
    EXPECT_TRUE(assembler_.complete());
}

TEST_F(JournalAssemblerTest, FragmentsOfJournalsThatDifferInDigestOrCountDoNotMix) {
    put({.at = {4}, .digest = digest_of_volume(1), .index = 0, .count = 2}, {control_record(7, 1)});
    put({.at = {4}, .digest = digest_of_volume(2), .index = 1, .count = 2}, {});
    EXPECT_FALSE(assembler_.complete());
    put({.at = {4}, .digest = digest_of_volume(2), .index = 1, .count = 3}, {});
    put({.at = {4}, .digest = digest_of_volume(2), .index = 0, .count = 3}, {control_record(7, 2)});
    EXPECT_FALSE(assembler_.complete());
    put({.at = {4}, .digest = digest_of_volume(2), .index = 2, .count = 3}, {});
    EXPECT_TRUE(assembler_.complete());
    EXPECT_EQ(volume(), 2);
}

TEST_F(JournalAssemblerTest, NotesAreAsOldAsTheySoundedWhenTheJournalWasTaken) {
    auto held = kHeldNote;
    held.age_ms = 250;
    put({.taken_us = 10'000'000, .digest = digest_after({midi::note_on(0, 60, 100)})}, {held});
    ASSERT_TRUE(assembler_.complete());
    EXPECT_EQ(assembler_.state().find(PortIndex{0})->note(0, 60, 10'100'000).age, 350ms);
}

TEST_F(JournalAssemblerTest, ResetForgetsHalfAJournal) {
    put({.at = {4}, .digest = digest_of_volume(1), .index = 0, .count = 2}, {control_record(7, 1)});
    assembler_.reset();
    put({.at = {4}, .digest = digest_of_volume(1), .index = 1, .count = 2}, {});
    EXPECT_FALSE(assembler_.complete());
}

TEST_F(JournalAssemblerTest, TheLargestJournalFits) {
    const auto digest = digest_of_volume(99);
    const auto last = static_cast<std::uint8_t>(wire::kMaxJournalFragments - 1);
    for (unsigned i = 0; i <= last; ++i)
        put({.digest = digest,
             .index = static_cast<std::uint8_t>(i),
             .count = static_cast<std::uint8_t>(wire::kMaxJournalFragments)},
            i == last ? Records{control_record(7, 99)} : Records{});
    EXPECT_TRUE(assembler_.complete());
}

}  // namespace
}  // namespace midinet::path
