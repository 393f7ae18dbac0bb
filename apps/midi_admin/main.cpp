// midi-admin: tells over HTTP how a show is, and has its hosts switch.
#include "admin/api_site.hpp"
#include "base/ascii.hpp"
#include "control/admin_config.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "startup.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <random>

namespace midinet {
namespace {

constexpr const char* kProgram = "midi-admin";
constexpr const char* kUsualConfig = "/etc/midinet/midinet.toml";
/// Descriptors for as many connections as the server takes, and what else is open.
constexpr std::size_t kComfortable = 2100;

Result<control::AdminConfig> load(const control::AdminFlags& flags) {
    std::error_code ignored;
    const auto path = flags.config                                     ? *flags.config
                      : std::filesystem::exists(kUsualConfig, ignored) ? kUsualConfig
                                                                       : std::filesystem::path{};
    auto config = path.empty() ? Result<control::AdminConfig>(control::AdminConfig{})
                               : control::load_admin_config(path);
    return std::move(config).and_then(
        [&](const control::AdminConfig& loaded) { return control::with_flags(loaded, flags); });
}

std::string token_of(const control::AdminFlags& flags) {
    if (flags.token) return *flags.token;
    const char* set = std::getenv("MIDINET_API_TOKEN");  // NOLINT(concurrency-mt-unsafe): no thread
    return set != nullptr ? set : "";
}

std::uint64_t new_seed() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
}

/// The names that this machine has anyway, and those of the file.
std::vector<std::string> names_of(const control::AdminConfig& config) {
    auto names = config.hosts;
    const auto machine = ascii_lower(apps::machine_name());
    names.push_back(machine);
    names.push_back(machine.substr(0, machine.find('.')) + ".local");
    return names;
}

admin::ServerOptions server_options(const control::AdminConfig& config) {
    return {.listen = config.listen, .tls = {config.tls_cert, config.tls_key}, .on_thread = [] {
                (void)::pthread_setname_np(::pthread_self(), "midinet-http");
            }};
}

void tell_of_start(const control::AdminConfig& config, const io::IpEndpoint& local, bool guarded,
                   control::Logger& logger) {
    logger.info(std::string("serving ") + (config.tls_cert.empty() ? "http" : "https") + " on " +
                io::to_string(local));
    if (!guarded)
        logger.warning(
            "there is no token: whoever reaches this address may switch hosts; set "
            "MIDINET_API_TOKEN");
}

/// Until a signal ends it.
void watch(admin::ShowWatch& show, io::Signals& signals) {
    for (;;) {
        show.turn();
        while (const auto signal = signals.next())
            if (*signal == io::Signal::Stop) return;
    }
}

struct Surroundings {
    io::Signals& signals;
    control::Logger& logger;
};

/// Serves what `show` hears, until a signal ends it.
Result<void> serve(const control::AdminConfig& config, const std::string& token,
                   admin::ShowWatch& show, io::Clock& clock, Surroundings around) {
    std::atomic<admin::HttpServer*> serving{nullptr};  // the server asks while it is being made
    admin::ApiSite site(
        {.hands = {
             .latest = [&show] { return show.picture(); },
             .ask = [&show](admin::Question question) { return show.ask(std::move(question)); }},
         .clock = clock,
         .counters =
             [&serving] {
                 const auto* server = serving.load();
                 return server != nullptr ? server->counters() : admin::ServerCounters{};
             },
         .version = MIDINET_VERSION,
         .run = std::to_string(new_seed())},
        {token, names_of(config)});
    auto server = admin::HttpServer::open(server_options(config), site);
    if (!server) return tl::unexpected(server.error());
    serving = server->get();
    show.on_picture([&site, serving = server->get()](const admin::PicturePtr& picture) {
        serving->post([&site, picture] { site.on_picture(*picture); });
    });
    tell_of_start(config, (*server)->local(), !token.empty(), around.logger);
    watch(show, around.signals);
    show.close();
    around.logger.info("ended");
    return {};
}

Result<void> run(const control::AdminConfig& config, const std::string& token,
                 control::Logger& logger) {
    if (const auto most = platform::allow_most_descriptors(); most < kComfortable)
        logger.warning(
            fmt::format("the system allows {} open files: about as many connections are "
                        "served; give the service LimitNOFILE={}",
                        most, kComfortable));
    auto signals = platform::SignalInbox::open();
    auto waiter = platform::EpollWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!waiter) return tl::unexpected(waiter.error());
    if (auto watched = (*waiter)->watch(signals->handle(), 0, true, false); !watched)
        return watched;
    platform::UdpNetwork network{platform::UdpNetwork::Absent::Await};
    platform::SteadyClock clock;
    platform::ProcMeter meter({"/"});
    admin::ShowWatch show({.network = network,
                           .clock = clock,
                           .waiter = **waiter,
                           .seed = new_seed(),
                           .unix_ms = apps::unix_ms,
                           .make_browser = platform::open_browser,
                           .say = [&logger](const std::string& news) { logger.info(news); },
                           .read_system = [&meter] { return meter.read(); }},
                          config.network);
    return serve(config, token, show, clock, {*signals, logger});
}

int midi_admin(int argc, char** argv) {
    apps::set_last_words(kProgram);
    const auto flags = control::parse_admin_flags(MIDINET_VERSION, argc, argv);
    if (!flags) return apps::leave(flags.error());
    const auto config = load(*flags);
    if (!config) return apps::complain(kProgram, config.error());
    if (flags->print_config) return apps::say(control::print_config(*config));
    if (flags->check_config) return apps::say("the configuration is good\n");
    const auto logger = control::make_logger(config->log.level, config->log.format);
    if (auto ran = run(*config, token_of(*flags), *logger); !ran)
        return apps::complain(kProgram, ran.error());
    return 0;
}

}  // namespace
}  // namespace midinet

int main(int argc, char** argv) { return midinet::midi_admin(argc, argv); }
