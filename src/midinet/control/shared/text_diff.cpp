#include "control/shared/text_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace midinet::control {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kAround = 3;
/// Of the table of common lines.
constexpr std::size_t kMostCells = std::size_t{4} * 1024 * 1024;

/// With their line ends.
Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto size = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return lines;
}

struct Step {
    char what = ' ';  ///< ' ', '-' or '+'
    std::string_view line;
};
using Steps = std::vector<Step>;

/// Parts of two texts that differ at both ends, by their longest common subsequence.
class Middle {
  public:
    Middle(const Lines& a, const Lines& b) : a_(a), b_(b) {}

    void append_to(Steps& steps) {
        std::size_t i = 0;
        std::size_t j = 0;
        if ((a_.size() + 1) * (b_.size() + 1) <= kMostCells) {
            measure();
            while (i < a_.size() && j < b_.size()) {
                if (a_[i] == b_[j])
                    steps.push_back({' ', a_[i++]}), ++j;
                else if (common(i + 1, j) >= common(i, j + 1))
                    steps.push_back({'-', a_[i++]});
                else
                    steps.push_back({'+', b_[j++]});
            }
        }
        while (i < a_.size()) steps.push_back({'-', a_[i++]});
        while (j < b_.size()) steps.push_back({'+', b_[j++]});
    }

  private:
    std::uint32_t& common(std::size_t i, std::size_t j) { return table_[i * (b_.size() + 1) + j]; }
    void measure() {
        table_.assign((a_.size() + 1) * (b_.size() + 1), 0);
        for (std::size_t i = a_.size(); i-- > 0;)
            for (std::size_t j = b_.size(); j-- > 0;)
                common(i, j) = a_[i] == b_[j] ? common(i + 1, j + 1) + 1
                                              : std::max(common(i + 1, j), common(i, j + 1));
    }
    const Lines& a_;
    const Lines& b_;
    std::vector<std::uint32_t> table_;
};

Steps steps_between(const Lines& a, const Lines& b) {
    std::size_t head = 0;
    const auto shorter = std::min(a.size(), b.size());
    while (head < shorter && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    Steps steps;
    for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', a[i]});
    const Lines from(a.begin() + static_cast<std::ptrdiff_t>(head),
                     a.end() - static_cast<std::ptrdiff_t>(tail));
    const Lines to(b.begin() + static_cast<std::ptrdiff_t>(head),
                   b.end() - static_cast<std::ptrdiff_t>(tail));
    Middle(from, to).append_to(steps);
    for (std::size_t i = a.size() - tail; i < a.size(); ++i) steps.push_back({' ', a[i]});
    return steps;
}

/// Of the lines before `at`, how many each side has.
struct Place {
    std::size_t before = 0;
    std::size_t after = 0;
};

std::string range_text(std::size_t lines_before, std::size_t count) {
    return fmt::format("{},{}", count == 0 ? lines_before : lines_before + 1, count);
}

std::string hunk(const Steps& steps, std::size_t begin, std::size_t end, const Place& place) {
    Place count;
    std::string body;
    for (auto i = begin; i < end; ++i) {
        if (steps[i].what != '+') ++count.before;
        if (steps[i].what != '-') ++count.after;
        body += steps[i].what;
        body += steps[i].line;
        if (!steps[i].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    return fmt::format("@@ -{} +{} @@\n{}", range_text(place.before, count.before),
                       range_text(place.after, count.after), body);
}

/// Where the hunk ends whose first change is at `at`: changes that are near belong to it.
std::size_t end_of_hunk(const Steps& steps, std::size_t at) {
    auto last = at;
    for (auto i = at; i < steps.size() && i <= last + 2 * kAround + 1; ++i)
        if (steps[i].what != ' ') last = i;
    return std::min(last + 1 + kAround, steps.size());
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
    if (before == after) return {};
    const auto steps = steps_between(lines_of(before), lines_of(after));
    auto text = fmt::format("--- {}\n+++ {}\n", name, name);
    Place place;
    std::size_t told = 0;
    const auto pass = [&](std::size_t until) {
        for (; told < until; ++told) {
            if (steps[told].what != '+') ++place.before;
            if (steps[told].what != '-') ++place.after;
        }
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].what == ' ') continue;
        const auto begin = std::max(told, i > kAround ? i - kAround : 0);
        const auto end = end_of_hunk(steps, i);
        pass(begin);
        text += hunk(steps, begin, end, place);
        pass(end);
        i = end - 1;
    }
    return text;
}

}  // namespace midinet::control
