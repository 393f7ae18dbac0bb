// This machine as a USB MIDI device: what the computer sees that it is plugged into.
#pragma once

#include "base/result.hpp"
#include "io/midi_source.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace midinet::platform {

/// One step of making a gadget, below its folder. Source: Linux,
/// Documentation/usb/gadget_configfs.rst.
struct GadgetEntry {
    enum class Kind : std::uint8_t { Folder, Text, Link };
    Kind kind = Kind::Folder;
    std::string path;
    std::string value{};  ///< the text, or where the link leads
    friend bool operator==(const GadgetEntry&, const GadgetEntry&) = default;
};

/// Ids of a device that has none (it is no USB device): those of the kernel's own MIDI gadget.
inline constexpr std::uint16_t kGadgetVendor = 0x17B3;
inline constexpr std::uint16_t kGadgetProduct = 0x0004;

/// All steps, in order, that make a gadget of the device's ids, strings and number of ports. Pure.
/// Strings are cut to what the kernel takes (126 bytes), between characters; control characters
/// become "?". Errors: more ports than a USB MIDI function has.
Result<std::vector<GadgetEntry>> gadget_entries(const io::DeviceInfo& device);

/// Where the kernel shows gadgets. Tests have folders of their own.
struct GadgetPlaces {
    std::filesystem::path configfs = "/sys/kernel/config";
    std::filesystem::path controllers = "/sys/class/udc";
    std::filesystem::path sound = "/sys/class/sound";
    /// rmdir: the kernel's folders go with the files in them.
    std::function<void(const std::filesystem::path&)> remove_folder = {};
};

/// Whether gadgets can be made here at all, on the controller `wanted` (empty: any). Errors: what
/// is missing, and what to do.
Result<void> check_gadgets(const std::string& wanted, const GadgetPlaces& places);

/// Which USB device controller to use: `wanted`, or the first that nobody uses. Errors: as above,
/// or who uses them.
Result<std::string> choose_gadget_controller(const std::string& wanted, const GadgetPlaces& places);

/// A gadget on one controller, from create() to destruction. What a killed program left behind is
/// taken away at the next create(). Move-only. Thread: control.
class UsbGadget {
  public:
    /// Errors: what the kernel lacks or refuses, and what to do.
    static Result<UsbGadget> create(const io::DeviceInfo& device, const std::string& controller,
                                    const GadgetPlaces& places = {});
    UsbGadget(UsbGadget&&) noexcept = default;
    UsbGadget& operator=(UsbGadget&&) = delete;
    ~UsbGadget();

    const std::string& controller() const noexcept { return controller_; }
    /// Whether a computer is plugged in and has taken the device. One that sleeps has not.
    bool attached() const;
    /// The number of the sound card that is this end of it.
    std::optional<int> card() const;

  private:
    UsbGadget(GadgetPlaces places, std::string controller, FileDescriptor lock,
              std::filesystem::path folder)
        : places_(std::move(places)),
          controller_(std::move(controller)),
          lock_(std::move(lock)),
          folder_(std::move(folder)) {}

    GadgetPlaces places_;
    std::string controller_;
    FileDescriptor lock_;  ///< of the folder, while its program lives
    std::filesystem::path folder_;
};

}  // namespace midinet::platform
