#include "platform/linux/usb_gadget.hpp"

#include "base/types.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOurs = "midinet-";
constexpr const char* kFunction = "functions/midi.usb0";

std::string first_line(const fs::path& file) {
    std::string line;
    std::ifstream in(file);
    std::getline(in, line);
    return line;
}

/// Entries that are folders, not links to such; sorted. Empty where there is no such folder.
std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (fs::is_directory(entry.symlink_status(error))) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

/// Errors: errno, as 0 or what it was.
int write_text(const fs::path& file, const std::string& text) {
    const FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const std::string line = text + "\n";
    if (!fd.valid()) return errno;
    return ::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) ? 0
                                                                                            : errno;
}

int make_entry(const fs::path& gadget, const GadgetEntry& entry) {
    const fs::path at = gadget / entry.path;
    std::error_code error;
    switch (entry.kind) {
        case GadgetEntry::Kind::Folder:
            fs::create_directories(at, error);
            return error.value();
        case GadgetEntry::Kind::Text:
            return write_text(at, entry.value);
        case GadgetEntry::Kind::Link:
            fs::create_symlink(gadget / entry.value, at, error);
            return error.value();
    }
    return EINVAL;
}

/// In the order that the kernel asks for. It goes on where something is missing already.
void take_apart(const fs::path& gadget, const GadgetPlaces& places) {
    const auto remove = [&](const fs::path& folder) {
        if (places.remove_folder) return places.remove_folder(folder);
        ::rmdir(folder.c_str());
    };
    (void)write_text(gadget / "UDC", "");
    std::error_code ignored;
    for (const auto& config : folders_in(gadget / "configs")) {
        for (const auto& entry : fs::directory_iterator(config, ignored))
            if (entry.is_symlink(ignored)) fs::remove(entry.path(), ignored);
        for (const auto& strings : folders_in(config / "strings")) remove(strings);
        remove(config);
    }
    for (const auto& function : folders_in(gadget / "functions")) remove(function);
    for (const auto& strings : folders_in(gadget / "strings")) remove(strings);
    remove(gadget);
}

/// The lock of a gadget's folder; none while a living program has it.
FileDescriptor lock_folder(const fs::path& folder) {
    FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd.valid() && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(fd)
                                                                   : FileDescriptor{};
}

void remove_leftovers(const GadgetPlaces& places) {
    for (const auto& folder : folders_in(places.configfs / "usb_gadget"))
        if (folder.filename().string().starts_with(kOurs) && lock_folder(folder).valid())
            take_apart(folder, places);
}

/// Who uses the controller; empty: nobody.
std::string user_of(const fs::path& controller) {
    const std::string mark = "USB_UDC_DRIVER=";
    std::ifstream in(controller / "uevent");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(mark)) return line.substr(mark.size());
    return {};
}

std::vector<std::string> controllers_at(const GadgetPlaces& places) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(places.controllers, error))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Result<void> check_kernel(const GadgetPlaces& places) {
    const fs::path gadgets = places.configfs / "usb_gadget";
    std::error_code error;
    if (!fs::is_directory(gadgets, error))
        return fail(fmt::format(
            "the kernel offers no USB gadgets ({} is missing): `sudo modprobe libcomposite`, and "
            "where {} is empty after it `sudo mount -t configfs none {}`",
            gadgets.string(), places.configfs.string(), places.configfs.string()));
    if (::access(gadgets.c_str(), W_OK | X_OK) != 0)
        return fail(fmt::format("a USB gadget cannot be made in {}: {}: run midi-client as root",
                                gadgets.string(), os_error(errno)));
    return {};
}

Error refusal(const GadgetEntry& entry, int number) {
    std::string advice;
    if (entry.path == kFunction && number == ENOENT)
        advice = ": the kernel has no USB MIDI function: `sudo modprobe usb_f_midi`";
    else if (number == EACCES || number == EPERM)
        advice = ": run midi-client as root";
    return {fmt::format("making the USB gadget ({}): {}{}", entry.path, os_error(number), advice),
            1};
}

Result<void> make_tree(const fs::path& folder, const std::vector<GadgetEntry>& entries) {
    for (const auto& entry : entries)
        if (const int number = make_entry(folder, entry); number != 0)
            return tl::unexpected(refusal(entry, number));
    return {};
}

}  // namespace

Result<void> check_gadgets(const std::string& wanted, const GadgetPlaces& places) {
    if (auto kernel = check_kernel(places); !kernel) return kernel;
    const auto names = controllers_at(places);
    if (names.empty())
        return fail(fmt::format(
            "this machine has no USB device controller in use ({} is empty): on a Raspberry Pi add "
            "`dtoverlay=dwc2,dr_mode=peripheral` to config.txt and restart; ordinary PCs have none",
            places.controllers.string()));
    if (!wanted.empty() && std::find(names.begin(), names.end(), wanted) == names.end())
        return fail(fmt::format(
            "midi.gadget_udc: there is no USB device controller \"{}\"; this machine has: {}",
            wanted, listed(names)));
    return {};
}

Result<std::string> choose_gadget_controller(const std::string& wanted,
                                             const GadgetPlaces& places) {
    if (auto possible = check_gadgets(wanted, places); !possible)
        return tl::unexpected(possible.error());
    std::string users;
    for (const auto& name : controllers_at(places)) {
        if (!wanted.empty() && name != wanted) continue;
        const std::string user = user_of(places.controllers / name);
        if (user.empty()) return name;
        users += fmt::format("{}{} by \"{}\"", users.empty() ? "" : ", ", name, user);
    }
    return fail("the USB device controller is used already (" + users +
                "): end that program, or take that gadget away (`ls "
                "/sys/kernel/config/usb_gadget`; `sudo modprobe -r g_midi g_ether`)");
}

Result<UsbGadget> UsbGadget::create(const io::DeviceInfo& device, const std::string& controller,
                                    const GadgetPlaces& places) {
    const auto entries = gadget_entries(device);
    if (!entries) return tl::unexpected(entries.error());
    if (auto kernel = check_kernel(places); !kernel) return tl::unexpected(kernel.error());
    remove_leftovers(places);
    auto chosen = choose_gadget_controller(controller, places);
    if (!chosen) return tl::unexpected(chosen.error());
    const fs::path folder = places.configfs / "usb_gadget" / (kOurs + *chosen);
    if (::mkdir(folder.c_str(), 0755) != 0)
        return fail_errno("making the USB gadget " + folder.string());
    auto lock = lock_folder(folder);
    if (!lock.valid()) {
        auto refused = fail_errno("locking the USB gadget " + folder.string());
        take_apart(folder, places);
        return refused;
    }
    UsbGadget gadget(places, *chosen, std::move(lock), folder);
    if (auto made = make_tree(folder, *entries); !made) return tl::unexpected(made.error());
    if (const int number = write_text(folder / "UDC", *chosen); number != 0)
        return fail(fmt::format("starting the USB gadget on {}: {}{}", *chosen, os_error(number),
                                number == EBUSY ? ": another gadget uses it; name another one in "
                                                  "midi.gadget_udc, or take that one away"
                                                : ""));
    return gadget;
}

UsbGadget::~UsbGadget() {
    if (!lock_.valid()) return;  // moved from
    take_apart(folder_, places_);
}

bool UsbGadget::attached() const {
    return first_line(places_.controllers / controller_ / "state") == "configured";
}

std::optional<int> UsbGadget::card() const {
    std::error_code error;
    const auto parent = fs::canonical(places_.controllers / controller_ / "device", error);
    if (error) return std::nullopt;
    for (const auto& entry : fs::directory_iterator(places_.sound, error)) {
        const std::string name = entry.path().filename().string();
        int number = -1;
        if (!name.starts_with("card") ||
            std::from_chars(name.data() + 4, name.data() + name.size(), number).ec != std::errc{})
            continue;
        // The card's device is the gadget, and that is the controller's.
        std::error_code gone;
        const auto device = fs::canonical(entry.path() / "device", gone);
        if (!gone && device.parent_path() == parent) return number;
    }
    return std::nullopt;
}

}  // namespace midinet::platform
