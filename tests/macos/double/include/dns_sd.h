// What MIDInet uses of the DNS Service Discovery API, declared by hand: names, types and values as Apple's documentation has them.
// double/dns_sd.cpp does what it says.
#pragma once

#include <cstdint>

struct sockaddr;
using DNSServiceRef = struct DoubleService*;
using DNSServiceFlags = std::uint32_t;
using DNSServiceErrorType = std::int32_t;
using DNSServiceProtocol = std::uint32_t;
using dnssd_sock_t = int;

constexpr DNSServiceFlags kDNSServiceFlagsMoreComing = 0x1;
constexpr DNSServiceFlags kDNSServiceFlagsAdd = 0x2;
constexpr DNSServiceFlags kDNSServiceFlagsShareConnection = 0x4000;
constexpr DNSServiceErrorType kDNSServiceErr_NoError = 0;
constexpr DNSServiceErrorType kDNSServiceErr_BadReference = -65541;
constexpr DNSServiceErrorType kDNSServiceErr_ServiceNotRunning = -65563;
constexpr std::uint32_t kDNSServiceInterfaceIndexAny = 0;
constexpr DNSServiceProtocol kDNSServiceProtocol_IPv4 = 0x01;

using DNSServiceBrowseReply = void (*)(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface, DNSServiceErrorType error,
                                       const char* name, const char* type, const char* domain, void* context);
using DNSServiceResolveReply = void (*)(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface, DNSServiceErrorType error,
                                        const char* full_name, const char* host, std::uint16_t port, std::uint16_t txt_size,
                                        const unsigned char* txt, void* context);
using DNSServiceGetAddrInfoReply = void (*)(DNSServiceRef ref, DNSServiceFlags flags, std::uint32_t interface,
                                            DNSServiceErrorType error, const char* host, const struct sockaddr* address,
                                            std::uint32_t lifetime, void* context);

extern "C" {
DNSServiceErrorType DNSServiceCreateConnection(DNSServiceRef* made);
dnssd_sock_t DNSServiceRefSockFD(DNSServiceRef ref);
/// Waits for one answer, and tells it.
DNSServiceErrorType DNSServiceProcessResult(DNSServiceRef ref);
void DNSServiceRefDeallocate(DNSServiceRef ref);
DNSServiceErrorType DNSServiceBrowse(DNSServiceRef* ref, DNSServiceFlags flags, std::uint32_t interface, const char* type,
                                     const char* domain, DNSServiceBrowseReply reply, void* context);
DNSServiceErrorType DNSServiceResolve(DNSServiceRef* ref, DNSServiceFlags flags, std::uint32_t interface, const char* name,
                                      const char* type, const char* domain, DNSServiceResolveReply reply, void* context);
DNSServiceErrorType DNSServiceGetAddrInfo(DNSServiceRef* ref, DNSServiceFlags flags, std::uint32_t interface,
                                          DNSServiceProtocol protocol, const char* host, DNSServiceGetAddrInfoReply reply,
                                          void* context);
}
