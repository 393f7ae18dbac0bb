// midi-admin: tells over HTTP how a show is, and has its hosts switch.
#include "admin/alerts/rules_file.hpp"
#include "admin/api_site.hpp"
#include "admin/config/config_watch.hpp"
#include "base/ascii.hpp"
#include "control/admin_config.hpp"
#include "control/shared/config_effect.hpp"
#include "platform/linux/avahi_directory.hpp"
#include "platform/linux/epoll_waiter.hpp"
#include "platform/linux/proc_meter.hpp"
#include "platform/linux/signal_inbox.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/passed_listener.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"
#include "platform/posix/whole_file.hpp"
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

/// What the program was told, and what is to be read again when it is told so.
struct Told {
    const control::AdminFlags& flags;
    std::optional<std::filesystem::path> file;  ///< nothing: there is none
    control::AdminConfig written{};             ///< the file as it was at the start
    control::AdminConfig config{};              ///< the same, with the flags
};

Result<control::AdminConfig> read(const std::optional<std::filesystem::path>& file) {
    return file ? control::load_admin_config(*file)
                : Result<control::AdminConfig>(control::AdminConfig{});
}

Result<Told> load(const control::AdminFlags& flags) {
    std::error_code ignored;
    Told told{flags, flags.config};
    if (!told.file && std::filesystem::exists(kUsualConfig, ignored)) told.file = kUsualConfig;
    const auto written = read(told.file);
    if (!written) return tl::unexpected(written.error());
    const auto config = control::with_flags(*written, flags);
    if (!config) return tl::unexpected(config.error());
    told.written = *written;
    told.config = *config;
    return told;
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

Result<admin::ServerOptions> server_options(const control::AdminConfig& config) {
    const auto passed = platform::passed_listener();
    if (!passed) return tl::unexpected(passed.error());
    return admin::ServerOptions{
        .listen = config.listen,
        .passed = passed->value_or(-1),
        .tls = {config.tls_cert, config.tls_key},
        .on_thread = [] { (void)::pthread_setname_np(::pthread_self(), "midinet-http"); }};
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

struct Surroundings {
    io::Signals& signals;
    io::Clock& clock;
    control::Logger& logger;
    control::Pulse& pulse;
};

/// Until a signal ends it. `reread`: the file is another one, and this program knows.
void watch(admin::ShowWatch& show, const Surroundings& around, std::atomic<bool>& reread,
           const std::function<void()>& reload) {
    const DeviceSlot whole{1};
    around.pulse.join(whole);
    for (;;) {
        show.turn();
        const auto now = around.clock.now();
        around.pulse.turned(whole, now, now);
        while (const auto signal = around.signals.next()) {
            if (*signal == io::Signal::Stop) return;
            reread = true;
        }
        if (reread.exchange(false)) reload();
    }
}

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
    auto loaded = admin::load_rules(path, apps::unix_ms());
    if (!loaded.trouble.empty()) around.logger.warning(loaded.trouble);
    admin::AlertDesk::Surroundings desk{.history = history,
                                        .sender = sender,
                                        .rules = std::move(loaded.rules),
                                        .trouble = std::move(loaded.trouble),
                                        .unix_ms = apps::unix_ms,
                                        .run = std::to_string(new_seed())};
    if (!history.state().file.empty())
        desk.keep = [path](const std::string& text) {
            return platform::replace_own_file(path, text, 0600);
        };
    return desk;
}

/// What was kept of the configuration; empty where there is nothing, or nothing to read.
std::string kept_versions(const std::filesystem::path& path, control::Logger& logger) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return {};
    auto text = platform::read_whole_file(path);
    if (!text) logger.warning(text.error().message);
    return text.value_or("");
}

/// Under another name, which no earlier one has; and the end of a sentence about it.
std::string set_aside(const std::filesystem::path& path, const std::string& text) {
    const auto aside = fmt::format("{}.unusable-{}", path.string(), apps::unix_ms());
    const auto kept = platform::replace_own_file(aside, text, 0600);
    return kept ? "is kept as " + aside : "could not be set aside: " + kept.error().message;
}

/// Only who has the data directory for itself keeps anything there.
std::function<Result<void>(const std::string&)> keeper_of(const std::filesystem::path& path,
                                                          const admin::History& history) {
    if (!history.state().file.empty())
        return [path](const auto& text) { return platform::replace_own_file(path, text, 0600); };
    return [path](const auto&) -> Result<void> {
        return fail("the history of the configuration cannot be kept in " + path.string() +
                    ": the directory is another midi-admin's, or cannot be written; choose another "
                    "one with admin.data_dir");
    };
}

admin::ConfigDesk::Surroundings config_desk_of(const Told& told, admin::History& history,
                                               std::atomic<bool>& reread,
                                               const Surroundings& around) {
    const auto path = std::filesystem::path(told.config.data_dir) / "config_history.json";
    return {.file = told.file,
            .started = told.written,
            .kept = kept_versions(path, around.logger),
            .read = platform::read_whole_file,
            .write = platform::replace_whole_file,
            .keep = keeper_of(path, history),
            .set_aside = [path](const auto& text) { return set_aside(path, text); },
            .machine = apps::this_machine(),
            .changed = [&reread] { reread = true; },
            .record = [&history](admin::Event event) { history.record(std::move(event)); },
            .say = [&logger = around.logger](const auto& news) { logger.warning(news); },
            .unix_ms = apps::unix_ms};
}

/// What the site needs and what outlives its server.
struct House {
    House(const Told& told, const Surroundings& around) : House(told, told.config, around) {}
    House(const Told& told, const control::AdminConfig& config, const Surroundings& around)
        : history(history_of(config, around)),
          sender({.clock = around.clock,
                  .unix_ms = apps::unix_ms,
                  .seed = new_seed(),
                  .agent = std::string(kProgram) + "/" + MIDINET_VERSION,
                  .on_thread = name_thread("midinet-hooks")}),
          config_desk(config_desk_of(told, history, reread, around)),
          desk_parts(desk_of(config, history, sender, around)) {
        desk_parts.post = [this](std::function<void()> task) {
            if (auto* server = serving.load()) server->post(std::move(task));
        };
        desk.emplace(std::move(desk_parts));
    }
    std::atomic<admin::HttpServer*> serving{nullptr};  // the server asks while it is being made
    std::atomic<bool> reread{false};
    admin::History history;
    admin::WebhookSender sender;
    admin::ConfigDesk config_desk;
    admin::AlertDesk::Surroundings desk_parts;
    std::optional<admin::AlertDesk> desk;
};

admin::ApiSite::Surroundings site_of(House& house, admin::ShowWatch& show, io::Clock& clock) {
    return {.hands =
                {.latest = [&show] { return show.picture(); },
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
            .alerts = *house.desk,
            .config = house.config_desk,
            .tap = [&show](admin::TapWants wants) { show.tap(std::move(wants)); }};
}

/// What this admin is, for others to compare, and what is wrong with it.
class SelfPortrait {
  public:
    SelfPortrait(const Told& told, SenderId id, const io::IpEndpoint& local,
                 const admin::AlertDesk& desk)
        : told_(told), desk_(desk), config_(told.file, platform::read_whole_file) {
        status_.id = id;
        status_.name = decltype(status_.name){apps::machine_name()};
        status_.version = decltype(status_.version){MIDINET_VERSION};
        status_.listen = decltype(status_.listen){io::to_string(local)};
        status_.tls = !told_.config.tls_cert.empty();
    }
    admin::ShowWatch::Introduction look() {
        config_.look();
        status_.config = config_.mark();
        status_.uptime_ms = static_cast<std::uint64_t>((clock_.now() - began_) / 1ms);
        auto findings = config_.findings();
        if (auto trouble = desk_.trouble(); !trouble.empty())
            findings.push_back({control::Grade::Degraded, std::move(trouble),
                                "look at the file, and PUT the rules and the webhook again: "
                                "/api/alerts/config"});
        return {status_, std::move(findings)};
    }

  private:
    const Told& told_;
    const admin::AlertDesk& desk_;
    admin::ConfigWatch config_;
    platform::SteadyClock clock_;
    TimePoint began_ = clock_.now();
    control::plane::AdminStatus status_;
};

/// What can change while it serves changes; the rest is named.
void reload(const Told& told, House& house, admin::ApiSite& site, control::Logger& logger) {
    const auto written = read(told.file);
    const auto loaded =
        written.and_then([&](const auto& file) { return control::with_flags(file, told.flags); });
    if (!loaded) return logger.error("reload refused, nothing changed: " + loaded.error().message);
    logger.set_level(loaded->log.level);
    logger.set_format(loaded->log.format);
    auto& server = *house.serving.load();
    server.post([&site, names = names_of(*loaded)] { site.know(names); });
    house.history.keep(retention(*loaded));
    house.sender.obey({loaded->webhook_private_ranges, server.local().port});
    const auto waits = control::waits_for_restart(told.written, *written);
    if (waits.empty())
        logger.info("reloaded");
    else
        logger.warning("reloaded; changes to " + waits + " take effect at the next start");
}

/// Serves what `show` hears, until a signal ends it.
Result<void> serve(const Told& told, const std::string& token, admin::ShowWatch& show,
                   Surroundings around) {
    const auto& config = told.config;
    const auto options = server_options(config);
    if (!options) return tl::unexpected(options.error());
    House house(told, around);
    admin::ApiSite site(site_of(house, show, around.clock), {token, names_of(config)});
    auto server = admin::HttpServer::open(*options, site);
    if (!server) return tl::unexpected(server.error());
    house.serving = server->get();
    house.sender.obey({config.webhook_private_ranges, (*server)->local().port});
    show.on_picture([&site, serving = server->get()](const admin::PicturePtr& picture) {
        serving->post([&site, picture] { site.on_picture(*picture); });
    });
    show.on_taps([&site, serving = server->get()](admin::TapBatch batch) {
        auto shared = std::make_shared<const admin::TapBatch>(std::move(batch));
        serving->post([&site, shared] { site.on_taps(*shared); });
    });
    auto store = platform::StateStore::open({std::filesystem::path(config.data_dir)});
    const auto id = store.admin_id();
    SelfPortrait self(told, id, (*server)->local(), *house.desk);
    show.introduce([&self] { return self.look(); }, store.next_epoch(id));
    tell_of_start(config, (*server)->local(), !token.empty(), around.logger);
    watch(show, around, house.reread, [&] { reload(told, house, site, around.logger); });
    house.sender.close();
    show.close();
    house.history.close();
    around.logger.info("ended");
    return {};
}

Result<void> run(const Told& told, const std::string& token, control::Logger& logger) {
    const auto& config = told.config;
    if (const auto most = platform::allow_most_descriptors(); most < kComfortable)
        logger.warning(
            fmt::format("the system allows {} open files: about as many connections are "
                        "served; give the service LimitNOFILE={}",
                        most, kComfortable));
    auto signals = platform::SignalInbox::open();
    auto waiter = platform::EpollWaiter::create();
    if (!signals) return tl::unexpected(signals.error());
    if (!waiter) return tl::unexpected(waiter.error());
    const auto pulse = apps::make_pulse();
    if (!pulse) return tl::unexpected(pulse.error());
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
    return serve(told, token, show, {*signals, clock, logger, **pulse});
}

int midi_admin(int argc, char** argv) {
    apps::set_last_words(kProgram);
    const auto flags = control::parse_admin_flags(MIDINET_VERSION, argc, argv);
    if (!flags) return apps::leave(flags.error());
    const auto told = load(*flags);
    if (!told) return apps::complain_of_config(kProgram, told.error());
    if (flags->print_config) return apps::say(control::print_config(told->config));
    if (flags->check_config) return apps::say("the configuration is good\n");
    const auto logger = control::make_logger(told->config.log.level, told->config.log.format);
    if (auto ran = run(*told, token_of(*flags), *logger); !ran)
        return apps::complain(kProgram, ran.error());
    return 0;
}

}  // namespace
}  // namespace midinet

// NOLINTNEXTLINE(bugprone-exception-escape): set_last_words() says what it was.
int main(int argc, char** argv) { return midinet::midi_admin(argc, argv); }
