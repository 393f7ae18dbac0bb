// Two controllers on one host: one is read, the other stands by.
#pragma once

#include "control/logging.hpp"
#include "io/midi_source.hpp"
#include "io/virtual_port.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace midinet::engine {

/// Which of the two is read, or is looked for while none is there. Input 0 is midi.device.
struct PairSeat {
    std::size_t active = 0;  ///< Range: 0, 1
};

/// One source to whoever opens it, made of two. Both are kept open: what the standby plays is read
/// and thrown away, so that nothing old is heard of it later. It takes over when the active one is
/// lost, or by hand; silence is never a reason. To the network the pair is one instrument: whatever
/// is read has the identity of the input that was read first. Thread: control. Lifetime: `seat` and
/// the logger outlive it.
class InputPair final : public io::MidiSourceOpener {
  public:
    /// The first input has to be there for so long before it is taken back.
    static constexpr Duration kSettle = 500ms;
    static constexpr Duration kRetry = 100ms;
    static constexpr std::size_t kInputs = 2;
    using Openers = std::array<std::unique_ptr<io::MidiSourceOpener>, kInputs>;

    InputPair(Openers openers, bool returns, PairSeat& seat, control::Logger& logger)
        : inputs_{Input{std::move(openers[0])}, Input{std::move(openers[1])}},
          returns_(returns),
          seat_(seat),
          logger_(logger) {}

    /// After the loss of the active one the standby, if it is there; else whichever is.
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint now) override;
    /// Both may come later, so one that cannot be opened is no error as long as it is waited for.
    bool waits_for_device() const noexcept override { return true; }
    /// Also when the other input is to be read now.
    bool replaced() const noexcept override;
    const char* what_happened() const noexcept override;

    /// Empties the standby, or looks for it; takes the first input back where that is wanted. Call
    /// at every tick.
    void service(TimePoint now);
    /// By hand, and so for good: `input` is read from the next open() on, and replaced() says so.
    /// Errors: it is not there; why.
    Result<void> select(std::size_t input, TimePoint now);
    /// Whether the one that is not read could be.
    bool standby_is_there() const noexcept { return inputs_[1 - seat_.active].spare != nullptr; }

  private:
    struct Input {
        std::unique_ptr<io::MidiSourceOpener> opener;
        std::unique_ptr<io::MidiSource> spare;  ///< open, and not read by the engine
        TimePoint since{};                      ///< when it was opened
        TimePoint next_try{};
        std::string last_refusal;  ///< said once
    };
    Result<std::unique_ptr<io::MidiSource>> take(std::size_t input, TimePoint now);
    std::unique_ptr<io::MidiSource> disguise(std::size_t input,
                                             std::unique_ptr<io::MidiSource> source);
    bool drain(Input& input, TimePoint now);
    void tend(std::size_t input, TimePoint now);

    std::array<Input, kInputs> inputs_;
    bool returns_;
    PairSeat& seat_;
    control::Logger& logger_;
    bool by_hand_ = false;               ///< the second one is read because somebody wants it
    std::optional<std::size_t> handed_;  ///< the one that was given out last
    std::optional<io::DeviceInfo> identity_;
};

/// The surface of whichever input is read: lights follow the hands. Thread: control. Lifetime:
/// `seat` outlives it.
class PairedSurface final : public io::VirtualPortOpener {
  public:
    using Openers = std::array<std::unique_ptr<io::VirtualPortOpener>, InputPair::kInputs>;

    /// One of them may be null: that input takes no feedback.
    PairedSurface(Openers openers, const PairSeat& seat)
        : openers_(std::move(openers)), seat_(seat) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& device) override;
    void service() noexcept override;
    bool replaced() const noexcept override;

  private:
    Openers openers_;
    const PairSeat& seat_;
    std::size_t opened_ = 0;
};

}  // namespace midinet::engine
