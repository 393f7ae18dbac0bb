// Hosts, clients and a person of a focus show: real engines with their real control planes, each on
// a node of its own, as they have threads of their own.
#pragma once

#include "control/plane/exchange.hpp"
#include "control/plane/station.hpp"
#include "engine/client_engine.hpp"
#include "engine/client_plane.hpp"
#include "engine/host_engine.hpp"
#include "engine/host_plane.hpp"
#include "focus_checker.hpp"
#include "platform/sim/ports.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace midinet::simtest {

/// What is lit: velocities by channel and note.
using Lights = std::map<std::pair<unsigned, unsigned>, unsigned>;
void light(Lights& lights, std::span<const std::uint8_t> message);

constexpr SenderId focus_client(unsigned number) { return {control::plane::kClientBit + number}; }

/// Gives each line to `take`.
class LineLog final : public control::Logger {
  public:
    explicit LineLog(std::function<void(std::string_view)> take) : take_(std::move(take)) {}
    void log(control::LogLevel, std::string_view message) override { take_(message); }
    void set_level(control::LogLevel) override {}
    void set_format(control::LogFormat) override {}

  private:
    std::function<void(std::string_view)> take_;
};

/// Two nodes of one machine: the engine's and the control loop's.
class FocusBox {
  public:
    explicit FocusBox(platform::sim::World& world)
        : world_(world), engine_node_(world.add_node()), control_node_(world.add_node()) {}
    virtual ~FocusBox() = default;
    FocusBox(const FocusBox&) = delete;
    FocusBox& operator=(const FocusBox&) = delete;
    virtual void start() = 0;
    virtual void kill() = 0;
    bool running() const noexcept { return engine_node_.running(); }
    bool has(std::uint32_t address) const noexcept {
        return address == engine_node_.address() || address == control_node_.address();
    }
    void stall_until(TimePoint until) noexcept { engine_node_.stall_until(until); }
    unsigned cell = 0;  ///< boxes of one cell hear each other

  protected:
    platform::sim::World& world_;
    platform::sim::Node& engine_node_;
    platform::sim::Node& control_node_;
    std::uint32_t runs_ = 0;
};

class FocusHostBox final : public FocusBox {
  public:
    FocusHostBox(platform::sim::World& world, unsigned id, Duration beat, FocusChecker& checker);
    ~FocusHostBox() override { kill(); }
    void start() override;
    void kill() override;
    /// The device is pulled and put in again, dark.
    void replug();
    wire::Focus focus() { return engine_->status().focus; }
    const Lights& lights() const noexcept { return lights_; }

  private:
    bool turn();
    bool control_turn();
    void note_line(const std::string& line);
    void note_holder();
    void write(std::span<const std::uint8_t> message);

    HostId id_;
    Duration beat_;
    FocusChecker& checker_;
    LineLog log_;
    std::unique_ptr<engine::HostEngine> engine_;
    std::unique_ptr<engine::HostPlane> plane_;
    Lights lights_;
    unsigned plugs_ = 0;  ///< devices so far: what an older one is told, nobody sees
    SenderId last_holder_;
};

class FocusClientBox final : public FocusBox {
  public:
    FocusClientBox(platform::sim::World& world, unsigned number);
    ~FocusClientBox() override { kill(); }
    void start() override;
    void kill() override;
    /// Ends well: gives the focus back, if it has it.
    void shut_down();
    void claim() { plane_->claim(); }
    void release() { plane_->release_focus(engine_->status()); }
    void set_auto_claim(bool on);
    /// Its application lights something.
    void light_up(unsigned note, unsigned velocity);
    SenderId id() const noexcept { return id_; }
    const control::FocusSeat& seat() const noexcept { return engine_->seat(); }
    const Lights& wanted() const noexcept { return wanted_; }
    std::function<void()> after_turn;

  private:
    bool turn();
    bool control_turn();

    unsigned number_;
    SenderId id_;
    LineLog log_;
    std::unique_ptr<engine::ClientEngine> engine_;
    std::unique_ptr<engine::ClientPlane> plane_;
    platform::sim::Source* app_ = nullptr;  ///< the engine's
    Lights wanted_;
};

/// Somebody with `midinet-cli focus`.
class FocusPerson {
  public:
    explicit FocusPerson(platform::sim::World& world);
    bool has(std::uint32_t address) const noexcept { return address == node_.address(); }
    /// To one client, or with 0 to nobody; `ends`: clients take it by themselves again.
    void choose(SenderId client, bool ends, Random& random);
    bool asking() const noexcept { return sender_.outstanding(); }
    bool succeeded() const {
        return sender_.result() &&
               sender_.result()->outcome == control::plane::CommandOutcome::Done;
    }
    unsigned cell = 0;

  private:
    bool turn();

    platform::sim::Node& node_;
    std::unique_ptr<control::plane::Station> station_;
    control::plane::CommandSender sender_;
};

}  // namespace midinet::simtest
