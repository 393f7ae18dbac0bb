// How what a device says reaches the host's stages. Private to the engine's files.
#pragma once

#include "engine/host_engine.hpp"

#include <array>

namespace midinet::engine {

/// Capture's way into transmit, through the pipeline.
class HostEngine::Feed final : public path::CaptureSink {
  public:
    explicit Feed(HostEngine& engine) noexcept : engine_(engine) {}
    void on_message(PortIndex port, const midi::Message& message,
                    TimePoint stamp) noexcept override {
        engine_.tap_feed_.take(control::plane::TapPoint::In, port, message.bytes(), stamp);
        if (engine_.questioner_.take(port, message, stamp)) return;
        if (engine_.trigger_.take(port, message)) {
            engine_.on_press();
            return;
        }
        ToTransmit out(engine_, port, stamp);
        engine_.pipeline_.process(port, message, out);
    }
    void on_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first, bool last,
                        TimePoint stamp) noexcept override {
        engine_.tap_feed_.take_piece(control::plane::TapPoint::In, port, {bytes, first, last},
                                     stamp);
        if (engine_.questioner_.take_piece(port, bytes, first, last, stamp)) return;
        if (!engine_.pipeline_.passes_piece(port, first, last)) return;
        engine_.tap_feed_.take_piece(control::plane::TapPoint::Out, port, {bytes, first, last},
                                     stamp);
        engine_.transmit_.add_sysex_piece(port, bytes, first, last, stamp);
    }
    void on_sysex_aborted(PortIndex port, TimePoint stamp) noexcept override {
        engine_.tap_feed_.take_cut(control::plane::TapPoint::In, port);
        if (engine_.questioner_.take_aborted(port)) return;
        if (!engine_.pipeline_.passes_aborted(port)) return;
        engine_.tap_feed_.take_cut(control::plane::TapPoint::Out, port);
        engine_.transmit_.abort_sysex(port, stamp);
    }
    void on_active_sensing(PortIndex port, TimePoint stamp) noexcept override {
        static constexpr std::array<std::uint8_t, 1> kSensing{0xFE};
        engine_.tap_feed_.take(control::plane::TapPoint::In, port, kSensing, stamp);
    }

  private:
    /// Of one message.
    struct ToTransmit final : midi::MessageSink {
        ToTransmit(HostEngine& to, PortIndex from, TimePoint when) noexcept
            : engine(to), port(from), stamp(when) {}
        void on_message(const midi::Message& message) noexcept override {
            engine.tap_feed_.take(control::plane::TapPoint::Out, port, message.bytes(), stamp);
            engine.transmit_.add_message(port, message, stamp);
        }
        HostEngine& engine;
        PortIndex port;
        TimePoint stamp;
    };
    HostEngine& engine_;
};

}  // namespace midinet::engine
