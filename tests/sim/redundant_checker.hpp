// What several hosts promise, each topology its own; docs/failover.md.
#pragma once

#include "checker.hpp"
#include "switching.hpp"

namespace midinet::simtest {

/// One client of a redundant show, in the end.
class RedundantChecker {
  public:
    RedundantChecker(const Plan& plan, const Hosts& hosts, const Switching& switching,
                     TimePoint now)
        : plan_(plan), hosts_(hosts), switching_(switching), now_(now) {}
    /// Everything that is wrong.
    std::vector<std::string> check(const ClientBox& client) const;

  private:
    std::string check_music(const ClientBox& client) const;
    /// Of mirrors of which one never dies, and of a relayed source: 0 lost, 0 doubled.
    std::string check_all_heard(const ClientBox& client) const;
    bool keeps_order() const;
    bool began_in_peace(const ClientBox& client) const;
    std::string check_epochs(const ClientBox& client, const HostBox& source) const;
    bool knew_all(const ClientBox& client) const;
    std::string check_engine(const ClientBox& client) const;
    /// The host that rules say is played; 0: they leave it open.
    unsigned expected(const ClientBox& client) const;
    bool is_there(const ClientBox& client, unsigned host, TimePoint since) const;
    bool has(Fault::What what) const;
    bool dies(unsigned host) const;
    unsigned next_best(const ClientBox& client, TimePoint since) const;
    bool left_for_good(const ClientBox& client, unsigned host) const;

    const Plan& plan_;
    const Hosts& hosts_;
    const Switching& switching_;
    TimePoint now_;
};

/// I4, in the midst of a show: which notes a killed host left sounding at a client, and whether
/// each of them ended in time.
class Vigil {
  public:
    Vigil(platform::sim::World& world, const Plan& plan, const Hosts& hosts,
          const std::vector<std::unique_ptr<ClientBox>>& clients)
        : world_(world), plan_(plan), hosts_(hosts), clients_(clients) {}
    /// Call it as `host` is killed.
    void begin(unsigned host);
    const std::vector<std::string>& violations() const noexcept { return violations_; }

  private:
    struct Held {
        unsigned client = 0;
        TimePoint started{};  ///< the client
        unsigned port = 0;
        std::size_t from = 0;  ///< on its tape
        std::vector<unsigned> notes;
    };
    void look(unsigned host, TimePoint killed);
    void judge(const Held& held, unsigned host, TimePoint killed);
    bool others_play(unsigned port, unsigned note, unsigned host, TimePoint since) const;

    platform::sim::World& world_;
    const Plan& plan_;
    const Hosts& hosts_;
    const std::vector<std::unique_ptr<ClientBox>>& clients_;
    std::vector<std::string> violations_;
};

}  // namespace midinet::simtest
