-- Wireshark dissector of MIDInet's datagrams, version 1. Normative: docs/wire_format.md.
-- Use: wireshark -X lua_script:tools/midinet.lua, or put this file into the personal plugin folder.

local midinet = Proto("midinet", "MIDInet")

local MAGIC, VERSION, HEADER_SIZE = 0x4D4E, 1, 40
local DATA, BULK, HEARTBEAT, IDENTITY, JOURNAL, NACK, LEASE, CONTROL = 1, 2, 3, 4, 5, 6, 7, 8
local AGE_UNIT_US = 16
local RECORD_SIZE = 8
local SHORT = {} -- what a cursor throws past the end

local KINDS = {
    [DATA] = "Data", [BULK] = "Bulk", [HEARTBEAT] = "Heartbeat", [IDENTITY] = "Identity",
    [JOURNAL] = "Journal", [NACK] = "Nack", [LEASE] = "Lease",
    [CONTROL] = "Control",
}
local EVENT_KINDS = { [0] = "Message", [1] = "LongSysEx", [2] = "AbortedSysEx" }
local ROLES = { [0] = "Primary", [1] = "Standby", [2] = "Relay", [3] = "Mirror" }
local CELLS = {
    [0] = "Note", [1] = "PolyPressure", [2] = "Control", [3] = "Program", [4] = "Bend",
    [5] = "ChannelPressure", [6] = "Parameter", [7] = "Selection", [8] = "Transport",
    [9] = "SongPosition", [10] = "SongSelect", [11] = "Mode",
}

-- Fields ------------------------------------------------------------------------------------------

local F = {} -- by name, without the "midinet." in front
local declared = {}
local function declare(name, make, label, ...)
    F[name] = make("midinet." .. name, label, ...)
    declared[#declared + 1] = F[name]
end
local function declare_bit(name, label, mask)
    declare(name, ProtoField.bool, label, 8, nil, mask)
end
local u8, u16, u32, u64 = ProtoField.uint8, ProtoField.uint16, ProtoField.uint32, ProtoField.uint64

declare("magic", u16, "Magic", base.HEX)
declare("version", u8, "Version")
declare("kind", u8, "Kind", base.DEC, KINDS)
declare("flags", u8, "Flags", base.HEX)
declare("key_id", u8, "Key id")
declare("length", u16, "Length")
declare("sender", u64, "Sender", base.HEX)
declare("boot", u32, "Boot")
declare("packet_number", u32, "Packet number")
declare("check", u32, "Check (CRC-32)", base.HEX)
declare("mac", ProtoField.bytes, "MAC, rest")

declare("source", u16, "Source")
declare("epoch", u32, "Epoch")
declare("sent", u64, "Sent (us of the epoch)")

declare("data.newest", u32, "Newest number")
declare("data.first_new", u32, "First new number")
declare("block", ProtoField.none, "Block")
declare("block.first", u32, "First number")
declare("block.count", u16, "Count")
declare("event", ProtoField.none, "Event")
declare("event.number", u32, "Number")
declare("event.kind", u8, "Kind", base.DEC, EVENT_KINDS, 0xF0)
declare("event.port", u8, "Port", base.DEC, nil, 0x0F)
declare("event.length", u8, "Length")
declare("event.age", u16, "Age (16 us)")
declare("event.time", u64, "Time (us of the epoch)")
declare("event.message", ProtoField.bytes, "Message", base.SPACE)
declare("event.text", ProtoField.string, "MIDI")
declare("event.first_fragment", u32, "First fragment")
declare("event.last_fragment", u32, "Last fragment")
declare("event.bytes", u32, "Bytes")
declare("event.crc", u32, "CRC-32", base.HEX)

declare("bulk.number", u32, "Bulk number")
declare("bulk.port", u8, "Port")
declare("bulk.offset", u32, "Offset")
declare("bulk.bytes", ProtoField.bytes, "SysEx bytes", base.SPACE)

declare("heartbeat.beat", u32, "Beat")
declare("heartbeat.interval", u16, "Interval (us)")
declare("heartbeat.role", u8, "Role", base.DEC, ROLES)
declare("heartbeat.flags", u8, "Flags", base.HEX)
declare_bit("heartbeat.flags.goodbye", "Goodbye", 0x01)
declare_bit("heartbeat.flags.device_present", "Device present", 0x02)
declare_bit("heartbeat.flags.active_sensing", "Active sensing", 0x04)
declare_bit("heartbeat.flags.no_digest", "No digest", 0x08)
declare("heartbeat.health", u8, "Health")
declare("heartbeat.ports", u8, "Ports")
declare("heartbeat.newest", u32, "Newest number")
declare("heartbeat.newest_bulk", u32, "Newest bulk number")
declare("heartbeat.digest", u64, "State digest", base.HEX)
declare("heartbeat.misses", u8, "Misses until silent")
declare("heartbeat.failover", u8, "Failover", base.HEX)
declare_bit("heartbeat.failover.automatic", "Automatic", 0x01)
declare_bit("heartbeat.failover.returns", "Returns", 0x02)
declare_bit("heartbeat.failover.keep", "Values: keep", 0x04)
declare_bit("heartbeat.failover.pickup", "Values: pickup", 0x08)
declare("heartbeat.lockout", u16, "Lockout (s)")
declare("heartbeat.appointed", u16, "Appointed source")
declare("heartbeat.term", u32, "Term")
declare("heartbeat.holder", u64, "Holder of the focus", base.HEX)
declare("heartbeat.focus_term", u32, "Focus term")
declare("heartbeat.focus_by", u16, "Focus term by host")
declare("heartbeat.focus_epoch", u32, "Focus term of epoch")
declare("heartbeat.focus_manual", u8, "Focus by hand")

declare("identity.role", u8, "Role", base.DEC, ROLES)
declare("identity.data_group", ProtoField.ipv4, "Data group")
declare("identity.data_port", u16, "Data port")
declare("identity.heartbeat_port", u16, "Heartbeat port")
declare("identity.unicast_port", u16, "Unicast port")
declare("identity.devices", u8, "Devices")
declare("identity.usb_vendor", u16, "USB vendor", base.HEX)
declare("identity.usb_product", u16, "USB product", base.HEX)
declare("identity.host_name", ProtoField.string, "Host name")
declare("identity.version", ProtoField.string, "Version")
declare("identity.device_name", ProtoField.string, "Device name")
declare("identity.manufacturer", ProtoField.string, "Manufacturer")
declare("identity.product", ProtoField.string, "Product")
declare("identity.serial", ProtoField.string, "Serial number")
declare("identity.ports", u8, "Ports")
declare("identity.port_name", ProtoField.string, "Port name")
declare("identity.name_length", u8, "Name length")
declare("identity.replies", u8, "Device inquiry replies")
declare("identity.reply", ProtoField.bytes, "Device inquiry reply")
declare("identity.reply_port", u8, "Port")
declare("identity.reply_length", u8, "Length (0: as the one before)")

declare("journal.at", u32, "State after live number")
declare("journal.bulk_at", u32, "Bulk number")
declare("journal.taken", u64, "Taken (us of the epoch)")
declare("journal.digest", u64, "State digest", base.HEX)
declare("journal.index", u8, "Fragment index")
declare("journal.count", u8, "Fragment count")
declare("record", ProtoField.none, "Fact")
declare("record.port", u8, "Port", base.DEC, nil, 0xF0)
declare("record.channel", u8, "Channel (from 0)", base.DEC, nil, 0x0F)
declare("record.cell", u8, "Cell", base.DEC, CELLS)
declare("record.key", u16, "Key")
declare("record.value", u16, "Value")
declare("record.age", u16, "Age (ms)")

declare("nack.flags", u8, "Flags", base.HEX)
declare_bit("nack.flags.state", "Send the state", 0x01)
declare_bit("nack.flags.identity", "Send the identity", 0x02)
declare("nack.live_count", u8, "Live ranges")
declare("nack.bulk_count", u8, "Bulk ranges")
declare("nack.live", ProtoField.none, "Live range")
declare("nack.bulk", ProtoField.none, "Bulk range")
declare("nack.first", u32, "First")
declare("nack.last", u32, "Last")

declare("lease.flags", u8, "Flags", base.HEX)
declare_bit("lease.flags.release", "Release", 0x01)

declare("control.message", ProtoField.bytes, "Message (CBOR)")
declare("control.type", ProtoField.string, "Type")

midinet.fields = declared

local malformed = ProtoExpert.new("midinet.malformed", "Malformed datagram", expert.group.MALFORMED,
    expert.severity.ERROR)
midinet.experts = { malformed }

-- A cursor over the bytes: every read adds its field to a tree ------------------------------------

local Cursor = {}
Cursor.__index = Cursor

function Cursor.new(tvb) return setmetatable({ tvb = tvb, at = 0 }, Cursor) end
function Cursor:left() return self.tvb:len() - self.at end
function Cursor:range(size)
    if size > self:left() then error(SHORT, 0) end
    local range = self.tvb(self.at, size)
    self.at = self.at + size
    return range
end
-- Adds the next `size` bytes as field `name`. Gives the range.
function Cursor:add(tree, name, size)
    local range = self:range(size)
    tree:add(F[name], range)
    return range
end
function Cursor:uint(tree, name, size) return self:add(tree, name, size):uint() end
-- A byte of flags, and its bits below it.
function Cursor:flags(tree, name, bits)
    local range = self:range(1)
    local item = tree:add(F[name], range)
    for _, bit in ipairs(bits) do item:add(F[name .. "." .. bit], range) end
    return range:uint()
end
function Cursor:stream(tree)
    local source = self:uint(tree, "source", 2)
    local epoch = self:uint(tree, "epoch", 4)
    return string.format("source %d epoch %d", source, epoch)
end

-- MIDI in words -----------------------------------------------------------------------------------

local NOTES = { "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B" }
local function note_name(note) -- 60 is C4
    return NOTES[note % 12 + 1] .. (math.floor(note / 12) - 1)
end
local function value14(low, high) return low + high * 128 end

local CHANNEL_WORDS = {
    [0x8] = function(a, b) return "Note Off " .. note_name(a) .. " velocity " .. b end,
    [0x9] = function(a, b)
        return (b == 0 and "Note On (off) " or "Note On ") .. note_name(a) .. " velocity " .. b
    end,
    [0xA] = function(a, b) return "Poly Pressure " .. note_name(a) .. " = " .. b end,
    [0xB] = function(a, b) return "Control Change " .. a .. " = " .. b end,
    [0xC] = function(a) return "Program Change " .. a end,
    [0xD] = function(a) return "Channel Pressure " .. a end,
    [0xE] = function(a, b) return "Pitch Bend " .. (value14(a, b) - 8192) end,
}
local SYSTEM_WORDS = {
    [0xF1] = "MTC Quarter Frame", [0xF2] = "Song Position", [0xF3] = "Song Select",
    [0xF6] = "Tune Request", [0xF8] = "Timing Clock", [0xFA] = "Start", [0xFB] = "Continue",
    [0xFC] = "Stop", [0xFE] = "Active Sensing", [0xFF] = "System Reset",
}

local function midi_text(range)
    local function byte(i) return i < range:len() and range(i, 1):uint() or 0 end
    local status = byte(0)
    if status < 0x80 then return "not a MIDI message" end
    if status == 0xF0 then return "SysEx, " .. range:len() .. " bytes" end
    if status < 0xF0 then
        local words = CHANNEL_WORDS[math.floor(status / 16)](byte(1), byte(2))
        return words .. ", channel " .. (status % 16 + 1)
    end
    local words = SYSTEM_WORDS[status] or string.format("Undefined %02X", status)
    if status == 0xF2 then return words .. " " .. value14(byte(1), byte(2)) end
    if status == 0xF1 or status == 0xF3 then return words .. " " .. byte(1) end
    return words
end

-- Kinds -------------------------------------------------------------------------------------------

local function dissect_event(cursor, tree, number, sent)
    local start = cursor.at
    local item = tree:add(F["event"], cursor.tvb(start, 0))
    item:add(F["event.number"], number):set_generated()
    local head = cursor:range(1)
    item:add(F["event.kind"], head)
    item:add(F["event.port"], head)
    local kind = math.floor(head:uint() / 16)
    local length = cursor:uint(item, "event.length", 1)
    local age = cursor:uint(item, "event.age", 2)
    item:add(F["event.time"], sent - UInt64(age * AGE_UNIT_US)):set_generated()

    local text
    if kind == 0 and length > 0 then
        text = midi_text(cursor:add(item, "event.message", length))
    elseif EVENT_KINDS[kind] ~= nil and kind ~= 0 and length == 16 then
        local first = cursor:uint(item, "event.first_fragment", 4)
        local last = cursor:uint(item, "event.last_fragment", 4)
        local bytes = cursor:uint(item, "event.bytes", 4)
        cursor:add(item, "event.crc", 4)
        text = string.format("%s, %d bytes in fragments %d..%d", EVENT_KINDS[kind], bytes, first, last)
    else
        item:add_proto_expert_info(malformed, "Event with an unknown kind or length")
        cursor:range(length)
        text = "malformed"
    end
    item:add(F["event.text"], text):set_generated()
    item:set_len(cursor.at - start)
    item:set_text(string.format("Event %d, port %d: %s", number, head:uint() % 16, text))
    return text
end

-- All blocks to the end. Gives a summary.
local function dissect_blocks(cursor, tree, sent)
    local events, last_text = 0, ""
    while cursor:left() > 0 do
        local start = cursor.at
        local item = tree:add(F["block"], cursor.tvb(start, 0))
        local first = cursor:uint(item, "block.first", 4)
        local count = cursor:uint(item, "block.count", 2)
        if count == 0 then item:add_proto_expert_info(malformed, "Empty block") end
        for i = 0, count - 1 do
            last_text = dissect_event(cursor, item, (first + i) % 0x100000000, sent)
        end
        events = events + count
        item:set_len(cursor.at - start)
        item:set_text(string.format("Block: %d events from %d", count, first))
    end
    return events == 0 and "no events" or string.format("%d events, last: %s", events, last_text)
end

local function dissect_data(cursor, tree)
    local stream = cursor:stream(tree)
    local sent = cursor:add(tree, "sent", 8):uint64()
    local newest = cursor:uint(tree, "data.newest", 4)
    cursor:add(tree, "data.first_new", 4)
    return string.format("%s newest %d, %s", stream, newest, dissect_blocks(cursor, tree, sent))
end

local function dissect_bulk(cursor, tree)
    local stream = cursor:stream(tree)
    local number = cursor:uint(tree, "bulk.number", 4)
    local port = cursor:uint(tree, "bulk.port", 1)
    local offset = cursor:uint(tree, "bulk.offset", 4)
    local size = cursor:left()
    if size == 0 then error(SHORT, 0) end
    cursor:add(tree, "bulk.bytes", size)
    return string.format("%s fragment %d, port %d, bytes %d..%d", stream, number, port, offset,
        offset + size - 1)
end

local function dissect_heartbeat(cursor, tree)
    local stream = cursor:stream(tree)
    local sent = cursor:add(tree, "sent", 8):uint64()
    local beat = cursor:uint(tree, "heartbeat.beat", 4)
    cursor:add(tree, "heartbeat.interval", 2)
    local role = cursor:uint(tree, "heartbeat.role", 1)
    local flags = cursor:flags(tree, "heartbeat.flags",
        { "goodbye", "device_present", "active_sensing", "no_digest" })
    cursor:add(tree, "heartbeat.health", 1)
    cursor:add(tree, "heartbeat.ports", 1)
    local newest = cursor:uint(tree, "heartbeat.newest", 4)
    cursor:add(tree, "heartbeat.newest_bulk", 4)
    cursor:add(tree, "heartbeat.digest", 8)
    cursor:add(tree, "heartbeat.misses", 1)
    cursor:flags(tree, "heartbeat.failover", { "automatic", "returns", "keep", "pickup" })
    cursor:add(tree, "heartbeat.lockout", 2)
    cursor:add(tree, "heartbeat.appointed", 2)
    cursor:add(tree, "heartbeat.term", 4)
    cursor:add(tree, "heartbeat.holder", 8)
    cursor:add(tree, "heartbeat.focus_term", 4)
    cursor:add(tree, "heartbeat.focus_by", 2)
    cursor:add(tree, "heartbeat.focus_epoch", 4)
    cursor:add(tree, "heartbeat.focus_manual", 1)
    return string.format("%s %s beat %d newest %d%s, %s", stream, ROLES[role] or "unknown role",
        beat, newest, flags % 2 == 1 and " GOODBYE" or "", dissect_blocks(cursor, tree, sent))
end

local function dissect_name(cursor, tree, name)
    local start = cursor.at
    local size = cursor:range(1):uint()
    local text = size == 0 and "" or cursor:range(size):string(ENC_UTF_8)
    local item = tree:add(F["identity." .. name], cursor.tvb(start, 1 + size), text)
    item:add(F["identity.name_length"], cursor.tvb(start, 1))
    return text
end

local function dissect_identity(cursor, tree)
    local stream = cursor:stream(tree)
    cursor:add(tree, "identity.role", 1)
    cursor:add(tree, "identity.data_group", 4)
    for _, name in ipairs({ "data_port", "heartbeat_port", "unicast_port" }) do cursor:add(tree, "identity." .. name, 2) end
    cursor:add(tree, "identity.devices", 1)
    for _, name in ipairs({ "usb_vendor", "usb_product" }) do cursor:add(tree, "identity." .. name, 2) end
    local host = dissect_name(cursor, tree, "host_name")
    dissect_name(cursor, tree, "version")
    local device = dissect_name(cursor, tree, "device_name")
    dissect_name(cursor, tree, "manufacturer")
    dissect_name(cursor, tree, "product")
    dissect_name(cursor, tree, "serial")
    local ports = cursor:uint(tree, "identity.ports", 1)
    for _ = 1, ports do dissect_name(cursor, tree, "port_name") end
    for _ = 1, cursor:uint(tree, "identity.replies", 1) do
        cursor:uint(tree, "identity.reply_port", 1)
        local length = cursor:uint(tree, "identity.reply_length", 1)
        if length > 0 then cursor:add(tree, "identity.reply", length) end
    end
    return string.format("%s %s: %s, %d ports", stream, host, device, ports)
end

local function dissect_record(cursor, tree)
    local item = tree:add(F["record"], cursor.tvb(cursor.at, RECORD_SIZE))
    local place = cursor:range(1)
    item:add(F["record.port"], place)
    item:add(F["record.channel"], place)
    local cell = cursor:uint(item, "record.cell", 1)
    local key = cursor:uint(item, "record.key", 2)
    local value = cursor:uint(item, "record.value", 2)
    cursor:add(item, "record.age", 2)
    local what = cell <= 1 and note_name(key) or tostring(key)
    item:set_text(string.format("Fact: port %d channel %d, %s %s = %d", math.floor(place:uint() / 16),
        place:uint() % 16 + 1, CELLS[cell] or "unknown cell", what, value))
end

local function dissect_journal(cursor, tree)
    local stream = cursor:stream(tree)
    local at = cursor:uint(tree, "journal.at", 4)
    cursor:add(tree, "journal.bulk_at", 4)
    cursor:add(tree, "journal.taken", 8)
    cursor:add(tree, "journal.digest", 8)
    local index = cursor:uint(tree, "journal.index", 1)
    local count = cursor:uint(tree, "journal.count", 1)
    local records = math.floor(cursor:left() / RECORD_SIZE)
    for _ = 1, records do dissect_record(cursor, tree) end
    if cursor:left() > 0 then error(SHORT, 0) end
    return string.format("%s after %d, fragment %d of %d, %d facts", stream, at, index + 1, count,
        records)
end

local function dissect_ranges(cursor, tree, name, count, texts)
    for _ = 1, count do
        local item = tree:add(F["nack." .. name], cursor.tvb(cursor.at, math.min(8, cursor:left())))
        local first = cursor:uint(item, "nack.first", 4)
        local last = cursor:uint(item, "nack.last", 4)
        local text = string.format("%s %d..%d", name, first, last)
        item:set_text("Range: " .. text)
        texts[#texts + 1] = text
    end
end

local function dissect_nack(cursor, tree)
    local stream = cursor:stream(tree)
    local texts = { stream }
    local flags = cursor:flags(tree, "nack.flags", { "state", "identity" })
    if flags % 2 == 1 then texts[#texts + 1] = "state" end
    if math.floor(flags / 2) % 2 == 1 then texts[#texts + 1] = "identity" end
    local live = cursor:uint(tree, "nack.live_count", 1)
    local bulk = cursor:uint(tree, "nack.bulk_count", 1)
    dissect_ranges(cursor, tree, "live", live, texts)
    dissect_ranges(cursor, tree, "bulk", bulk, texts)
    return table.concat(texts, ", ")
end

local function dissect_lease(cursor, tree)
    local flags = cursor:flags(tree, "lease.flags", { "release" })
    return flags % 2 == 1 and "release" or "ask"
end

-- The type, where it stands first, as this implementation writes it: {"t": "host", ...}
local function control_type(range)
    local bytes = range:bytes():raw()
    local size = bytes:sub(1, 1) >= "\xB8" and 2 or 1
    if bytes:sub(size + 1, size + 2) ~= "at" then return nil end -- 61 74
    local text = (bytes:byte(size + 3) or 0) - 0x60
    if text < 1 or text > 23 or #bytes < size + 3 + text then return nil end
    return range(size + 3, text)
end

-- What the message says is Wireshark's to show: it knows CBOR.
local cbor = Dissector.get("cbor")
local function dissect_control(cursor, tree, info)
    local size = cursor:left()
    if size == 0 then error(SHORT, 0) end
    local range = cursor:range(size)
    local item = tree:add(F["control.message"], range)
    local type_range = control_type(range)
    if type_range ~= nil then item:add(F["control.type"], type_range) end
    if cbor ~= nil and not pcall(cbor.call, cbor, range:tvb(), info, item) then
        item:add_proto_expert_info(malformed, "Not whole CBOR")
    end
    return type_range ~= nil and type_range:string() or "message"
end

local DISSECT = {
    [DATA] = dissect_data, [BULK] = dissect_bulk, [HEARTBEAT] = dissect_heartbeat,
    [IDENTITY] = dissect_identity, [JOURNAL] = dissect_journal, [NACK] = dissect_nack,
    [LEASE] = dissect_lease, [CONTROL] = dissect_control,
}

-- The datagram ------------------------------------------------------------------------------------

local function dissect_header(cursor, tree)
    cursor:add(tree, "magic", 2)
    cursor:add(tree, "version", 1)
    local kind = cursor:uint(tree, "kind", 1)
    cursor:add(tree, "flags", 1)
    cursor:add(tree, "key_id", 1)
    local length = cursor:uint(tree, "length", 2)
    cursor:add(tree, "sender", 8)
    cursor:add(tree, "boot", 4)
    cursor:add(tree, "packet_number", 4)
    cursor:add(tree, "check", 4)
    cursor:add(tree, "mac", 12)
    if length ~= cursor.tvb:len() then
        tree:add_proto_expert_info(malformed, "Length is not the datagram's")
    end
    return kind
end

local function dissect_payload(cursor, tree, info, kind)
    local dissect = DISSECT[kind]
    if dissect == nil then
        tree:add_proto_expert_info(malformed, "Unknown kind")
        return
    end
    info.cols.info = KINDS[kind]
    local ok, result = pcall(dissect, cursor, tree, info)
    if ok then
        info.cols.info = KINDS[kind] .. " " .. result
        if cursor:left() > 0 then tree:add_proto_expert_info(malformed, "Bytes after the end") end
    elseif result == SHORT then
        tree:add_proto_expert_info(malformed, "Ends too soon")
    else
        error(result, 0)
    end
end

local function is_ours(tvb)
    return tvb:len() >= HEADER_SIZE and tvb(0, 2):uint() == MAGIC and tvb(2, 1):uint() == VERSION
end

function midinet.dissector(tvb, info, root)
    if not is_ours(tvb) then return 0 end
    info.cols.protocol = "MIDInet"
    local tree = root:add(midinet, tvb())
    local cursor = Cursor.new(tvb)
    dissect_payload(cursor, tree, info, dissect_header(cursor, tree))
    return tvb:len()
end

local udp_ports = DissectorTable.get("udp.port")
for device = 0, 7 do
    for _, port in ipairs({ 5004, 5005, 5006, 5007 }) do udp_ports:add(port + 10 * device, midinet) end
end

-- Answers and unicast copies go to ports of the asker's choosing.
midinet:register_heuristic("udp", function(tvb, info, root)
    if not is_ours(tvb) then return false end
    midinet.dissector(tvb, info, root)
    return true
end)
