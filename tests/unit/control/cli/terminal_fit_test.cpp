#include "control/cli/terminal_fit.hpp"

#include <gtest/gtest.h>

namespace midinet::control::cli {
namespace {

TEST(TerminalFit, WhatHasRoomIsShownWhole) {
    EXPECT_EQ(fit_terminal("a\nb\nc\n", {80, 4}), "a\nb\nc\n");
    EXPECT_EQ(fit_terminal("", {80, 4}), "");
}

TEST(TerminalFit, TheFirstLinesStayAndTheRestIsCounted) {
    EXPECT_EQ(fit_terminal("a\nb\nc\nd\ne\n", {80, 4}),
              "a\nb\n... 3 more lines: make the window larger\n");
    EXPECT_EQ(fit_terminal("a\nb\nc\nd\ne", {80, 5}),
              "a\nb\nc\n... 2 more lines: make the window larger\n");
    EXPECT_EQ(fit_terminal("a\nb\nc\nd d", {3, 4}),
              "a\nb\n... 2 more lines: make the window larger\n");
}

TEST(TerminalFit, AFoldedLineNeedsTheRowsThatItIsFoldedTo) {
    EXPECT_EQ(fit_terminal("abcdefghij\nb\nc\n", {10, 4}), "abcdefghij\nb\nc\n");
    EXPECT_EQ(fit_terminal("abcdefghijk\nb\nc\n", {10, 4}),
              "abcdefghijk\n... 2 more lines: make the window larger\n");
    EXPECT_EQ(fit_terminal("\u00fc\u00fc\u00fc\u00fc\u00fc\nb\nc\n", {5, 4}),
              "\u00fc\u00fc\u00fc\u00fc\u00fc\nb\nc\n");
}

TEST(TerminalFit, ATerminalThatDoesNotSayItsSizeGetsAll) {
    const std::string text = "a\nb\nc\nd\ne\n";
    EXPECT_EQ(fit_terminal(text, {}), text);
    EXPECT_EQ(fit_terminal(text, {80, 0}), text);
    EXPECT_EQ(fit_terminal(text, {0, 24}), text);
    EXPECT_EQ(fit_terminal(text, {80, 3}), text);
}

}  // namespace
}  // namespace midinet::control::cli
