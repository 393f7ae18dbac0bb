#include "platform/macos/endpoint_ids.hpp"

#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/whole_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <sstream>

namespace midinet::platform {
namespace {

/// What follows the id in a line.
std::string label_of(const EndpointKey& key) {
    std::string label = (key.is_source ? "source " : "destination ") + key.name;
    std::replace_if(
        label.begin(), label.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return label;
}

std::vector<std::int32_t> ids_in(const std::string& text, const std::string& label) {
    std::vector<std::int32_t> ids;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::int32_t id = 0;
        if (!(words >> id) || id == 0 || words.get() != ' ') continue;
        std::string rest;
        std::getline(words, rest);
        if (rest == label && ids.size() < EndpointIds::kMostEach) ids.push_back(id);
    }
    return ids;
}

std::string text_of(const std::filesystem::path& file) {
    return read_whole_file(file).value_or(std::string{});
}

/// Held against other processes for as long as it is open; invalid where that cannot be had: then
/// the worst is that the id of a process which starts at the same moment is drawn once more.
FileDescriptor lock_beside(const std::filesystem::path& file) {
    const auto path = file.string() + ".lock";
    FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock.valid() && ::flock(lock.get(), LOCK_EX) != 0) lock.close();
    return lock;
}

}  // namespace

std::vector<std::int32_t> EndpointIds::known(const EndpointKey& key) const {
    return file_ ? ids_in(text_of(*file_), label_of(key)) : std::vector<std::int32_t>{};
}

void EndpointIds::remember(const EndpointKey& key, std::int32_t id) const {
    if (!file_) return;
    const auto lock = lock_beside(*file_);
    auto text = text_of(*file_);
    const auto label = label_of(key);
    const auto ids = ids_in(text, label);
    if (ids.size() == kMostEach || std::find(ids.begin(), ids.end(), id) != ids.end()) return;
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += std::to_string(id) + " " + label + "\n";
    if (auto kept = replace_own_file(*file_, text, 0644); !kept && warn_)
        warn_(kept.error().message + ": the unique id of the MIDI port \"" + key.name +
              "\" changes at the next start, and applications will have to be told");
}

}  // namespace midinet::platform
