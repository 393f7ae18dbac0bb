// Does what an engine thread must not, so that it is known that the trap sees it. Prints what it
// did while it should be seen, one call a line.

#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace {

struct Deed {
    const char* call;
    void (*act)();
};

// Volatile: so that the compiler does not see that nothing is done with it.
thread_local void* volatile memory = nullptr;

constexpr Deed kDeeds[] = {
    {"malloc", [] { memory = ::operator new(16); }},
    {"free", [] { ::operator delete(memory); }},
    {"calloc", [] { memory = std::calloc(1, 16); }},
    {"realloc", [] { memory = std::realloc(memory, 64); }},
    {"aligned_alloc", [] { memory = ::operator new (64, std::align_val_t{64}); }},
    {"pthread_mutex_lock",
     [] {
         static std::mutex mutex;
         const std::lock_guard guard(mutex);
     }},
    {"pthread_rwlock_wrlock",
     [] {
         static std::shared_mutex mutex;
         const std::unique_lock guard(mutex);
     }},
    {"pthread_rwlock_rdlock",
     [] {
         static std::shared_mutex mutex;
         const std::shared_lock guard(mutex);
     }},
    {"sem_wait",
     [] {
         sem_t semaphore;
         sem_init(&semaphore, 0, 1);
         sem_wait(&semaphore);
     }},
    {"futex",
     [] {
         static std::uint32_t word = 0;
         syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, 1, nullptr, nullptr, 0);
     }},
    {"nanosleep",
     [] {
         const timespec brief{0, 1};
         nanosleep(&brief, nullptr);
     }},
    {"output", [] { [[maybe_unused]] const auto n = write(STDERR_FILENO, "", 0); }},
};

void do_all() {
    for (const auto& deed : kDeeds) deed.act();
}

void perform() {
    const int epoll = epoll_create1(0);
    const int control = eventfd(0, EFD_NONBLOCK);
    epoll_event event{};
    do_all();
    pthread_setname_np(pthread_self(), "midinet-engine");
    do_all();  // before its first wait it may
    epoll_wait(epoll, &event, 1, 0);
    do_all();
    const auto wake = [control] {
        const std::uint64_t one = 1;
        if (write(control, &one, sizeof one) != sizeof one) std::abort();
    };
    wake();
    kDeeds[0].act();  // not the end yet: it waits once more
    epoll_wait(epoll, &event, 1, 0);
    wake();
    do_all();  // and after it has ended
}

}  // namespace

int main() {
    std::thread engine(perform);
    for (int i = 0; i < 100; ++i) do_all();  // another thread may at any time
    engine.join();
    for (const auto& deed : kDeeds) std::puts(deed.call);
    std::puts(kDeeds[0].call);
    return 0;
}
