#include "dns_sd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>

using midinet::macos_double::Responder;
using Kind = DoubleService::Kind;

namespace midinet::macos_double {

Responder& Responder::instance() {
    static Responder responder;
    return responder;
}

void Responder::reset() {
    runs_ = true;
    answers_.clear();
}

void Responder::stop() {
    runs_ = false;
    answers_.clear();
    for (auto* const service : alive_)
        if (service->kind == Kind::Connection) ::close(std::exchange(service->far, -1));
}

/// A byte on its connection for each answer, as the real one's socket has something to read.
void Responder::tell(Kind kind, const std::string& name, const Answer& answer) {
    for (auto* const service : alive_) {
        if (service->kind != kind || (kind != Kind::Browse && service->name != name)) continue;
        answers_.emplace_back(service, answer);
        (void)!::write(service->connection->far, "", 1);
    }
}

void Responder::tell_service(bool is_there, std::uint32_t interface, const std::string& name) {
    tell(Kind::Browse, "", [=, this](DoubleService& browse) {
        std::bit_cast<DNSServiceBrowseReply>(browse.reply)(
            &browse, is_there ? kDNSServiceFlagsAdd : 0, interface, kDNSServiceErr_NoError,
            name.c_str(), type_.c_str(), "local.", browse.context);
    });
}

void Responder::tell_host(const std::string& name, const std::string& host, std::uint16_t port,
                          const std::vector<unsigned char>& txt) {
    tell(Kind::Resolve, name, [=](DoubleService& resolve) {
        std::bit_cast<DNSServiceResolveReply>(resolve.reply)(
            &resolve, 0, resolve.interface, kDNSServiceErr_NoError, name.c_str(), host.c_str(),
            htons(port), static_cast<std::uint16_t>(txt.size()), txt.data(), resolve.context);
    });
}

void Responder::tell_address(bool is_there, const std::string& host, std::uint32_t address) {
    tell(Kind::Addresses, host, [=](DoubleService& ask) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(address);
        std::bit_cast<DNSServiceGetAddrInfoReply>(ask.reply)(
            &ask, is_there ? kDNSServiceFlagsAdd : 0, ask.interface, kDNSServiceErr_NoError,
            host.c_str(), std::bit_cast<sockaddr*>(&at), 120, ask.context);
    });
}

bool Responder::is_asked(Kind kind, const std::string& name) const {
    return std::any_of(alive_.begin(), alive_.end(), [&](const auto* service) {
        return service->kind == kind && service->name == name;
    });
}

DoubleService* Responder::add(DoubleService service) {
    return alive_.emplace_back(new DoubleService(std::move(service)));
}

void Responder::remove(DoubleService* service) {
    std::erase(alive_, service);
    std::erase_if(answers_, [&](const auto& answer) { return answer.first == service; });
    if (service->near >= 0) ::close(service->near);
    if (service->far >= 0) ::close(service->far);
    delete service;
}

DNSServiceErrorType Responder::process(DoubleService* connection) {
    char byte = 0;
    if (::read(connection->near, &byte, 1) != 1) return kDNSServiceErr_ServiceNotRunning;
    const auto found = std::find_if(answers_.begin(), answers_.end(), [&](const auto& answer) {
        return answer.first->connection == connection;
    });
    if (found == answers_.end()) return kDNSServiceErr_NoError;  // whoever asked is gone
    const auto [service, answer] = *found;
    answers_.erase(found);
    answer(*service);
    return kDNSServiceErr_NoError;
}

}  // namespace midinet::macos_double

namespace {

template <typename Reply>
DNSServiceErrorType ask(DNSServiceRef* ref, DNSServiceFlags flags, DoubleService service,
                        Reply reply) {
    // What is shared is given in place of what is made.
    if ((flags & kDNSServiceFlagsShareConnection) == 0 || *ref == nullptr)
        return kDNSServiceErr_BadReference;
    service.connection = *ref;
    service.reply = std::bit_cast<void*>(reply);
    *ref = Responder::instance().add(std::move(service));
    return kDNSServiceErr_NoError;
}

}  // namespace

DNSServiceErrorType DNSServiceCreateConnection(DNSServiceRef* made) {
    int ends[2] = {-1, -1};
    if (!Responder::instance().runs() ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return kDNSServiceErr_ServiceNotRunning;
    *made = Responder::instance().add({.near = ends[0], .far = ends[1]});
    (*made)->connection = *made;
    return kDNSServiceErr_NoError;
}
dnssd_sock_t DNSServiceRefSockFD(DNSServiceRef ref) { return ref->connection->near; }
DNSServiceErrorType DNSServiceProcessResult(DNSServiceRef ref) {
    return Responder::instance().process(ref);
}
void DNSServiceRefDeallocate(DNSServiceRef ref) { Responder::instance().remove(ref); }
DNSServiceErrorType DNSServiceBrowse(DNSServiceRef* ref, DNSServiceFlags flags,
                                     std::uint32_t interface, const char* type, const char*,
                                     DNSServiceBrowseReply reply, void* context) {
    Responder::instance().set_type(type);
    return ask(ref, flags,
               {.kind = Kind::Browse, .interface = interface, .name = type, .context = context},
               reply);
}
DNSServiceErrorType DNSServiceResolve(DNSServiceRef* ref, DNSServiceFlags flags,
                                      std::uint32_t interface, const char* name, const char*,
                                      const char*, DNSServiceResolveReply reply, void* context) {
    return ask(ref, flags,
               {.kind = Kind::Resolve, .interface = interface, .name = name, .context = context},
               reply);
}
DNSServiceErrorType DNSServiceGetAddrInfo(DNSServiceRef* ref, DNSServiceFlags flags,
                                          std::uint32_t interface, DNSServiceProtocol,
                                          const char* host, DNSServiceGetAddrInfoReply reply,
                                          void* context) {
    return ask(ref, flags,
               {.kind = Kind::Addresses, .interface = interface, .name = host, .context = context},
               reply);
}
