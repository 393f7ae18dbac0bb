#include "control/cli/config_files.hpp"

#include "control/admin_config.hpp"
#include "control/client_config.hpp"
#include "control/host_config.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string_view>

namespace midinet::control::cli {
namespace {

using Values = std::map<std::string, std::string>;

/// Of what print_config() prints: a value a line.
Values values_of(const std::string& toml) {
    Values values;
    std::istringstream lines(toml);
    std::string table;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) table = line.substr(1, line.find(']') - 1) + '.';
        const auto equals = line.find(" = ");
        if (!line.starts_with('[') && equals != std::string::npos)
            values[table + line.substr(0, equals)] = line.substr(equals + 3);
    }
    return values;
}

/// Of keys, or of tables where they end with a dot.
bool is_among(const std::string& key, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return name.ends_with('.') ? key.starts_with(name) : key == name;
    });
}

bool host_restarts(const std::string& key) {
    return is_among(
        key, {"host.", "network.", "heartbeat.interval_ms", "failover.mode", "failover.relay_of",
              "failover.relay_group", "failover.triggers.", "midi.pair."});
}
bool client_restarts(const std::string& key) {
    return !is_among(key, {"log.", "focus.auto_claim", "midi.port", "midi.baud", "midi.device_name",
                           "midi.gadget_udc"});
}
bool admin_restarts(const std::string&) { return true; }

template <typename Load>
void add_complaint(std::vector<std::string>& sentences, Load&& load,
                   const std::filesystem::path& file) {
    const auto loaded = load(file);
    if (!loaded &&
        std::find(sentences.begin(), sentences.end(), loaded.error().message) == sentences.end())
        sentences.push_back(loaded.error().message);
}

/// Whose, which files, and what of it waits for a start.
struct Pair {
    const char* program;
    const std::filesystem::path& before;
    const std::filesystem::path& after;
    bool (*restarts)(const std::string& key);
};

template <typename Load>
Result<void> add_differences(std::vector<ConfigDifference>& all, const Pair& pair, Load&& load) {
    const auto before = load(pair.before);
    if (!before) return tl::unexpected(before.error());
    const auto after = load(pair.after);
    if (!after) return tl::unexpected(after.error());
    const auto was = values_of(print_config(*before));
    const auto is = values_of(print_config(*after));
    for (const auto& [key, value] : is) {
        const auto at = was.find(key);
        const auto old = at == was.end() ? std::string{} : at->second;
        if (old != value) all.push_back({key, pair.program, old, value, pair.restarts(key)});
    }
    return {};
}

/// Other devices are opened on reload; more or fewer of them are not.
void mark_device_count(std::vector<ConfigDifference>& all, const std::filesystem::path& before,
                       const std::filesystem::path& after) {
    const auto was = load_host_config(before);
    const auto is = load_host_config(after);
    const bool differs = was && is && was->further.size() != is->further.size();
    for (auto& one : all)
        if (one.key == "midi.devices") one.restarts = differs;
}

}  // namespace

ConfigKind kind_of(const std::filesystem::path& file) {
    return file.filename().string().find("client") != std::string::npos ? ConfigKind::Client
                                                                        : ConfigKind::Show;
}

std::vector<std::string> check_config(const std::filesystem::path& file, ConfigKind kind) {
    std::vector<std::string> sentences;
    if (kind == ConfigKind::Client) {
        add_complaint(sentences, load_client_config, file);
    } else {
        add_complaint(sentences, load_host_config, file);
        add_complaint(sentences, load_admin_config, file);
    }
    return sentences;
}

std::vector<Misfit> config_misfits(const std::filesystem::path& file, ConfigKind kind,
                                   const ThisMachine& machine) {
    if (kind == ConfigKind::Client) {
        const auto config = load_client_config(file);
        return config ? misfits_of(*config, machine) : std::vector<Misfit>{};
    }
    const auto host = load_host_config(file);
    const auto admin = load_admin_config(file);
    if (!host || !admin) return {};
    return misfits_of(SharedConfig{*host, *admin}, machine);
}

Result<std::vector<ConfigDifference>> diff_configs(const std::filesystem::path& before,
                                                   const std::filesystem::path& after,
                                                   ConfigKind kind) {
    std::vector<ConfigDifference> all;
    Result<void> done;
    if (kind == ConfigKind::Client) {
        done = add_differences(all, {"midi-client", before, after, client_restarts},
                               load_client_config);
    } else {
        done = add_differences(all, {"midi-host", before, after, host_restarts}, load_host_config);
        mark_device_count(all, before, after);
        if (done)
            done = add_differences(all, {"midi-admin", before, after, admin_restarts},
                                   load_admin_config);
    }
    if (!done) return tl::unexpected(done.error());
    return all;
}

}  // namespace midinet::control::cli
