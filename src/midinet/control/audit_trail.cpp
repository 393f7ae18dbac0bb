#include "control/audit_trail.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace midinet::control {
namespace {

constexpr bool continues_a_character(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string_view to_string(SwitchOrigin origin) noexcept {
    switch (origin) {
        case SwitchOrigin::Command:
            return "command";
        case SwitchOrigin::MidiNote:
            return "midi_note";
        case SwitchOrigin::Osc:
            return "osc";
        case SwitchOrigin::Api:
            return "api";
        case SwitchOrigin::Dashboard:
            return "dashboard";
        case SwitchOrigin::Client:
            return "client";
    }
    return "unknown";
}

std::string_view to_string(SwitchOutcome outcome) noexcept {
    switch (outcome) {
        case SwitchOutcome::Accepted:
            return "accepted";
        case SwitchOutcome::Refused:
            return "refused";
        case SwitchOutcome::NeedsConfirmation:
            return "needs_confirmation";
    }
    return "unknown";
}

std::string audit_text(std::string_view text) {
    if (text.size() <= kMaxAuditText) return std::string(text);
    std::size_t end = kMaxAuditText;
    // A character has at most four bytes; what is not UTF-8 is cut anywhere.
    for (int back = 0; back < 3 && continues_a_character(text[end]); ++back) --end;
    if (continues_a_character(text[end])) end = kMaxAuditText;
    return std::string(text.substr(0, end));
}

std::string to_json_line(const AuditRecord& record) {
    nlohmann::ordered_json line{{"sequence", record.sequence},
                                {"unix_ms", record.unix_ms},
                                {"monotonic_ns", record.at.time_since_epoch().count()},
                                {"origin", to_string(record.origin)},
                                {"who", record.who},
                                {"target", record.target.value},
                                {"outcome", to_string(record.outcome)},
                                {"why", record.why}};
    if (record.input != 0) line["input"] = record.input;
    if (record.held) line["held_ms"] = record.held->count() / 1'000'000;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

const AuditRecord& AuditTrail::add(AuditRecord record) {
    record.who = audit_text(record.who);
    record.why = audit_text(record.why);
    record.sequence = ++written_;
    return records_[(written_ - 1) % kCapacity] = std::move(record);
}

}  // namespace midinet::control
