// Both daemons, whole, in one process: real sockets on the loopback, ports and devices of our own.
#include "engine/client_daemon.hpp"

#include "engine/host_daemon.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <sstream>
#include <thread>

namespace midinet::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Signals that are seen at the control loop's next tick.
class TestSignals final : public io::Signals {
  public:
    explicit TestSignals(io::Handle quiet) : quiet_(quiet) {}
    void stop() { stop_ = true; }
    void reload() { reload_ = true; }
    io::Handle handle() const noexcept override { return quiet_; }
    std::optional<io::Signal> next() noexcept override {
        if (stop_.exchange(false)) return io::Signal::Stop;
        return reload_.exchange(false) ? std::optional{io::Signal::Reload} : std::nullopt;
    }

  private:
    io::Handle quiet_;
    std::atomic<bool> stop_{false};
    std::atomic<bool> reload_{false};
};

io::DeviceInfo device(const std::string& name, std::vector<std::string> ports) {
    io::DeviceInfo info;
    info.name = name;
    info.ports = std::move(ports);
    return info;
}

class SilentSource final : public io::MidiSource {
  public:
    explicit SilentSource(io::DeviceInfo info) : info_(std::move(info)) {}
    const io::DeviceInfo& info() const noexcept override { return info_; }
    std::span<const io::Handle> handles() const noexcept override { return {}; }
    io::SourceRead read(std::span<std::uint8_t>, TimePoint) noexcept override { return {}; }

  private:
    io::DeviceInfo info_;
};
/// What is plugged in at the host: one device, and later another one in its place.
struct Socket {
    std::atomic<bool> other{false};
    std::atomic<bool> changed{false};
};
class SourceOpener final : public io::MidiSourceOpener {
  public:
    explicit SourceOpener(Socket& socket) : socket_(socket) {}
    Result<std::unique_ptr<io::MidiSource>> open(TimePoint) override {
        socket_.changed = false;
        return std::make_unique<SilentSource>(socket_.other ? device("Launchpad", {"A"})
                                                            : device("Akai APC40", {"A", "B"}));
    }
    bool replaced() const noexcept override { return socket_.changed; }

  private:
    Socket& socket_;
};

/// What was opened, as "name/ports".
struct Opened {
    std::mutex mutex;
    std::vector<std::string> all;
    std::vector<std::string> now() {
        const std::lock_guard lock(mutex);
        return all;
    }
};
class NullPort final : public io::VirtualPort {
  public:
    explicit NullPort(io::DeviceInfo info) : info_(std::move(info)) {}
    const io::DeviceInfo& info() const noexcept override { return info_; }
    io::WriteResult write(PortIndex, std::span<const std::uint8_t>, TimePoint) noexcept override {
        return io::WriteResult::Taken;
    }

  private:
    io::DeviceInfo info_;
};
class PortOpener final : public io::VirtualPortOpener {
  public:
    PortOpener(Opened& opened, io::IdentityUse use) : opened_(opened), use_(use) {}
    Result<std::unique_ptr<io::VirtualPort>> open(const io::DeviceInfo& as) override {
        const std::lock_guard lock(opened_.mutex);
        opened_.all.push_back(as.name + "/" + std::to_string(as.ports.size()));
        return std::make_unique<NullPort>(as);
    }
    io::IdentityUse identity_use() const noexcept override { return use_; }

  private:
    Opened& opened_;
    io::IdentityUse use_;
};

template <typename Condition>
bool comes_true(Condition condition, Duration within) {
    const platform::SteadyClock clock;
    for (const auto until = clock.now() + within; clock.now() < until;) {
        if (condition()) return true;
        std::this_thread::sleep_for(5ms);
    }
    return condition();
}

/// One thread with a daemon's control loop, told to stop at the end.
struct Loop {
    std::unique_ptr<platform::EpollWaiter> engine = platform::EpollWaiter::create().value();
    std::unique_ptr<platform::EpollWaiter> control = platform::EpollWaiter::create().value();
    std::unique_ptr<io::DatagramSocket> quiet =
        platform::UdpNetwork().open_unicast("lo", 0, false).value();
    TestSignals signals{quiet->handle()};
    std::ostringstream log;
    std::unique_ptr<control::Logger> logger =
        control::make_logger(control::LogLevel::Info, control::LogFormat::Text, log);
    std::thread thread;
    void end() {
        signals.stop();
        if (thread.joinable()) thread.join();
    }
    ~Loop() { end(); }
};

class ClientDaemonTest : public testing::Test {
  protected:
    ClientDaemonTest() {
        client_config_.network.interfaces = {"lo"};
        client_config_.network.data_port = free_port();
        client_config_.network.heartbeat_port = free_port();
        client_config_.network.control_port = free_port();
        host_config_.network = client_config_.network;
    }
    static std::uint16_t free_port() {
        return platform::UdpNetwork().open_unicast("lo", 0, false).value()->local().port;
    }
    void start_host() {
        host_.thread = std::thread([this] {
            HostDaemon daemon(
                host_config_,
                {.network = network_,
                 .clock = clock_,
                 .engine_waiter = *host_.engine,
                 .control_waiter = *host_.control,
                 .signals = host_.signals,
                 .logger = *host_.logger,
                 .next_epoch = [](HostId, Epoch) { return Epoch{1}; },
                 .version = "test",
                 .unix_ms = [] { return std::int64_t{0}; },
                 .open_osc = {},
                 .begin_engine_thread = [] {},
                 .make_opener =
                     [this](const auto&) -> Result<std::unique_ptr<io::MidiSourceOpener>> {
                     return std::make_unique<SourceOpener>(socket_);
                 },
                 .reload = [] { return Result<control::HostConfig>(fail("never asked")); }});
            EXPECT_TRUE(daemon.run());
        });
    }
    void start_client(io::IdentityUse use) {
        client_.thread = std::thread([this, use] {
            ClientDaemon daemon(
                client_config_,
                {.network = network_,
                 .clock = clock_,
                 .engine_waiter = *client_.engine,
                 .control_waiter = *client_.control,
                 .signals = client_.signals,
                 .logger = *client_.logger,
                 .client_id = {1ULL << 63U},
                 .machine = "here",
                 .version = "test",
                 .begin_engine_thread = [] {},
                 .make_opener =
                     [this, use](const auto&) -> Result<std::unique_ptr<io::VirtualPortOpener>> {
                     return std::make_unique<PortOpener>(opened_, use);
                 },
                 .reload = [this] { return Result<control::ClientConfig>(client_config_); },
                 .on_status = {}});
            EXPECT_TRUE(daemon.run());
        });
    }
    /// The host's identity goes where this client does not listen.
    void filter_control_group() { host_config_.network.control_group = 0xEF455365; }
    bool opens(std::size_t count, Duration within) {
        return comes_true([&] { return opened_.now().size() >= count; }, within);
    }

    platform::UdpNetwork network_;
    platform::SteadyClock clock_;
    control::HostConfig host_config_ = control::default_host_config();
    control::ClientConfig client_config_;
    Socket socket_;
    Opened opened_;
    Loop host_;
    Loop client_;
};

TEST_F(ClientDaemonTest, PortOpensAsTheHostsDevice) {
    start_client(io::IdentityUse::NameAndPorts);
    start_host();
    ASSERT_TRUE(opens(1, 5s));
    client_.end();
    EXPECT_THAT(opened_.now(), ElementsAre("Akai APC40/2"));
}

TEST_F(ClientDaemonTest, PortOpensAsMIDInetWhereNoIdentityArrives) {
    filter_control_group();
    start_client(io::IdentityUse::NameAndPorts);
    start_host();
    EXPECT_FALSE(opens(1, 1s)) << "it waits for a while";
    ASSERT_TRUE(opens(1, 5s));
    client_.end();
    EXPECT_THAT(opened_.now(), ElementsAre("MIDInet/0"));
    EXPECT_THAT(client_.log.str(), HasSubstr("none has said on 239.69.83.100:"));
}

TEST_F(ClientDaemonTest, PortWithANameDoesNotWaitAndGetsTheDevicesPortsLater) {
    start_client(io::IdentityUse::Ports);
    ASSERT_TRUE(opens(1, 2s)) << "there is no host yet";
    start_host();
    ASSERT_TRUE(opens(2, 5s));
    client_.end();
    EXPECT_THAT(opened_.now(), ElementsAre("/0", "Akai APC40/2"));
}

TEST_F(ClientDaemonTest, AnotherDeviceIsWarnedOfAndTakesThePortWhenTold) {
    start_client(io::IdentityUse::NameAndPorts);
    start_host();
    ASSERT_TRUE(opens(1, 5s));
    socket_.other = true;
    socket_.changed = true;
    EXPECT_FALSE(opens(2, 1s)) << "mappings are made for the first one";
    EXPECT_TRUE(comes_true(
        [&] {
            client_.signals.reload();
            return opens(2, 200ms);
        },
        5s));
    client_.end();
    EXPECT_THAT(opened_.now(), ElementsAre("Akai APC40/2", "Launchpad/1"));
    EXPECT_THAT(client_.log.str(), HasSubstr("another device than the port"));
}

TEST_F(ClientDaemonTest, PortThatKnowsNoDevicesIsOpenedOnce) {
    start_client(io::IdentityUse::None);
    start_host();
    ASSERT_TRUE(opens(1, 2s));
    EXPECT_FALSE(opens(2, 500ms));
}

}  // namespace
}  // namespace midinet::engine
