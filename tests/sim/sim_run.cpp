// Runs many shows from consecutive seeds and reports each that breaks an invariant.
#include "show.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string_view>

namespace {

using namespace midinet;

struct Arguments {
    std::uint64_t seeds = 1000;
    std::uint64_t start = 1;
    unsigned jobs = 1;
    bool verbose = false;
    std::optional<simtest::Kind> kind;  ///< else drawn from the seed
};

/// What a job tells its parent, in shared memory: also when it crashes.
struct Progress {
    std::atomic<std::uint64_t> runs{0};
    std::atomic<std::uint64_t> failures{0};
    std::atomic<std::uint64_t> seed{0};
};
constexpr unsigned kMostJobs = 64;

std::optional<Arguments> parse(int count, char** words) {
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        if (word == "--verbose") {
            arguments.verbose = true;
            continue;
        }
        if (word == "--plain" || word == "--redundant") {
            arguments.kind = word == "--plain" ? simtest::Kind::Plain : simtest::Kind::Redundant;
            continue;
        }
        std::uint64_t value = 0;
        if (++i == count) return std::nullopt;
        const std::string_view text = words[i];
        if (std::from_chars(text.data(), text.data() + text.size(), value).ptr !=
            text.data() + text.size())
            return std::nullopt;
        if (word == "--seeds")
            arguments.seeds = value;
        else if (word == "--start")
            arguments.start = value;
        else if (word == "--jobs")
            arguments.jobs = static_cast<unsigned>(std::clamp<std::uint64_t>(value, 1, kMostJobs));
        else
            return std::nullopt;
    }
    return arguments;
}

void run_job(const Arguments& arguments, unsigned job, Progress& progress) {
    for (auto i = std::uint64_t{job}; i < arguments.seeds; i += arguments.jobs) {
        const auto seed = arguments.start + i;
        progress.seed = seed;
        std::string said;
        const auto plan =
            arguments.kind ? simtest::make_plan(seed, *arguments.kind) : simtest::make_plan(seed);
        const auto violations = simtest::run_show(plan, arguments.verbose ? &said : nullptr);
        ++progress.runs;
        if (arguments.verbose) std::fputs(said.c_str(), stdout);
        for (const auto& violation : violations)
            std::printf("seed %llu: %s (sim_run%s --start %llu --seeds 1 --verbose)\n",
                        static_cast<unsigned long long>(seed), violation.c_str(),
                        plan.flavor == simtest::Flavor::Redundant ? " --redundant" : " --plain",
                        static_cast<unsigned long long>(seed));
        if (!violations.empty()) ++progress.failures;
        std::fflush(stdout);
    }
}

/// A process a job: an engine is single-threaded, and a crash is one seed's.
std::uint64_t run_jobs(const Arguments& arguments, Progress* progress) {
    for (unsigned job = 0; job < arguments.jobs; ++job) {
        if (::fork() != 0) continue;
        run_job(arguments, job, progress[job]);
        std::_Exit(0);
    }
    std::uint64_t crashes = 0;
    for (unsigned job = 0; job < arguments.jobs; ++job) {
        int status = 0;
        if (::wait(&status) > 0 && WIFSIGNALED(status)) ++crashes;
    }
    return crashes;
}

}  // namespace

int main(int count, char** words) {
    const auto arguments = parse(count, words);
    if (!arguments) {
        std::fputs(
            "usage: sim_run [--seeds N] [--start S] [--jobs J] [--plain | --redundant] "
            "[--verbose]\n",
            stderr);
        return 2;
    }
    // A show takes and returns tens of megabytes: kept, they need not be mapped anew for the next.
    (void)::mallopt(M_MMAP_THRESHOLD, 1 << 25);
    (void)::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    (void)::mallopt(M_TOP_PAD, 1 << 26);
    void* shared = ::mmap(nullptr, sizeof(Progress) * kMostJobs, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 2;
    auto* progress = static_cast<Progress*>(shared);
    for (unsigned job = 0; job < kMostJobs; ++job) new (progress + job) Progress;

    const auto began = std::chrono::steady_clock::now();
    const auto crashes = run_jobs(*arguments, progress);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::uint64_t runs = 0;
    std::uint64_t failures = crashes;
    for (unsigned job = 0; job < arguments->jobs; ++job) {
        runs += progress[job].runs;
        failures += progress[job].failures;
        if (crashes > 0)
            std::printf("job %u was at seed %llu\n", job,
                        static_cast<unsigned long long>(progress[job].seed.load()));
    }
    std::printf("%llu runs, %.0f runs/s, %llu violations\n", static_cast<unsigned long long>(runs),
                static_cast<double>(runs) / took.count(),
                static_cast<unsigned long long>(failures));
    return failures == 0 ? 0 : 1;
}
