// This system's own, and what MIDInet uses of macOS's beside it, declared by hand.
#pragma once

#include_next <net/if.h>
#include <sys/types.h>

#include <cstdint>

#pragma pack(push, 4)
struct if_data64 {
    u_char ifi_type;
    u_char ifi_typelen;
    u_char ifi_physical;
    u_char ifi_addrlen;
    u_char ifi_hdrlen;
    u_char ifi_recvquota;
    u_char ifi_xmitquota;
    u_char ifi_unused1;
    std::uint32_t ifi_mtu;
    std::uint32_t ifi_metric;
    std::uint64_t ifi_baudrate;  ///< bit/s
    std::uint64_t ifi_ipackets;
    std::uint64_t ifi_ierrors;
    std::uint64_t ifi_opackets;
    std::uint64_t ifi_oerrors;
    std::uint64_t ifi_collisions;
    std::uint64_t ifi_ibytes;
    std::uint64_t ifi_obytes;
    std::uint64_t ifi_imcasts;
    std::uint64_t ifi_omcasts;
    std::uint64_t ifi_iqdrops;
    std::uint64_t ifi_noproto;
    std::uint32_t ifi_recvtiming;
    std::uint32_t ifi_xmittiming;
    std::int32_t ifi_lastchange[2];
};

struct if_msghdr2 {
    std::uint16_t ifm_msglen;
    u_char ifm_version;
    u_char ifm_type;
    int ifm_addrs;
    int ifm_flags;
    std::uint16_t ifm_index;
    int ifm_snd_len;
    int ifm_snd_maxlen;
    int ifm_snd_drops;
    int ifm_timer;
    if_data64 ifm_data;
};
#pragma pack(pop)
