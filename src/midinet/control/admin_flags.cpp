#include "control/admin_config.hpp"
#include "control/flag_words.hpp"

namespace midinet::control {
namespace {

CLI::Validator listening() {
    return {[](const std::string& word) {
                return parse_listen(word)
                           ? std::string{}
                           : '"' + word +
                                 "\" is no address and port, as in 0.0.0.0:8080 or [::]:8080";
            },
            ""};
}

/// What is interpreted only once all flags are read; empty: not given.
struct Words {
    std::string listen;
    std::string token;
    std::string data_dir;
    std::string tls_cert;
    std::string tls_key;
};

void add_flags(CLI::App& app, Words& words) {
    app.add_option("--listen", words.listen, "Address and port to serve on")
        ->check(listening())
        ->type_name("ADDRESS:PORT");
    app.add_option("--api-token", words.token,
                   "What /api asks for; rather set MIDINET_API_TOKEN, which other users of this "
                   "machine do not see")
        ->check(not_empty())
        ->type_name("TOKEN");
    app.add_option("--data-dir", words.data_dir, "Where history and the rules of alerts are kept")
        ->check(not_empty())
        ->type_name("DIRECTORY");
    app.add_option("--tls-cert", words.tls_cert, "Serve HTTPS with this certificate chain (PEM)")
        ->check(not_empty())
        ->type_name("FILE");
    app.add_option("--tls-key", words.tls_key, "The certificate's key (PEM)")
        ->check(not_empty())
        ->type_name("FILE");
}

template <typename T>
void take(const std::string& word, std::optional<T>& flag) {
    if (!word.empty()) flag = word;
}

}  // namespace

tl::expected<AdminFlags, DaemonExit> parse_admin_flags(const std::string& version, int argc,
                                                       const char* const* argv) {
    CLI::App app{"Tells over HTTP how a show is, and has its hosts switch", "midi-admin"};
    AdminFlags flags;
    Words words;
    CommonWords common;
    app.set_version_flag("--version", "midi-admin " + version);
    add_common_flags(app, flags, common);
    add_flags(app, words);
    if (auto exit = parse(app, argc, argv)) return tl::unexpected(*exit);
    take_common(common, flags);
    take(words.token, flags.token);
    take(words.data_dir, flags.data_dir);
    take(words.tls_cert, flags.tls_cert);
    take(words.tls_key, flags.tls_key);
    if (!words.listen.empty()) flags.listen = parse_listen(words.listen);
    return flags;
}

}  // namespace midinet::control
