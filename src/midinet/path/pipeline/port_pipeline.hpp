// A client's own pipeline: the last thing before its port.
#pragma once

#include "base/lazy_array.hpp"
#include "path/pipeline/pipeline.hpp"
#include "path/types.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace midinet::path {

/// A PortWriter in front of another: everything that is played goes through a Pipeline, corrections
/// and releases among it, so that whatever ends a note ends it where it began. Whoever writes need
/// not know: what is Taken was played as far as the pipeline lets it.
///
/// One message may become several. What the port does not take of them at once waits here, and no
/// later message of that port goes before; but ticks do, as everywhere. While the pipeline leaves
/// everything as it is a write costs two branches. Thread: the engine's. RT-safe but the
/// constructor.
class PortPipeline final : public PortWriter {
  public:
    static constexpr Duration kRetry = 1ms;

    /// Lifetime: `next`'s.
    explicit PortPipeline(PortWriter& next);

    /// From the next message on. Gives the map that was in force, to be destroyed elsewhere.
    /// `told`: the state of what was written here so far and Taken.
    std::unique_ptr<const PipelineMap> use(std::unique_ptr<const PipelineMap> map,
                                           const midi::StreamState& told) noexcept {
        return pipeline_.use(std::move(map), told);
    }
    std::uint32_t fingerprint() const noexcept { return pipeline_.fingerprint(); }
    /// A port was opened: nothing is down there yet.
    void on_port_opened() noexcept;

    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                TimePoint when) noexcept override;
    /// Goes on with what waits. Call when the port became writable, and at next_due().
    void pump(TimePoint now) noexcept;
    TimePoint next_due() const noexcept { return retry_at_; }
    /// Nothing waits.
    bool idle() const noexcept { return waiting_ == 0; }

  private:
    /// The same short message so many times.
    struct Run {
        std::array<std::uint8_t, 3> bytes;
        std::uint8_t size;
        std::uint16_t times;
    };
    /// As one system reset makes that does not pass: an end for each note and pedal of 16 channels.
    static constexpr std::size_t kMostRuns = std::size_t{16} * (128 + 4) + 4;
    struct Port {
        std::uint16_t first = 0;
        std::uint16_t count = 0;
        TimePoint when{};  ///< of the one message that all of them come from
    };
    class Out;

    Wrote write_piece(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint when) noexcept;
    Wrote write_message(PortIndex port, const midi::Message& message, TimePoint when) noexcept;
    void keep(PortIndex index, const midi::Message& message, TimePoint when) noexcept;
    Run& run(PortIndex port, std::size_t at) noexcept { return runs_[port.value * kMostRuns + at]; }
    void pump_port(PortIndex index) noexcept;
    void forget(PortIndex index) noexcept;

    PortWriter& next_;
    Pipeline pipeline_;
    UnsetArray<Run> runs_;
    std::array<Port, kMaxPorts> ports_{};
    unsigned waiting_ = 0;  ///< ports of which something waits
    TimePoint retry_at_ = kNever;
};

}  // namespace midinet::path
