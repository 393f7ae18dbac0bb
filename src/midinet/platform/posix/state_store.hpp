// What one machine remembers from one run to the next: the epoch counters of its hosts and the ids
// of its clients and admins.
#pragma once

#include "base/types.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace midinet::platform {

/// Directories to try, best first. `configured` alone when it is given; else /var/lib/midinet, then
/// the user's own: $XDG_STATE_HOME/midinet, or ~/.midinet/state; on Windows
/// %LOCALAPPDATA%\MIDInet\state alone.
std::vector<std::filesystem::path> state_directories(
    const std::optional<std::filesystem::path>& configured);

/// A directory of small files, each replaced as a whole (written aside, synced, renamed), so that a
/// power cut leaves the old value or the new one. Without a writable directory it still answers,
/// from the clock and from chance, and says so. Several processes may use one directory at once.
/// Thread: control. Not RT-safe.
class StateStore {
  public:
    /// Takes the first directory that can be written, making it when absent.
    static StateStore open(const std::vector<std::filesystem::path>& directories);

    /// Whether what is remembered outlives the process.
    bool persistent() const noexcept { return directory_.has_value(); }
    /// Where all is kept; nothing: nowhere.
    const std::optional<std::filesystem::path>& directory() const noexcept { return directory_; }
    /// Where a file of that name is kept; nothing without a directory.
    std::optional<std::filesystem::path> file_for(const std::string& name) const {
        if (!directory_) return std::nullopt;
        return *directory_ / name;
    }
    /// One sentence for the log: where state is kept, or why nowhere and what follows from it.
    const std::string& report() const noexcept { return report_; }
    /// What went wrong since the last call, and what follows from it, for a warning; empty:
    /// nothing.
    std::string take_trouble() { return std::exchange(trouble_, {}); }

    /// An epoch above every earlier one of `host` on this machine and above `heard`, remembered
    /// before it is given. The first ever, and every one without a directory, is the number of
    /// seconds since 2020.
    Epoch next_epoch(HostId host, Epoch heard = {});
    /// The same for a client's feedback: above every earlier one of `client`, an id of this store.
    Epoch next_epoch(SenderId client);
    /// A random id with its top bit set, the same in every run. Further clients that run at the
    /// same time get the second, third … id.
    SenderId client_id();
    /// The same for a midi-admin.
    SenderId admin_id();

  private:
    StateStore() = default;
    std::optional<std::uint64_t> read(const std::string& name) const;
    bool write(const std::string& name, std::uint64_t value);
    Epoch advance(const std::string& name, const std::string& whose, Epoch heard);
    FileDescriptor lock(const std::string& name, bool wait) const;
    SenderId id_in_slots(const std::string& prefix);
    SenderId id_of_slot(const std::string& name);

    std::optional<std::filesystem::path> directory_;
    std::string report_;
    std::string trouble_;
    FileDescriptor slot_;  ///< locked for as long as this process uses its id
};

}  // namespace midinet::platform
