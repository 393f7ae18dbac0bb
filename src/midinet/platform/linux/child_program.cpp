#include "platform/linux/child_program.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(5);
constexpr int kCannotRun = 127;

class Child final : public io::ChildProgram {
  public:
    Child(pid_t pid, FileDescriptor said) noexcept : pid_(pid), said_(std::move(said)) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() override {
        if (exit_code()) return;
        (void)::kill(pid_, SIGTERM);
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (!exit_code()) {
            if (std::chrono::steady_clock::now() > end) (void)::kill(pid_, SIGKILL);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    std::optional<int> exit_code() override {
        int status = 0;
        if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return code_;
    }
    std::string last_words() override {
        std::string text;
        std::array<char, 4096> piece{};
        off_t at = 0;
        for (;;) {
            const auto got = ::pread(said_.get(), piece.data(), piece.size(), at);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            text.append(piece.data(), static_cast<std::size_t>(got));
            at += got;
        }
        while (text.ends_with('\n')) text.pop_back();
        return text.substr(text.rfind('\n') + 1);
    }

  private:
    pid_t pid_;
    FileDescriptor said_;
    std::optional<int> code_;
};

/// Beside this program, where it is so; else its name, for PATH.
std::string place_of(const std::string& name) {
    std::error_code error;
    const auto own = fs::read_symlink("/proc/self/exe", error);
    const auto beside = own.parent_path() / name;
    return !error && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : name;
}

/// In the child: it becomes the program. Async-signal-safe.
[[noreturn]] void become(char* const* argv, int said, pid_t parent) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    (void)::dup2(nowhere, STDIN_FILENO);
    (void)::dup2(nowhere, STDOUT_FILENO);
    (void)::dup2(said, STDERR_FILENO);
    if (::getppid() == parent) (void)::execvp(argv[0], argv);
    ::_exit(kCannotRun);
}

}  // namespace

Result<std::unique_ptr<io::ChildProgram>> start_program(const std::vector<std::string>& words) {
    FileDescriptor said(::memfd_create("said", MFD_CLOEXEC));
    if (!said.valid()) return fail_errno("running " + words.front());
    std::vector<std::string> copies = words;
    copies.front() = place_of(words.front());
    std::vector<char*> argv;
    argv.reserve(copies.size() + 1);
    for (auto& word : copies) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return fail_errno("running " + words.front());
    if (pid == 0) become(argv.data(), said.get(), parent);
    return std::make_unique<Child>(pid, std::move(said));
}

}  // namespace midinet::platform
