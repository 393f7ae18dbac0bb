#include "platform/linux/run_program.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

namespace midinet::platform {
namespace {

constexpr std::size_t kMost = std::size_t{16} << 20U;

struct Pipe {
    FileDescriptor read;
    FileDescriptor write;
};
std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// Errors: what posix_spawn says.
Result<pid_t> start(const std::vector<std::string>& words, const Pipe& out, const Pipe& err) {
    std::vector<std::string> copies = words;
    std::vector<char*> argv;
    argv.reserve(copies.size() + 1);
    for (auto& word : copies) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    if (::posix_spawn_file_actions_init(&actions) != 0) return fail("there is no memory");
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
    pid_t child = 0;
    const int error = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return fail("cannot run " + words.front() + ": " + os_error(error));
    return child;
}

/// False once the pipe has ended.
bool drain(const Pipe& pipe, std::string& text) {
    std::array<char, 16'384> buffer{};
    const auto got = ::read(pipe.read.get(), buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
}

/// Whether it ended by itself.
bool read_both(Pipe& out, Pipe& err, ProgramOutput& output, Duration patience) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + patience;
    bool out_open = true;
    bool err_open = true;
    while (out_open || err_open) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0 || output.out.size() + output.complaint.size() > kMost) return false;
        std::array<pollfd, 2> ends{pollfd{out_open ? out.read.get() : -1, POLLIN, 0},
                                   pollfd{err_open ? err.read.get() : -1, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), static_cast<int>(left.count())) < 0) continue;
        if (ends[0].revents != 0) out_open = drain(out, output.out);
        if (ends[1].revents != 0) err_open = drain(err, output.complaint);
    }
    return true;
}

}  // namespace

Result<ProgramOutput> run_program(const std::vector<std::string>& words, Duration patience) {
    auto out = make_pipe();
    auto err = make_pipe();
    if (!out || !err) return fail_errno("a pipe for " + words.front());
    const auto child = start(words, *out, *err);
    out->write.close();
    err->write.close();
    if (!child) return tl::unexpected(child.error());
    ProgramOutput output;
    const bool ended = read_both(*out, *err, output, patience);
    if (!ended) ::kill(*child, SIGKILL);
    int status = 0;
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended) return fail(words.front() + " did not end in time, or said too much");
    output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    output.complaint = output.complaint.substr(0, output.complaint.find('\n'));
    return output;
}

}  // namespace midinet::platform
