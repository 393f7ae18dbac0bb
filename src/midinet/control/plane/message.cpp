#include "control/plane/message.hpp"

#include "control/plane/admin_fields.hpp"
#include "control/plane/cbor_shape.hpp"
#include "control/plane/machine_fields.hpp"
#include "control/plane/message_fields.hpp"
#include "control/plane/tap_fields.hpp"
#include "control/plane/transit_fields.hpp"

#include <array>
#include <vector>

namespace midinet::control::plane {
namespace {

using wire::DecodeError;

constexpr std::array<std::string_view, std::variant_size_v<Message>> kTypes{
    "host", "client", "command", "ack", "result", "tap", "taps", "machine", "admin", "transit"};
constexpr const char* kTypeKey = "t";
constexpr const char* kVersionKey = "v";

template <typename E>
std::string_view word_of(E value) noexcept {
    return kWords<E>.at(static_cast<std::size_t>(value));
}

/// The CBOR of `value`; nothing when a value is out of its range.
template <typename T>
std::vector<std::uint8_t> cbor_of(std::size_t type, const T& value) {
    Json object = Json::object();
    object[kTypeKey] = kTypes.at(type);
    object[kVersionKey] = kMessageVersion;
    Writer writer(object);
    fields(writer, value);
    return writer.ok() ? Json::to_cbor(object) : std::vector<std::uint8_t>{};
}

/// Takes away what can best be done without: the oldest decision, then the last client.
bool shorten(CommandResult& result) noexcept {
    if (!result.audit.empty())
        result.audit.pop_back();
    else if (!result.clients.empty())
        result.clients.pop_back();
    else
        return false;
    return true;
}

/// Nothing else has an end to cut: its bounds make it fit.
template <typename T>
bool shorten(T&) noexcept {
    return false;
}

template <typename T>
std::vector<std::uint8_t> fitting_cbor(std::size_t type, T value, std::size_t room) {
    auto cbor = cbor_of(type, value);
    while (cbor.size() > room && shorten(value)) cbor = cbor_of(type, value);
    return cbor;
}

wire::Decoded<Json> parse(ByteView payload) {
    if (const auto fault = cbor_fault(payload)) return tl::unexpected(*fault);
    Json object = Json::from_cbor(payload.begin(), payload.end(), true, false);
    if (!object.is_object()) return tl::unexpected(DecodeError::BadValue);
    return object;
}

template <typename T>
wire::Decoded<Message> read(const Json& object) {
    Reader reader(object);
    T value{};
    fields(reader, value);
    if (!reader.ok()) return tl::unexpected(DecodeError::BadValue);
    return Message{value};
}

/// The type that `object` says it has: an alternative of Message.
wire::Decoded<std::size_t> type_of(const Json& object) {
    const auto version = object.find(kVersionKey);
    const auto type = object.find(kTypeKey);
    if (version == object.end() || type == object.end() || !version->is_number_unsigned() ||
        !type->is_string())
        return tl::unexpected(DecodeError::BadValue);
    if (*version != kMessageVersion) return tl::unexpected(DecodeError::BadVersion);
    const auto* found =
        std::find(kTypes.begin(), kTypes.end(), type->get_ref<const std::string&>());
    if (found == kTypes.end()) return tl::unexpected(DecodeError::UnknownKind);
    return static_cast<std::size_t>(found - kTypes.begin());
}

wire::Decoded<Message> message_of(ByteView payload) {
    const auto object = parse(payload);
    if (!object) return tl::unexpected(object.error());
    const auto type = type_of(*object);
    if (!type) return tl::unexpected(type.error());
    using Read = wire::Decoded<Message> (*)(const Json&);
    constexpr std::array<Read, kTypes.size()> kReaders{
        &read<HostStatus>,    &read<ClientStatus>, &read<Command>,   &read<Ack>,
        &read<CommandResult>, &read<Tap>,          &read<TapReport>, &read<MachineStatus>,
        &read<AdminStatus>,   &read<TransitStatus>};
    return kReaders.at(*type)(*object);
}

}  // namespace

std::string_view to_string(HostMode mode) noexcept { return word_of(mode); }
std::string_view to_string(SwitchBack switch_back) noexcept { return word_of(switch_back); }
std::string_view to_string(Values values) noexcept { return word_of(values); }
std::string_view to_string(Verb verb) noexcept { return word_of(verb); }
std::string_view to_string(CommandOutcome outcome) noexcept { return word_of(outcome); }
std::string_view to_string(ClientOutcome outcome) noexcept { return word_of(outcome); }
std::string_view to_string(TapPoint point) noexcept { return word_of(point); }

SenderId speaker_of(const Message& message) noexcept {
    if (const auto* host = std::get_if<HostStatus>(&message)) return {host->id.value};
    if (const auto* client = std::get_if<ClientStatus>(&message)) return client->id;
    if (const auto* command = std::get_if<Command>(&message)) return command->from;
    if (const auto* ack = std::get_if<Ack>(&message)) return ack->from;
    if (const auto* tap = std::get_if<Tap>(&message)) return tap->from;
    if (const auto* report = std::get_if<TapReport>(&message)) return report->from;
    if (const auto* machine = std::get_if<MachineStatus>(&message)) return machine->id;
    if (const auto* admin = std::get_if<AdminStatus>(&message)) return admin->id;
    if (const auto* transit = std::get_if<TransitStatus>(&message)) return transit->id;
    const auto* result = std::get_if<CommandResult>(&message);
    return result != nullptr ? result->from : SenderId{};
}

Result<void> encode(ByteWriter& writer, const Message& message) {
    const std::size_t room = std::min(wire::kMaxPayload, writer.room());
    const auto cbor =
        std::visit([&](const auto& m) { return fitting_cbor(message.index(), m, room); }, message);
    const std::string type(kTypes.at(message.index()));
    if (cbor.empty())
        return fail("control message \"" + type + "\": an id or a value is out of its range");
    if (cbor.size() > room)
        return fail("control message \"" + type + "\": " + std::to_string(cbor.size()) +
                    " bytes do not fit " + std::to_string(room));
    writer.bytes(std::as_bytes(std::span(cbor)));
    return {};
}

Result<ByteView> encode_datagram(std::span<std::byte> buffer, const Message& message, Epoch boot) {
    ByteWriter writer(buffer);
    wire::begin_datagram(
        writer, {.kind = wire::PacketKind::Control, .sender = speaker_of(message), .boot = boot});
    if (auto encoded = encode(writer, message); !encoded) return tl::unexpected(encoded.error());
    if (!wire::end_datagram(writer)) return fail("control message: no room for its header");
    return writer.written();
}

wire::Decoded<Message> decode(ByteView payload) noexcept {
    try {
        return message_of(payload);
    } catch (...) {  // the library's, or no memory: the message is lost like any other
        return tl::unexpected(DecodeError::BadValue);
    }
}

wire::Decoded<HeardMessage> decode_datagram(ByteView bytes) noexcept {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram) return tl::unexpected(datagram.error());
    if (datagram->header.kind != wire::PacketKind::Control)
        return tl::unexpected(DecodeError::UnknownKind);
    const auto message = decode(datagram->payload);
    if (!message) return tl::unexpected(message.error());
    if (speaker_of(*message) != datagram->header.sender)
        return tl::unexpected(DecodeError::BadValue);
    return HeardMessage{datagram->header, *message};
}

}  // namespace midinet::control::plane
