// Runs focus shows from consecutive seeds, and those of a file, and reports each that breaks an
// invariant.
#include "focus_show.hpp"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace midinet::simtest;

struct Arguments {
    std::uint64_t seeds = 1000;
    std::uint64_t start = 1;
    std::string file;
};

std::optional<Arguments> parse(int count, char** words) {
    Arguments arguments;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view word = words[i];
        const std::string_view text = words[i + 1];
        if (word == "--file") {
            arguments.file = text;
            continue;
        }
        std::uint64_t value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ptr !=
            text.data() + text.size())
            return std::nullopt;
        if (word == "--seeds")
            arguments.seeds = value;
        else if (word == "--start")
            arguments.start = value;
        else
            return std::nullopt;
    }
    return count % 2 == 1 ? std::optional{arguments} : std::nullopt;
}

/// One a line; lines that begin with # are for people.
std::optional<std::vector<std::uint64_t>> seeds_of(const Arguments& arguments) {
    std::vector<std::uint64_t> seeds;
    if (!arguments.file.empty()) {
        std::ifstream file{arguments.file};
        if (!file) return std::nullopt;
        for (std::string line; std::getline(file, line);)
            if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
    }
    for (std::uint64_t i = 0; i < arguments.seeds; ++i) seeds.push_back(arguments.start + i);
    return seeds;
}

}  // namespace

int main(int count, char** words) {
    const auto arguments = parse(count, words);
    if (!arguments) {
        std::fputs("usage: sim_focus [--seeds N] [--start S] [--file FILE]\n", stderr);
        return 2;
    }
    const auto seeds = seeds_of(*arguments);
    if (!seeds) {
        std::fprintf(stderr, "%s cannot be read\n", arguments->file.c_str());
        return 2;
    }
    std::uint64_t bad = 0;
    FocusCounts counts;
    for (const auto seed : *seeds) {
        const auto violations = run_focus_show(seed, &counts);
        for (const auto& violation : violations)
            std::printf("seed %llu: %s (sim_focus --start %llu --seeds 1)\n",
                        static_cast<unsigned long long>(seed), violation.c_str(),
                        static_cast<unsigned long long>(seed));
        if (!violations.empty()) ++bad;
        std::fflush(stdout);
    }
    std::printf(
        "%zu runs, %llu operations, %llu terms (%llu by hand), %llu lights, %llu bad runs\n",
        seeds->size(), static_cast<unsigned long long>(counts.operations),
        static_cast<unsigned long long>(counts.terms),
        static_cast<unsigned long long>(counts.choices),
        static_cast<unsigned long long>(counts.lit), static_cast<unsigned long long>(bad));
    return bad == 0 ? 0 : 1;
}
