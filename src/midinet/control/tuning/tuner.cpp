#include "control/tuning/tuner.hpp"

#include "control/tuning/places.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace midinet::control::tuning {
namespace {

std::string boot_of(const io::SettingFiles& files) {
    return files.read(places::kBootId).value_or("");
}

/// Nothing: there is none.
Result<std::optional<Record>> read_record(const io::SettingFiles& files) {
    const auto text = files.read(places::kRecord);
    if (!text) return std::nullopt;
    auto record = parse_record(*text);
    if (!record)
        return fail(places::kRecord + ": " + record.error().message +
                    ": what was there before the tuning is not known; move the file away to go on");
    return std::optional(std::move(*record));
}

void set(io::SettingFiles& files, const std::string& wanted, Change& change) {
    const auto written = files.write(change.path, wanted);
    change.after = files.read(change.path).value_or("");
    if (!written) {
        change.outcome = Outcome::Refused;
        change.why = written.error().message;
    } else {
        change.outcome = change.after == wanted ? Outcome::Set : Outcome::NotKept;
    }
}

/// Gives whether anything is to be changed.
Result<bool> remember(io::SettingFiles& files, const Plan& plan) {
    auto known = read_record(files);
    if (!known) return tl::unexpected(known.error());
    auto record = std::move(*known).value_or(Record{});
    const auto boot = boot_of(files);
    if (record.boot != boot) record = {boot, {}};
    bool any = false;
    for (const auto& setting : plan.settings) {
        if (setting.good) continue;
        record.add({setting.path, setting.name, setting.now});
        any = true;
    }
    if (!any) return false;
    if (auto kept = files.keep(places::kRecord, to_text(record)); !kept)
        return fail(kept.error().message + ": nothing was changed, for it could not be undone");
    return true;
}

Change put_back(io::SettingFiles& files, const FormerValue& former) {
    const auto now = files.read(former.path);
    Change change{former.name, former.path, now.value_or(""), {}, Outcome::Gone, {}};
    if (!now) return change;
    change.after = *now;
    change.outcome = Outcome::AsItWas;
    if (*now != former.value) set(files, former.value, change);
    return change;
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
    static constexpr std::array<std::string_view, 5> kNames{"as_it_was", "set", "refused",
                                                            "not_kept", "gone"};
    return kNames[static_cast<std::size_t>(outcome)];
}

Result<std::vector<Change>> apply(io::SettingFiles& files, const Plan& plan) {
    if (const auto any = remember(files, plan); !any) return tl::unexpected(any.error());
    std::vector<Change> changes;
    for (const auto& setting : plan.settings) {
        Change change{setting.name, setting.path, setting.now, setting.now, Outcome::AsItWas, {}};
        if (!setting.good) set(files, setting.wanted, change);
        changes.push_back(std::move(change));
    }
    return changes;
}

Result<Undone> undo(io::SettingFiles& files) {
    auto record = read_record(files);
    if (!record) return tl::unexpected(record.error());
    Undone undone;
    if (!*record) return undone;
    undone.tuned = true;
    undone.restarted = (*record)->boot != boot_of(files);
    Record left{(*record)->boot, {}};
    if (!undone.restarted)
        for (const auto& former : (*record)->former) {
            undone.changes.push_back(put_back(files, former));
            if (failed(undone.changes.back().outcome)) left.add(former);
        }
    auto done = left.former.empty() ? files.forget(places::kRecord)
                                    : files.keep(places::kRecord, to_text(left));
    if (!done) return tl::unexpected(done.error());
    return undone;
}

}  // namespace midinet::control::tuning
