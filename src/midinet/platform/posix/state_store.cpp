#include "platform/posix/state_store.hpp"

#include "platform/posix/places.hpp"
#include "platform/posix/whole_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <limits>
#include <random>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kStartOf2020 = 1'577'836'800;  // seconds since 1970, UTC
constexpr int kClientSlots = 64;

std::uint32_t seconds_since_2020() {
    const std::int64_t seconds = static_cast<std::int64_t>(std::time(nullptr)) - kStartOf2020;
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(seconds, 1, std::numeric_limits<std::uint32_t>::max() - 1));
}

SenderId random_client_id() {
    std::random_device chance;
    const std::uint64_t high = chance();
    return {(high << 32U) | chance() | (1ULL << 63U)};
}

/// Whether a file can be made in `directory`; makes the directory first when it is absent.
bool is_writable(const fs::path& directory, std::string& why_not) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (!error && can_make_files(directory)) return true;
    why_not += (why_not.empty() ? "" : "; ") + directory.string() + ": " +
               (error ? error.message() : os_error(errno));
    return false;
}

}  // namespace

StateStore StateStore::open(const std::vector<fs::path>& directories) {
    StateStore store;
    std::string why_not;
    for (const fs::path& directory : directories) {
        if (!is_writable(directory, why_not)) continue;
        store.directory_ = directory;
        store.report_ = "state is kept in " + directory.string();
        return store;
    }
    store.report_ = "no directory for state can be written (" + why_not +
                    "): epochs come from the clock, and a client's id changes at every start";
    store.trouble_ = store.report_;
    return store;
}

Epoch StateStore::next_epoch(HostId host, Epoch heard) {
    const std::string number = std::to_string(host.value);
    return advance("epoch-host-" + number, "host " + number, heard);
}

Epoch StateStore::next_epoch(SenderId client) {
    std::array<char, 17> id{};
    (void)std::snprintf(id.data(), id.size(), "%016" PRIx64, client.value);
    return advance(std::string("epoch-client-") + id.data(), std::string("client ") + id.data(),
                   {});
}

Epoch StateStore::advance(const std::string& name, const std::string& whose, Epoch heard) {
    const std::uint32_t from_clock = seconds_since_2020();
    // All ones would leave no higher epoch to take over with.
    constexpr std::uint32_t kHighest = std::numeric_limits<std::uint32_t>::max() - 1;
    const std::uint32_t above_heard = std::min(heard.value, kHighest - 1) + 1;
    if (!persistent()) return {std::max(from_clock, above_heard)};

    const FileDescriptor lock_held = lock(name, true);
    const std::uint64_t last = std::min<std::uint64_t>(read(name).value_or(0), kHighest - 1);
    const std::uint32_t mine = last == 0 ? from_clock : static_cast<std::uint32_t>(last) + 1;
    const Epoch next{std::max(mine, above_heard)};
    if (next.value == kHighest)
        trouble_ = "the epochs of " + whose +
                   " are used up, because one near the end was heard on the network: clients will "
                   "take a restart for the old performance. Remove " +
                   (*directory_ / name).string() + " and restart host and clients";
    if (write(name, next.value)) return next;
    trouble_ = (*directory_ / name).string() + " could not be written (" + os_error(errno) +
               "): this epoch comes from the clock, which must be right at the next start too";
    return {std::max(next.value, from_clock)};
}

SenderId StateStore::client_id() { return id_in_slots("client-id-"); }
SenderId StateStore::admin_id() { return id_in_slots("admin-id-"); }

SenderId StateStore::id_in_slots(const std::string& prefix) {
    if (!persistent()) return random_client_id();
    for (int slot = 1; slot <= kClientSlots; ++slot) {
        const std::string name = prefix + std::to_string(slot);
        FileDescriptor held = lock(name, false);
        if (!held.valid()) continue;
        slot_ = std::move(held);
        return id_of_slot(name);
    }
    return random_client_id();
}

SenderId StateStore::id_of_slot(const std::string& name) {
    if (const auto known = read(name); known && (*known >> 63U) != 0) return {*known};
    const SenderId fresh = random_client_id();
    if (!write(name, fresh.value))
        trouble_ = (*directory_ / name).string() + " could not be written (" + os_error(errno) +
                   "): this program's id changes at the next start";
    return fresh;
}

std::optional<std::uint64_t> StateStore::read(const std::string& name) const {
    std::ifstream file(*directory_ / name);
    std::uint64_t value = 0;
    if (!(file >> value)) return std::nullopt;
    return value;
}

bool StateStore::write(const std::string& name, std::uint64_t value) {
    return replace_own_file(*directory_ / name, std::to_string(value) + "\n", 0644).has_value();
}

FileDescriptor StateStore::lock(const std::string& name, bool wait) const {
    return lock_file(*directory_ / (name + ".lock"), wait);
}

}  // namespace midinet::platform
