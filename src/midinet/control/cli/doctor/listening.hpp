// The doctor's ears on the network.
#pragma once

#include "control/cli/doctor/examination.hpp"
#include "control/discovery/host_finder.hpp"

#include <set>

namespace midinet::control::cli {

/// Hears all groups of a show on every interface, and probes them. Thread: one.
class Listening {
  public:
    /// Opens everything. Lifetime: all of it outlives the listening.
    Listening(const Instruments& instruments, const Order& order, Facts& facts);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    /// Waits for what comes next and takes it. False: the time is over, and the facts are there.
    bool turn();

  private:
    enum class What : std::uint8_t { Control, Heartbeat, Data, Probe };
    struct Ear {
        std::unique_ptr<io::DatagramSocket> socket;
        What what = What::Control;
        std::size_t index = 0;  ///< of facts.heard; a probe's: of facts.probes
    };
    std::vector<std::string> choose_interfaces();
    void open_all();
    Result<void> open_ear(io::Endpoint group, What what, std::size_t index);
    void open_stream(std::uint32_t group);
    void open_querier_ears();
    void leave_groups();
    void open_probes();
    void probe(TimePoint now);
    void watch(io::Handle handle);
    void receive();
    void finish(TimePoint now);
    void take(const Ear& ear, const io::Received& received);
    void take_status(std::size_t index, const io::Received& received);
    void look_up();

    const Instruments& instruments_;
    const Request& request_;
    Facts& facts_;
    std::uint16_t first_port_;
    std::vector<Ear> ears_;
    std::vector<std::unique_ptr<io::QueryEar>> query_ears_;    ///< one for each of facts.heard
    std::vector<std::unique_ptr<io::DatagramSocket>> left_;    ///< until they are: of kLeftGroup
    std::vector<std::unique_ptr<io::DatagramSocket>> mouths_;  ///< one for each of facts.probes
    std::unique_ptr<io::ServiceBrowser> browser_;
    HostFinder finder_;
    std::set<std::uint32_t> streams_;  ///< groups that are listened to
    std::vector<io::Handle> watched_;
    std::string words_;  ///< what a probe says, like no other run's
    TimePoint start_;
    TimePoint end_;
    TimePoint next_probe_;
    TimePoint leave_;  ///< kLeftGroup; kNever: it was
    int probes_ = 0;
};

}  // namespace midinet::control::cli
