#include "control/tuning/machine_settings.hpp"

#include "control/tuning/places.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

namespace midinet::control::tuning {
namespace {

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(std::move(word));
    return words;
}

std::optional<unsigned> number_of(std::string_view text) {
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

/// "xhci_hcd", "xhci-hcd:usb1", "dwc_otg_hcd:usb1", "dwc2_hsotg:usb1".
bool is_usb_controller(std::string_view user) {
    static constexpr std::array kDrivers{"xhci", "ehci", "ohci", "uhci", "dwc2", "dwc_otg"};
    return std::any_of(kDrivers.begin(), kDrivers.end(),
                       [user](const char* driver) { return user.starts_with(driver); });
}

/// "eth0", or one of its queues: "eth0-TxRx-1".
bool is_interface(std::string_view user, const std::vector<std::string>& interfaces) {
    return std::any_of(interfaces.begin(), interfaces.end(), [user](const std::string& name) {
        return user.starts_with(name) &&
               (user.size() == name.size() ||
                std::string_view("-:_").find(user[name.size()]) != std::string_view::npos);
    });
}

/// Cards, not bridges, tunnels and the loopback: those have no device.
std::vector<std::string> network_cards(const io::SettingFiles& files) {
    std::vector<std::string> cards;
    for (auto& name : files.names_in(places::kInterfaces))
        if (!files.names_in(places::below(places::kInterfaces, name) + "/device").empty())
            cards.push_back(std::move(name));
    return cards;
}

/// Cards whose driver names its interrupts otherwise still list them at their device.
void add_listed(std::map<unsigned, std::string>& users, const io::SettingFiles& files,
                const std::string& card) {
    const auto device = places::kInterfaces + '/' + card + "/device";
    for (const auto& name : files.names_in(device + "/msi_irqs"))
        if (const auto number = number_of(name)) users.try_emplace(*number, card);
    const auto line = number_of(files.read(device + "/irq").value_or(""));
    if (line.value_or(0) != 0) users.try_emplace(*line, card);
}

std::vector<InterruptLine> read_interrupts(const io::SettingFiles& files) {
    const auto cards = network_cards(files);
    std::map<unsigned, std::string> users;
    for (auto& use : interrupts_of(files.read(places::kInterrupts).value_or(""), cards))
        users.emplace(use.number, std::move(use.user));
    for (const auto& card : cards) add_listed(users, files, card);
    std::vector<InterruptLine> lines;
    for (const auto& [number, user] : users)
        if (auto cpus = files.read(places::affinity(number)))
            lines.push_back({number, user, std::move(*cpus),
                             files.read(places::effective_affinity(number)).value_or("")});
    return lines;
}

std::vector<CpuPolicy> read_policies(const io::SettingFiles& files) {
    std::vector<CpuPolicy> policies;
    for (const auto& name : files.names_in(places::kCpuPolicies)) {
        const auto folder = places::below(places::kCpuPolicies, name);
        const auto path = folder + "/scaling_governor";
        if (auto governor = files.read(path))
            policies.push_back(
                {name, path, std::move(*governor),
                 words_of(files.read(folder + "/scaling_available_governors").value_or(""))});
    }
    return policies;
}

std::vector<UsbMidiDevice> read_usb_midi(const io::SettingFiles& files) {
    std::set<std::string> found;
    for (const auto& name : files.names_in(places::kUsbDevices)) {
        const auto colon = name.find(':');  // "1-1.2:1.1" is interface 1 of device "1-1.2"
        if (colon == std::string::npos) continue;
        const auto interface = places::below(places::kUsbDevices, name);
        // Source: USB Device Class Definition for MIDI Devices 1.0, table B-2: audio, MIDI
        // streaming.
        if (files.read(interface + "/bInterfaceClass") == "01" &&
            files.read(interface + "/bInterfaceSubClass") == "03")
            found.insert(name.substr(0, colon));
    }
    std::vector<UsbMidiDevice> devices;
    for (const auto& place : found)
        if (auto power = files.read(places::usb_power(place)))
            devices.push_back(
                {place,
                 files.read(places::below(places::kUsbDevices, place) + "/product").value_or(""),
                 std::move(*power)});
    return devices;
}

}  // namespace

std::vector<InterruptUse> interrupts_of(const std::string& proc_interrupts,
                                        const std::vector<std::string>& interfaces) {
    std::istringstream lines(proc_interrupts);
    std::string line;
    std::getline(lines, line);
    const auto cpus = words_of(line).size();
    std::vector<InterruptUse> uses;
    while (std::getline(lines, line)) {
        std::replace(line.begin(), line.end(), ',', ' ');
        const auto words = words_of(line);
        if (words.size() <= cpus + 1 || !words[0].ends_with(':')) continue;
        const auto number = number_of(std::string_view(words[0]).substr(0, words[0].size() - 1));
        const auto user = std::find_if(
            words.begin() + static_cast<std::ptrdiff_t>(cpus) + 1, words.end(),
            [&](const auto& w) { return is_usb_controller(w) || is_interface(w, interfaces); });
        if (number && user != words.end()) uses.push_back({*number, *user});
    }
    return uses;
}

MachineSettings read_settings(const io::SettingFiles& files) {
    MachineSettings settings;
    settings.cpu_policies = read_policies(files);
    settings.online_cpus = files.read(places::kOnlineCpus).value_or("");
    settings.interrupts = read_interrupts(files);
    settings.has_irqbalance = !files.names_in(places::kIrqbalance).empty();
    settings.receive_buffer_max = files.read(places::kReceiveBufferMax);
    settings.send_buffer_max = files.read(places::kSendBufferMax);
    settings.rt_runtime = files.read(places::kRtRuntime);
    settings.rt_period = files.read(places::kRtPeriod);
    settings.usb_midi = read_usb_midi(files);
    return settings;
}

}  // namespace midinet::control::tuning
