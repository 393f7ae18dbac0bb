// What a host says of itself by DNS-SD: the keys of its TXT record.
#pragma once

#include "base/result.hpp"
#include "base/types.hpp"
#include "io/datagram_socket.hpp"
#include "wire/heartbeat.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// RFC 6763 section 7: the type hosts are found by.
inline constexpr const char* kHostServiceType = "_midinet._udp";

struct HostService {
    HostId id{};
    Epoch epoch{};
    wire::Role role = wire::Role::Primary;
    std::uint32_t group = 0;  ///< of the stream; IPv4, host order
    std::uint16_t data_port = 0;
    std::uint16_t heartbeat_port = 0;
    io::Endpoint control;      ///< group and port of the control plane
    std::uint8_t devices = 1;  ///< how many it has. Range: 1..8
    std::string device_name;   ///< empty: none
    std::string version;
    friend bool operator==(const HostService&, const HostService&) = default;
};

/// "key=value" entries, at most 255 bytes each: longer names are cut between characters.
std::vector<std::string> make_txt(const HostService& service);

/// Any entries give a service or an error (what is missing or wrong). By RFC 6763 section 6.4:
/// keys in any case, the first of two counts, unknown ones do not. Names that are not UTF-8, or
/// hold control characters, are left out.
Result<HostService> parse_txt(std::span<const std::string> entries);

/// `name` as the name of a service: at most 63 bytes, cut between characters; never empty.
std::string instance_name(std::string_view name);
/// `text` if it can be shown to people: UTF-8 without control characters. Else nothing of it.
std::string presentable(std::string_view text);

}  // namespace midinet::control
