// What every command takes.
#include "control/cli/commands/words.hpp"
#include "io/datagram_socket.hpp"

namespace midinet::control::cli {
namespace {

WordCheck address(bool (*test)(std::uint32_t address), const char* what) {
    return [test, what](const std::string& word) {
        const auto parsed = io::parse_ipv4(word);
        return parsed && test(*parsed) ? std::string{}
                                       : '"' + word + "\" is not " + std::string(what);
    };
}

/// http or https, a host, and a port that there can be, or none.
bool is_url(const std::string& word) {
    if (!word.starts_with("http://") && !word.starts_with("https://")) return false;
    const auto begin = word.find("//") + 2;
    auto server = word.substr(begin, word.find_first_of("/?#", begin) - begin);
    server.erase(0, server.find('@') + 1);  // npos + 1 is 0
    // An IPv6 address stands in brackets, and has colons of its own.
    const auto colon = server.find(':', server.starts_with('[') ? server.find(']') : 0);
    if (server.empty() || colon == 0) return false;
    return colon == std::string::npos || between(1, 65535)(server.substr(colon + 1)).empty();
}

void add_api(Grammar& grammar, Words& words) {
    grammar
        .option("--url", words.url,
                "Ask the API of midi-admin at http://HOST:PORT instead of the boxes themselves; "
                "MIDINET_URL unless given")
        .check(wrong_url)
        .type("URL");
    grammar
        .option("--token", words.token,
                "The API's token; others on this machine can see it in the list of processes")
        .check(some_text())
        .type("TOKEN");
    grammar
        .option("--token-file", words.token_file,
                "Read the token from this file; else it is MIDINET_API_TOKEN")
        .check(some_text())
        .type("FILE");
}

}  // namespace

std::string wrong_url(const std::string& word) {
    return is_url(word) ? std::string{} : '"' + word + "\" is not http://HOST:PORT";
}

void add_common(Grammar& grammar, Words& words) {
    const auto is_group = [](std::uint32_t a) { return io::is_multicast(a); };
    const auto is_host = [](std::uint32_t a) { return a != 0 && !io::is_multicast(a); };
    grammar.flag("--json", words.json, "Print one JSON object");
    grammar
        .option("--interface", words.interfaces,
                "Use this network interface (repeatable; lo stays on this machine) instead of "
                "all that are up")
        .one_each()
        .check(some_text())
        .type("NAME");
    grammar
        .option("--host", words.hosts,
                "Speak by unicast to the box at this IPv4 address, too (repeatable)")
        .one_each()
        .check(address(is_host, "the IPv4 address of a box"))
        .type("ADDRESS");
    grammar
        .option("--group", words.group,
                std::string("The control group; ") + wire::kControlGroup + " unless given")
        .check(address(is_group, "an IPv4 multicast address"))
        .type("ADDRESS");
    grammar
        .option("--port", words.port,
                "The control port; " + std::to_string(wire::kControlPort) + " unless given")
        .check(between(1, 65535))
        .type("N");
    grammar
        .option("--device", words.device,
                "Ask about this one of the hosts' devices, the first unless given; failover then "
                "is about it alone, not about all")
        .check(between(1, wire::kMaxDevices))
        .type("N");
    grammar
        .option("--wait", words.wait_ms,
                "Milliseconds to listen (1300 unless given, 3000 for doctor), or at most for an "
                "answer (5000)")
        .check(between(100, 600'000))
        .type("MS");
    add_api(grammar, words);
}

}  // namespace midinet::control::cli
