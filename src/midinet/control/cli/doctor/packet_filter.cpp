// The format is that of libnftables-json(5). What is not understood is neither a match nor none:
// a rule that might drop is told as such.
#include "control/cli/doctor/packet_filter.hpp"

#include "control/config_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace midinet::control::cli {
namespace {

using Json = nlohmann::json;
using Way = ShowPacket::Way;
using Fate = FilterVerdict::Fate;

/// Whether something is the case.
enum class Truth : std::uint8_t { No, Unknown, Yes };
Truth of(bool truth) { return truth ? Truth::Yes : Truth::No; }
Truth opposite(Truth truth) { return truth == Truth::Unknown ? truth : of(truth == Truth::No); }

const Json* member(const Json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto at = object.find(key);
    return at == object.end() ? nullptr : &*at;
}
std::string text_of(const Json& object, const char* key) {
    const Json* found = member(object, key);
    return found != nullptr && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A value of a packet's field.
struct Value {
    std::optional<std::int64_t> number;
    std::string word;  ///< how rules may name it instead
};

class Filter {
  public:
    Filter(const Json& objects, const ShowPacket& packet) : objects_(objects), packet_(packet) {}

    FilterVerdict run() {
        for (const auto& object : objects_) {
            const Json* chain = member(object, "chain");
            if (chain != nullptr && is_on_the_way(*chain)) run_base(*chain);
            if (verdict_.fate == Fate::Drops) break;
        }
        return verdict_;
    }

  private:
    enum class End : std::uint8_t { GoesOn, Accepted, Dropped };
    static constexpr int kDeepest = 16;

    bool is_on_the_way(const Json& chain) const {
        const auto family = text_of(chain, "family");
        const auto hook = text_of(chain, "hook");
        if (family != "ip" && family != "inet") return false;
        return packet_.way == Way::In ? hook == "input" || hook == "prerouting"
                                      : hook == "output" || hook == "postrouting";
    }

    // NOLINTBEGIN(misc-no-recursion): as deep as kDeepest, and as sets hold sets
    void run_base(const Json& chain) {
        if (run_chain(chain, 0) != End::GoesOn || text_of(chain, "policy") != "drop") return;
        drop(fmt::format("the policy of {}", name_of(chain)), chain,
             may_have_been_accepted_ ? Truth::Unknown : Truth::Yes);
    }

    static std::string name_of(const Json& chain) {
        return fmt::format("table {} {}, chain {}", text_of(chain, "family"),
                           text_of(chain, "table"), text_of(chain, "name"));
    }

    /// Remembers the worst that was found.
    void drop(std::string rule, const Json& chain, Truth sure) {
        const Fate fate = sure == Truth::Yes ? Fate::Drops : Fate::MayDrop;
        if (fate <= verdict_.fate) return;
        const auto what = packet_.igmp ? std::string("ip protocol igmp")
                                       : fmt::format("udp dport {}", packet_.port);
        verdict_ = {fate, std::move(rule),
                    fmt::format("nft insert rule {} {} {} {} accept", text_of(chain, "family"),
                                text_of(chain, "table"), text_of(chain, "name"), what)};
    }

    End run_chain(const Json& chain, int depth) {
        const auto family = text_of(chain, "family");
        const auto table = text_of(chain, "table");
        const auto name = text_of(chain, "name");
        for (const auto& object : objects_) {
            const Json* rule = member(object, "rule");
            if (rule == nullptr || text_of(*rule, "chain") != name ||
                text_of(*rule, "table") != table || text_of(*rule, "family") != family)
                continue;
            bool leaves = false;
            const End end = run_rule(*rule, chain, depth, leaves);
            if (end != End::GoesOn) return end;
            if (leaves) break;
        }
        return End::GoesOn;
    }

    End run_rule(const Json& rule, const Json& chain, int depth, bool& leaves) {
        const Json* statements = member(rule, "expr");
        if (statements == nullptr || !statements->is_array()) return End::GoesOn;
        Truth so_far = Truth::Yes;
        for (const auto& statement : *statements) {
            so_far = std::min(so_far, lets_on(statement, text_of(rule, "table")));
            if (so_far == Truth::No) return End::GoesOn;
            if (statement.contains("drop") || statement.contains("reject"))
                return dropped(rule, chain, so_far);
            if (statement.contains("accept")) return accepted(so_far);
            if (statement.contains("return")) {
                leaves = so_far == Truth::Yes;
                return End::GoesOn;
            }
            const Json* to = jump_of(statement);
            if (to == nullptr || depth >= kDeepest) continue;
            const End end = follow(text_of(*to, "target"), chain, depth, so_far);
            if (end != End::GoesOn) return end;
            leaves = statement.contains("goto") && so_far == Truth::Yes;
        }
        return End::GoesOn;
    }

    /// Whether the statements behind this one are reached.
    Truth lets_on(const Json& statement, const std::string& table) const {
        if (const Json* match = member(statement, "match")) return matches(*match, table);
        for (const char* unknown : {"limit", "xt", "vmap", "quota"})
            if (statement.contains(unknown)) return Truth::Unknown;
        return Truth::Yes;
    }

    End accepted(Truth so_far) {
        if (so_far == Truth::Yes) return End::Accepted;
        may_have_been_accepted_ = true;
        return End::GoesOn;
    }

    static const Json* jump_of(const Json& statement) {
        const Json* to = member(statement, "jump");
        return to != nullptr ? to : member(statement, "goto");
    }

    End dropped(const Json& rule, const Json& chain, Truth so_far) {
        const Json* handle = member(rule, "handle");
        const Truth sure = may_have_been_accepted_ ? Truth::Unknown : so_far;
        drop(fmt::format("rule {} of {}", handle != nullptr ? handle->dump() : "?", name_of(chain)),
             chain, sure);
        return so_far == Truth::Yes ? End::Dropped : End::GoesOn;
    }

    /// A jump that is not sure to be taken is followed as one that may be.
    End follow(const std::string& target, const Json& from, int depth, Truth taken) {
        for (const auto& object : objects_) {
            const Json* chain = member(object, "chain");
            if (chain == nullptr || text_of(*chain, "name") != target ||
                text_of(*chain, "table") != text_of(from, "table") ||
                text_of(*chain, "family") != text_of(from, "family"))
                continue;
            const bool before = may_have_been_accepted_;
            if (taken != Truth::Yes) may_have_been_accepted_ = true;
            const End end = run_chain(*chain, depth + 1);
            if (taken == Truth::Yes) return end;
            may_have_been_accepted_ = before || end == End::Accepted;
            return End::GoesOn;
        }
        return End::GoesOn;
    }

    Truth matches(const Json& match, const std::string& table) const {
        const Json* left = member(match, "left");
        const Json* right = member(match, "right");
        if (left == nullptr || right == nullptr) return Truth::Unknown;
        const auto op = text_of(match, "op");
        if (const Json* ct = member(*left, "ct"))
            return text_of(*ct, "key") == "state" ? state_is(*right, op) : Truth::Unknown;
        Value value;
        const Truth has = look_up(*left, value);
        if (has != Truth::Yes) return has;
        if (op == "==" || op == "in") return is_among(value, *right, table);
        if (op == "!=") return opposite(is_among(value, *right, table));
        if (!value.number || !right->is_number_integer()) return Truth::Unknown;
        const auto limit = right->get<std::int64_t>();
        if (op == "<") return of(*value.number < limit);
        if (op == ">") return of(*value.number > limit);
        if (op == "<=") return of(*value.number <= limit);
        return op == ">=" ? of(*value.number >= limit) : Truth::Unknown;
    }

    /// To a packet filter every datagram of a group is a new connection.
    static Truth state_is(const Json& right, const std::string& op) {
        const auto* set = member(right, "set");
        const Json& states = set != nullptr ? *set : right;
        bool is_new = states.is_string() && states.get<std::string>() == "new";
        if (states.is_array())
            for (const auto& one : states) is_new = is_new || one == "new";
        return of(is_new == (op != "!="));
    }

    /// No: such a packet has no such field, so that the rule is about others.
    Truth look_up(const Json& left, Value& value) const {
        if (const Json* meta = member(left, "meta"))
            return look_up_meta(text_of(*meta, "key"), value);
        const Json* payload = member(left, "payload");
        if (payload == nullptr) return Truth::Unknown;
        const auto protocol = text_of(*payload, "protocol");
        const auto field = text_of(*payload, "field");
        if (protocol == "ip" && field == "protocol") {
            value = {packet_.igmp ? 2 : 17, packet_.igmp ? "igmp" : "udp"};
            return Truth::Yes;
        }
        if (protocol == "ip" && field == "daddr") {
            value = {packet_.to, {}};
            return Truth::Yes;
        }
        if (protocol == "ip") return Truth::Unknown;
        if ((protocol == "udp" || protocol == "th") && !packet_.igmp) {
            if (field != "dport") return Truth::Unknown;
            value = {packet_.port, {}};
            return Truth::Yes;
        }
        return protocol == "igmp" && packet_.igmp ? Truth::Unknown : Truth::No;
    }

    Truth look_up_meta(const std::string& key, Value& value) const {
        const bool in = packet_.way == Way::In;
        if (key == "l4proto")
            value = {packet_.igmp ? 2 : 17, packet_.igmp ? "igmp" : "udp"};
        else if (key == "nfproto")
            value = {2, "ipv4"};
        else if (key == "protocol")
            value = {0x0800, "ip"};
        else if (key == "pkttype")
            value = {2, "multicast"};
        else if (key == (in ? "iifname" : "oifname") || key == (in ? "iif" : "oif"))
            value = {std::nullopt, packet_.interface};
        else
            return Truth::Unknown;
        return Truth::Yes;
    }

    Truth is_among(const Value& value, const Json& right, const std::string& table) const {
        if (right.is_number_integer())
            return value.number ? of(*value.number == right.get<std::int64_t>()) : Truth::Unknown;
        if (right.is_string()) return is_word(value, right.get<std::string>(), table);
        if (right.is_array()) return is_any(value, right, table);
        if (const Json* set = member(right, "set")) return is_among(value, *set, table);
        if (const Json* range = member(right, "range")) return is_within(value, *range);
        if (const Json* prefix = member(right, "prefix")) return has_prefix(value, *prefix);
        if (const Json* elem = member(right, "elem"))
            if (const Json* val = member(*elem, "val")) return is_among(value, *val, table);
        return Truth::Unknown;
    }
    Truth is_any(const Value& value, const Json& all, const std::string& table) const {
        Truth best = Truth::No;
        for (const auto& one : all) best = std::max(best, is_among(value, one, table));
        return best;
    }
    Truth is_word(const Value& value, const std::string& word, const std::string& table) const {
        if (word.starts_with('@')) return is_in_named_set(value, word.substr(1), table);
        if (word.ends_with('*')) return of(value.word.starts_with(word.substr(0, word.size() - 1)));
        if (const auto address = io::parse_ipv4(word))
            return value.number ? of(*value.number == *address) : Truth::Unknown;
        return of(word == value.word);
    }
    Truth is_in_named_set(const Value& value, const std::string& name,
                          const std::string& table) const {
        for (const auto& object : objects_) {
            const Json* set = member(object, "set");
            if (set == nullptr || text_of(*set, "name") != name || text_of(*set, "table") != table)
                continue;
            const Json* elements = member(*set, "elem");
            return elements == nullptr ? Truth::No : is_any(value, *elements, table);
        }
        return Truth::Unknown;
    }
    // NOLINTEND(misc-no-recursion)
    static std::optional<std::int64_t> number_of(const Json& json) {
        if (json.is_number_integer()) return json.get<std::int64_t>();
        if (!json.is_string()) return std::nullopt;
        const auto address = io::parse_ipv4(json.get<std::string>());
        return address ? std::optional<std::int64_t>(*address) : std::nullopt;
    }
    static Truth is_within(const Value& value, const Json& range) {
        if (!range.is_array() || range.size() != 2 || !value.number) return Truth::Unknown;
        const auto low = number_of(range[0]);
        const auto high = number_of(range[1]);
        return low && high ? of(*low <= *value.number && *value.number <= *high) : Truth::Unknown;
    }
    static Truth has_prefix(const Value& value, const Json& prefix) {
        const auto address = io::parse_ipv4(text_of(prefix, "addr"));
        const Json* length = member(prefix, "len");
        if (!address || length == nullptr || !length->is_number_unsigned() || !value.number)
            return Truth::Unknown;
        const auto bits = length->get<unsigned>();
        if (bits > 32) return Truth::Unknown;
        const std::int64_t size = std::int64_t{1} << (32 - bits);
        return of(*value.number / size == std::int64_t{*address} / size);
    }

    const Json& objects_;
    const ShowPacket& packet_;
    FilterVerdict verdict_;
    bool may_have_been_accepted_ = false;  ///< earlier, by a rule that is not wholly understood
};

/// Null: it is no ruleset.
Json objects_of(std::string_view ruleset) {
    auto document = Json::parse(ruleset, nullptr, false);
    const Json* objects = member(document, "nftables");
    return objects != nullptr && objects->is_array() ? *objects : Json(nullptr);
}

}  // namespace

FilterVerdict judge_packet(std::string_view ruleset, const ShowPacket& packet) {
    const Json objects = objects_of(ruleset);
    return objects.is_array() ? Filter(objects, packet).run() : FilterVerdict{};
}

bool is_ruleset(std::string_view text) { return objects_of(text).is_array(); }

}  // namespace midinet::control::cli
