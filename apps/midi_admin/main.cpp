// midi-admin: tells over HTTP how a show is, and has its hosts switch.
#include "admin/alerts/rules_file.hpp"
#include "admin/api_site.hpp"
#include "base/ascii.hpp"
#include "control/admin_config.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/posix/atomic_file.hpp"
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
    io::Clock& clock;
    control::Logger& logger;
};

std::function<void()> name_thread(const char* name) {
    return [name] { (void)::pthread_setname_np(::pthread_self(), name); };
}

admin::Retention retention(const control::AdminConfig& config) {
    constexpr std::int64_t kHour = 3600;
    constexpr std::int64_t kDay = 24 * kHour;
    return {config.keep_seconds_h * kHour, config.keep_minutes_d * kDay,
            config.keep_hours_d * kDay};
}

admin::History::Surroundings history_of(const control::AdminConfig& config,
                                        const Surroundings& around) {
    return {.directory = config.data_dir,
            .keep = retention(config),
            .clock = around.clock,
            .unix_ms = apps::unix_ms,
            .say = [&logger = around.logger](const std::string& news) { logger.warning(news); },
            .on_thread = name_thread("midinet-store")};
}

/// Where the rules of alerts are kept, and how.
admin::AlertDesk::Surroundings desk_of(const control::AdminConfig& config, admin::History& history,
                                       admin::WebhookSender& sender, const Surroundings& around) {
    const auto path = std::filesystem::path(config.data_dir) / admin::kRulesFile;
    admin::AlertDesk::Surroundings desk{
        .history = history,
        .sender = sender,
        .rules = admin::load_rules(
            path, [&logger = around.logger](const auto& news) { logger.warning(news); }),
        .unix_ms = apps::unix_ms,
        .run = std::to_string(new_seed())};
    if (!history.state().file.empty())
        desk.keep = [path](const std::string& text) {
            return platform::replace_file(path, text, 0600);
        };
    return desk;
}

/// What the site needs and what outlives its server.
struct House {
    House(const control::AdminConfig& config, const Surroundings& around)
        : history(history_of(config, around)),
          sender({.clock = around.clock,
                  .unix_ms = apps::unix_ms,
                  .seed = new_seed(),
                  .agent = std::string(kProgram) + "/" + MIDINET_VERSION,
                  .on_thread = name_thread("midinet-hooks")}),
          desk_parts(desk_of(config, history, sender, around)) {
        desk_parts.post = [this](std::function<void()> task) {
            if (auto* server = serving.load()) server->post(std::move(task));
        };
        desk.emplace(std::move(desk_parts));
    }
    std::atomic<admin::HttpServer*> serving{nullptr};  // the server asks while it is being made
    admin::History history;
    admin::WebhookSender sender;
    admin::AlertDesk::Surroundings desk_parts;
    std::optional<admin::AlertDesk> desk;
};

admin::ApiSite::Surroundings site_of(House& house, admin::ShowWatch& show, io::Clock& clock) {
    return {.hands = {
                .latest = [&show] { return show.picture(); },
                .ask = [&show](admin::Question question) { return show.ask(std::move(question)); },
                .record = [&house](admin::Event event) { house.history.record(std::move(event)); },
                .unix_ms = apps::unix_ms},
            .clock = clock,
            .counters =
                [&house] {
                    const auto* server = house.serving.load();
                    return server != nullptr ? server->counters() : admin::ServerCounters{};
                },
            .version = MIDINET_VERSION,
            .run = std::to_string(new_seed()),
            .history = house.history,
            .alerts = *house.desk};
}

/// Serves what `show` hears, until a signal ends it.
Result<void> serve(const control::AdminConfig& config, const std::string& token,
                   admin::ShowWatch& show, Surroundings around) {
    House house(config, around);
    admin::ApiSite site(site_of(house, show, around.clock), {token, names_of(config)});
    auto server = admin::HttpServer::open(server_options(config), site);
    if (!server) return tl::unexpected(server.error());
    house.serving = server->get();
    house.sender.obey({config.webhook_private_ranges, (*server)->local().port});
    show.on_picture([&site, serving = server->get()](const admin::PicturePtr& picture) {
        serving->post([&site, picture] { site.on_picture(*picture); });
    });
    tell_of_start(config, (*server)->local(), !token.empty(), around.logger);
    watch(show, around.signals);
    house.sender.close();
    show.close();
    house.history.close();
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
    platform::ProcMeter meter({"/", config.data_dir});
    admin::ShowWatch show({.network = network,
                           .clock = clock,
                           .waiter = **waiter,
                           .seed = new_seed(),
                           .unix_ms = apps::unix_ms,
                           .make_browser = platform::open_browser,
                           .say = [&logger](const std::string& news) { logger.info(news); },
                           .read_system = [&meter] { return meter.read(); }},
                          config.network);
    return serve(config, token, show, {*signals, clock, logger});
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
