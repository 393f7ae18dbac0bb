// A client answers for the device when an application asks it who it is.
#pragma once

#include "midi/inquiry.hpp"
#include "path/types.hpp"

namespace midinet::path {

/// Takes Universal Device Inquiries out of what applications send, and answers them from what the
/// host's device said to its host. An answer has the device id of the question, unless that was for
/// all devices: then its own. A question that no reply is known for goes nowhere, as with a device
/// that does not answer. Thread: the engine's. RT-safe.
class Responder {
  public:
    /// True when the application's message was such a question: it must not go on.
    bool take(PortIndex port, const midi::Message& message,
              const midi::InquiryReplies& known) noexcept;

    /// Writes the answers that are due; not to be called while a long SysEx is being written. One
    /// that its port does not take now is written at the next call.
    void pump(PortWriter& writer, TimePoint now) noexcept;
    /// Whether an answer waits for its port.
    bool waits() const noexcept { return due_ != 0; }

    std::uint64_t answered() const noexcept { return answered_; }
    /// Questions that no reply was known for.
    std::uint64_t unanswered() const noexcept { return unanswered_; }

  private:
    void answer(PortIndex port, PortWriter& writer, TimePoint now) noexcept;

    midi::InquiryReplies answers_{};
    std::uint16_t due_ = 0;  ///< a bit a port: its answer waits
    std::uint64_t answered_ = 0;
    std::uint64_t unanswered_ = 0;
};

static_assert(kMaxPorts <= 16, "a bit a port");

}  // namespace midinet::path
