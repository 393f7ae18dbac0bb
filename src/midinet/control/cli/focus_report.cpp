#include "control/cli/focus_report.hpp"

#include "control/cli/table.hpp"
#include "control/report/focus.hpp"

#include <fmt/format.h>

namespace midinet::control::cli {
namespace {

std::string how_text(const wire::Focus& focus) {
    if (focus.manual) return "chosen by hand: it stays until the next choice";
    return focus.holder.value == 0 ? "whichever client asks gets it" : "it asked for it first";
}

std::string surfaces_text(const Scene& scene) {
    Table table({"HOST", "NAME", "DEVICE", "FEEDBACK", "PLAYED", "COALESCED", "LOST", "FOREIGN"});
    for (const auto& [id, host] : scene.roster.hosts()) {
        const auto& s = host.status;
        const char* takes = s.has_lights ? "taken" : "not taken";
        table.add({std::to_string(id.value), std::string(s.name.view()),
                   s.device_name.empty() ? "-" : std::string(s.device_name.view()),
                   host.gone(scene.now) ? "GONE" : takes, std::to_string(s.surface.played),
                   std::to_string(s.surface.coalesced), std::to_string(s.surface.lost),
                   std::to_string(s.surface.foreign)});
    }
    return table.text();
}

}  // namespace

std::string focus_text(const Scene& scene) {
    if (scene.roster.hosts().empty()) return "No host was heard.\n";
    const auto focus = focus_of(scene.roster, scene.now);
    auto text = fmt::format("Focus  {}\n       {}", holder_text(focus.holder, scene.roster),
                            how_text(focus));
    if (focus.term != 0) text += fmt::format("; term {} of host {}", focus.term, focus.by.value);
    return text + "\n\n" + surfaces_text(scene);
}

}  // namespace midinet::control::cli
