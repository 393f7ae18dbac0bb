// Encodes and decodes full Data datagrams on one core. Prints events/s.
#include "wire/data.hpp"

#include <array>
#include <chrono>
#include <cstdio>

using namespace midinet;

int main() {
    constexpr int kDatagrams = 200'000;
    std::array<std::byte, wire::kMaxDatagram> buffer;
    std::uint64_t events = 0;
    std::uint64_t sum = 0;
    const auto began = std::chrono::steady_clock::now();
    for (std::uint32_t d = 0; d < kDatagrams; ++d) {
        ByteWriter writer{buffer};
        wire::begin_datagram(writer, {.kind = wire::PacketKind::Data, .sender = SenderId{1}});
        wire::encode_data_head(
            writer, {.source = SourceId{1}, .epoch = Epoch{1}, .sent_us = 1'000'000 + d});
        wire::EventWriter out{writer, 1'000'000 + d};
        wire::Event event{.sequence = Sequence{d * 200 + 1},
                          .time_us = 1'000'000,
                          .message = midi::control_change(d, d, d)};
        while (out.add(event)) event.sequence = event.sequence.next();
        (void)wire::end_datagram(writer);
        // The writer refused the last event whole, so what it wrote before is a good datagram.
        const auto decoded = wire::decode_datagram(ByteView{buffer}.first(writer.size()));
        const auto data =
            decoded ? wire::decode_data(decoded->payload) : tl::unexpected(decoded.error());
        if (!data) return 1;
        wire::EventReader in{data->blocks, data->head.sent_us};
        while (in.next(event)) {
            ++events;
            sum += event.message.data2();
        }
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::printf("%.0f\n", static_cast<double>(events) / seconds);
    return sum == 0 ? 1 : 0;
}
