#include "midi/parameter_table.hpp"

#include <algorithm>
#include <utility>

namespace midinet::midi {
namespace {

constexpr auto kBelow = [](const Parameter& p, std::uint16_t key) { return p.key < key; };

}  // namespace

Parameter* ParameterTable::lower_bound(std::uint16_t key) noexcept {
    return std::lower_bound(table_.begin(), table_.end(), key, kBelow);
}

const Parameter* ParameterTable::find(std::uint16_t key) const noexcept {
    const Parameter* at = std::lower_bound(table_.begin(), table_.end(), key, kBelow);
    return at != table_.end() && at->key == key ? at : nullptr;
}

std::optional<Parameter> ParameterTable::put(Parameter parameter) noexcept {
    Parameter* const at = lower_bound(parameter.key);
    if (at != table_.end() && at->key == parameter.key) return std::exchange(*at, parameter);
    Parameter* const unprotected = lower_bound(kProtected);
    const bool full = table_.end() - unprotected == static_cast<std::ptrdiff_t>(kUnprotected);
    if (parameter.key >= kProtected && full) {
        if (at != table_.end()) return std::exchange(*at, parameter);  // the order is kept
        const Parameter victim = *unprotected;
        std::move(unprotected + 1, table_.end(), unprotected);
        table_.back() = parameter;
        return victim;
    }
    const auto offset = at - table_.begin();
    table_.push_back(parameter);
    std::rotate(table_.begin() + offset, table_.end() - 1, table_.end());
    return std::nullopt;
}

std::optional<Parameter> ParameterTable::erase(std::uint16_t key) noexcept {
    Parameter* const at = lower_bound(key);
    if (at == table_.end() || at->key != key) return std::nullopt;
    const Parameter gone = *at;
    std::move(at + 1, table_.end(), at);
    table_.pop_back();
    return gone;
}

}  // namespace midinet::midi
