// To be preloaded into a daemon: tells of every allocation, lock, sleep and line of output on its
// engine thread, from the thread's first wait to its last. Changes nothing else.
//
// The thread is known by the name it gives itself. The last thing it does is to wake the control
// thread, but it may do that before, too: it was not the end when another wait follows, and what
// was called in between counts then. What it finds is appended to the file MIDINET_TRAP_LOG names:
//   armed | trapped CALL, and then its callers' addresses | woke WAITS: so far

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* memory, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* memory) noexcept;
}

namespace {

enum class Stage : unsigned char { Other, Named, Armed, Woke };

// The static model: reading one of these must not allocate.
[[gnu::tls_model("initial-exec")]] thread_local Stage stage = Stage::Other;
[[gnu::tls_model("initial-exec")]] thread_local unsigned long waits = 0;
[[gnu::tls_model("initial-exec")]] thread_local unsigned told = 0;
int log_file = -1;

constexpr const char* kEngine = "midinet-engine";
constexpr unsigned kMostTold = 20;
constexpr int kMostFrames = 24;

/// What stands behind the function of this name in the libraries that follow.
template <typename Function>
void find(Function*& function, const char* name) noexcept {
    if (function == nullptr) function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

decltype(write)* real_write = nullptr;

void say(const char* text) noexcept {
    find(real_write, "write");
    [[maybe_unused]] const auto n = real_write(log_file, text, std::strlen(text));
}

/// A call, and by whom it was made.
struct Call {
    const char* what = nullptr;
    std::array<void*, kMostFrames> frames{};
    int depth = 0;
};
/// The first one since a wake that may have been the last.
[[gnu::tls_model("initial-exec")]] thread_local Call after_wake;

void tell(Call& call) noexcept {
    if (told++ >= kMostTold) return;
    std::array<char, 64> line;
    std::snprintf(line.data(), line.size(), "trapped %s\n", call.what);
    say(line.data());
    backtrace_symbols_fd(call.frames.data(), call.depth, log_file);
}

/// The call `what` was made on this thread.
void saw(const char* what) noexcept {
    const Stage was = stage;
    if (was != Stage::Armed && (was != Stage::Woke || after_wake.what != nullptr)) return;
    stage = Stage::Named;  // what is done here is not the program's
    Call call{.what = what};
    call.depth = backtrace(call.frames.data(), kMostFrames);
    if (was == Stage::Armed)
        tell(call);
    else
        after_wake = call;
    stage = was;
}

void on_wait() noexcept {
    ++waits;
    if (stage != Stage::Named && stage != Stage::Woke) return;
    if (stage == Stage::Named) say("armed\n");
    stage = Stage::Named;
    if (after_wake.what != nullptr) tell(after_wake);
    after_wake.what = nullptr;
    stage = Stage::Armed;
}

bool is_event(int fd) noexcept {
    std::array<char, 32> path;
    std::array<char, 32> target{};
    std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
    return readlink(path.data(), target.data(), target.size() - 1) > 0 &&
           std::strcmp(target.data(), "anon_inode:[eventfd]") == 0;
}

void on_write(int fd, std::size_t size) noexcept {
    if (stage != Stage::Armed && stage != Stage::Woke) return;
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO) saw("output");
    if (size != sizeof(std::uint64_t) || !is_event(fd)) return;
    std::array<char, 64> line;
    std::snprintf(line.data(), line.size(), "woke %lu\n", waits);
    say(line.data());
    stage = Stage::Woke;
}

template <typename Function, typename... Arguments>
auto forward(Function*& real, const char* name, Arguments... arguments) {
    find(real, name);
    saw(name);
    return real(arguments...);
}

[[gnu::constructor]] void open_log() {
    std::array<void*, 1> frame;
    (void)backtrace(frame.data(), 1);  // loads what it needs now
    if (const char* path = std::getenv("MIDINET_TRAP_LOG"))
        log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
    saw("malloc");
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    saw("calloc");
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
    saw("realloc");
    return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    saw("aligned_alloc");
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
    saw("posix_memalign");
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}
void free(void* memory) noexcept {
    saw("free");
    __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    static decltype(pthread_mutex_lock)* real;
    return forward(real, "pthread_mutex_lock", mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    static decltype(pthread_mutex_trylock)* real;
    return forward(real, "pthread_mutex_trylock", mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    static decltype(pthread_rwlock_rdlock)* real;
    return forward(real, "pthread_rwlock_rdlock", lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    static decltype(pthread_rwlock_wrlock)* real;
    return forward(real, "pthread_rwlock_wrlock", lock);
}
int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
    static decltype(pthread_spin_lock)* real;
    return forward(real, "pthread_spin_lock", lock);
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static decltype(pthread_cond_wait)* real;
    return forward(real, "pthread_cond_wait", condition, mutex);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
    static decltype(pthread_cond_timedwait)* real;
    return forward(real, "pthread_cond_timedwait", condition, mutex, until);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
    static decltype(pthread_cond_clockwait)* real;
    return forward(real, "pthread_cond_clockwait", condition, mutex, clock, until);
}
int sem_wait(sem_t* semaphore) {
    static decltype(sem_wait)* real;
    return forward(real, "sem_wait", semaphore);
}
int nanosleep(const timespec* time, timespec* rest) {
    static decltype(nanosleep)* real;
    return forward(real, "nanosleep", time, rest);
}
int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* rest) {
    static decltype(clock_nanosleep)* real;
    return forward(real, "clock_nanosleep", clock, flags, time, rest);
}
std::size_t fwrite(const void* bytes, std::size_t size, std::size_t count, FILE* file) {
    static decltype(fwrite)* real;
    return forward(real, "fwrite", bytes, size, count, file);
}

/// What std::atomic's wait and hand-made locks are built on.
long syscall(long number, ...) noexcept {
    static decltype(syscall)* real;
    std::va_list list;
    va_start(list, number);
    std::array<long, 6> a;
    for (auto& argument : a) argument = va_arg(list, long);
    va_end(list);
    find(real, "syscall");
    if (number == SYS_futex) saw("futex");
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
    find(real_write, "write");
    on_write(fd, size);
    return real_write(fd, bytes, size);
}

int epoll_wait(int epoll, epoll_event* events, int most, int milliseconds) {
    static decltype(epoll_wait)* real;
    find(real, "epoll_wait");
    on_wait();
    return real(epoll, events, most, milliseconds);
}
int epoll_pwait2(int epoll, epoll_event* events, int most, const timespec* timeout,
                 const sigset_t* signals) noexcept {
    static decltype(epoll_pwait2)* real;
    find(real, "epoll_pwait2");
    on_wait();
    return real(epoll, events, most, timeout, signals);
}

int pthread_setname_np(pthread_t thread, const char* name) noexcept {
    static decltype(pthread_setname_np)* real;
    find(real, "pthread_setname_np");
    if (pthread_equal(thread, pthread_self()) != 0 && std::strcmp(name, kEngine) == 0)
        stage = Stage::Named;
    return real(thread, name);
}

}  // extern "C"
