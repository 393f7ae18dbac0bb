#include "platform/posix/byte_ring.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <deque>
#include <vector>

namespace midinet::platform {
namespace {

RC_GTEST_PROP(ByteRing, BehavesAsAQueueOfBytes,
              (const std::vector<std::vector<std::uint8_t>>& pushes)) {
    std::array<std::uint8_t, 37> memory{};
    ByteRing ring(memory);
    std::deque<std::uint8_t> model;
    for (const auto& bytes : pushes) {
        const bool fits = model.size() + bytes.size() <= memory.size();
        RC_ASSERT(ring.push(bytes) == fits);
        if (fits) model.insert(model.end(), bytes.begin(), bytes.end());
        const auto front = ring.front();
        RC_ASSERT(front.empty() == model.empty());
        for (std::size_t i = 0; i < front.size(); ++i) RC_ASSERT(front[i] == model[i]);
        const std::size_t out = *rc::gen::inRange<std::size_t>(0, front.size() + 1);
        ring.pop(out);
        model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(out));
        RC_ASSERT(ring.size() == model.size());
    }
}

TEST(ByteRing, StartsAtTheFrontAgainWhenItRunsEmpty) {
    std::array<std::uint8_t, 8> memory{};
    ByteRing ring(memory);
    for (int i = 0; i < 10; ++i) {
        ring.push(std::vector<std::uint8_t>{0x90, 0x3C, 0x64});
        EXPECT_EQ(ring.front().data(), memory.data());
        ring.pop(3);
    }
}

}  // namespace
}  // namespace midinet::platform
