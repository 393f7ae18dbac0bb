"""Runs tshark with tools/midinet.lua over the golden datagrams and looks for every field, and for Lua errors.

Exits with 77 (skipped) where there is no tshark with Lua.
"""
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DISSECTOR = HERE.parent.parent / "tools" / "midinet.lua"
SKIPPED = 77
LINKTYPE_IPV4 = 228
KIND_AT = 3
PORT_OF_KIND = {1: 5004, 2: 5004, 3: 5005, 4: 5006, 5: 49152, 6: 49153, 7: 5004, 8: 5006}  # the high ones: by magic

# What each golden datagram must show: a field's values, in order. ("1"/"0" and "True"/"False": both are tshark's.)
EXPECTED = {
    "data": {
        "midinet.kind": ["1"], "midinet.length": ["101"], "midinet.sent": ["2000000"],
        "midinet.data.newest": ["42"], "midinet.data.first_new": ["42"],
        "midinet.block.first": ["38", "40"], "midinet.block.count": ["1", "3"],
        "midinet.event.number": ["38", "40", "41", "42"],
        "midinet.event.port": ["1", "0", "0", "0"], "midinet.event.length": ["4", "3", "1", "3"],
        "midinet.event.age": ["65535", "625", "10", "0"],
        "midinet.event.time": ["951440", "1990000", "1999840", "2000000"],
        "midinet.event.message": ["f0:7d:01:f7", "90:3c:64", "f8", "b0:07:00"],
        "midinet.event.text": ["SysEx, 4 bytes", "Note On C4 velocity 100, channel 1", "Timing Clock",
                               "Control Change 7 = 0, channel 1"],
    },
    "data_long_sysex": {
        "midinet.event.kind": ["1", "2"], "midinet.event.port": ["0", "1"],
        "midinet.event.first_fragment": ["5", "7"], "midinet.event.last_fragment": ["6", "7"],
        "midinet.event.bytes": ["1300", "1024"],
    },
    "bulk": {
        "midinet.bulk.number": ["6"], "midinet.bulk.port": ["0"], "midinet.bulk.offset": ["1298"],
        "midinet.bulk.bytes": ["10:f7"],
    },
    "heartbeat": {
        "midinet.heartbeat.beat": ["668"], "midinet.heartbeat.interval": ["3000"],
        "midinet.heartbeat.role": ["0"], "midinet.heartbeat.flags": ["0x02"],
        "midinet.heartbeat.flags.goodbye": ["0"], "midinet.heartbeat.flags.device_present": ["1"],
        "midinet.heartbeat.flags.active_sensing": ["0"], "midinet.heartbeat.flags.no_digest": ["0"],
        "midinet.heartbeat.health": ["97"],
        "midinet.heartbeat.ports": ["2"], "midinet.heartbeat.newest": ["42"],
        "midinet.heartbeat.newest_bulk": ["6"], "midinet.heartbeat.digest": ["0x0123456789abcdef"],
        "midinet.heartbeat.misses": ["3"], "midinet.heartbeat.failover": ["0x09"],
        "midinet.heartbeat.failover.automatic": ["1"], "midinet.heartbeat.failover.returns": ["0"],
        "midinet.heartbeat.failover.keep": ["0"], "midinet.heartbeat.failover.pickup": ["1"],
        "midinet.heartbeat.lockout": ["5"], "midinet.heartbeat.appointed": ["2"], "midinet.heartbeat.term": ["1"],
        "midinet.heartbeat.holder": ["0x9e3779b97f4a7c15"], "midinet.heartbeat.focus_term": ["3"],
        "midinet.heartbeat.focus_by": ["1"], "midinet.heartbeat.focus_epoch": ["7"], "midinet.heartbeat.focus_manual": ["1"],
        "midinet.event.number": ["42"],
    },
    "identity": {
        "midinet.identity.role": ["0"], "midinet.identity.data_group": ["239.69.83.1"],
        "midinet.identity.data_port": ["5004"], "midinet.identity.heartbeat_port": ["5005"],
        "midinet.identity.unicast_port": ["5004"], "midinet.identity.devices": ["3"],
        "midinet.identity.usb_vendor": ["0x09e8"],
        "midinet.identity.usb_product": ["0x0029"], "midinet.identity.host_name": ["stage-left"],
        "midinet.identity.version": ["0.1.0"], "midinet.identity.device_name": ["APC40 mkII"],
        "midinet.identity.manufacturer": ["Akai"], "midinet.identity.product": ["APC40 mkII"],
        "midinet.identity.serial": [""],
        "midinet.identity.ports": ["2"],
        "midinet.identity.port_name": ["APC40 mkII", "R\u00e9 \u266a"],
        "midinet.identity.replies": ["2"], "midinet.identity.reply_port": ["0", "1"],
        "midinet.identity.reply_length": ["15", "0"],
        "midinet.identity.reply": ["f0:7e:00:06:02:47:29:00:19:00:01:00:00:05:f7"],
        "midinet.identity.name_length": ["10", "5", "10", "4", "10", "0", "10", "7"],
    },
    "journal": {
        "midinet.journal.at": ["42"], "midinet.journal.bulk_at": ["6"],
        "midinet.journal.taken": ["2003500"], "midinet.journal.digest": ["0x0123456789abcdef"],
        "midinet.journal.index": ["1"], "midinet.journal.count": ["2"],
        "midinet.record.port": ["0", "0", "1"], "midinet.record.channel": ["0", "0", "15"],
        "midinet.record.cell": ["0", "2", "4"], "midinet.record.key": ["60", "7", "0"],
        "midinet.record.value": ["356", "0", "8192"], "midinet.record.age": ["13", "0", "0"],
    },
    "nack": {
        "midinet.sender": ["0x9e3779b97f4a7c15"], "midinet.nack.flags": ["0x01"],
        "midinet.nack.flags.state": ["1"], "midinet.nack.flags.identity": ["0"],
        "midinet.nack.live_count": ["2"], "midinet.nack.bulk_count": ["1"],
        "midinet.nack.first": ["39", "50", "5"], "midinet.nack.last": ["39", "53", "5"],
    },
    "lease": {"midinet.lease.flags": ["0x00"], "midinet.lease.flags.release": ["0"]},
    "lease_release": {"midinet.lease.flags.release": ["1"], "midinet.packet_number": ["14"]},
    # Below the type it is Wireshark's own dissector of CBOR that shows.
    "control_host_status": {"midinet.kind": ["8"], "midinet.control.type": ["host"]},
    "control_client_status": {"midinet.control.type": ["client"]},
    "control_command": {
        "midinet.control.type": ["command"],
        "cbor.type.textstring": ["t", "command", "v", "id", "from", "to", "do", "switch", "src", "who", "cli alice@foh"],
        "cbor.type.uint": ["1", "1234605616436508552", "9223372036854775809", "2", "2"],
    },
    "control_ack": {
        "midinet.control.type": ["ack"],
        "midinet.control.message": ["a4:61:74:63:61:63:6b:61:76:01:62:69:64:1b:11:22:33:44:55:66:77:88:64:66:72:6f:6d:02"],
    },
    "control_result": {"midinet.control.type": ["result"]},
    "control_machine": {"midinet.control.type": ["machine"]},
    "control_admin": {"midinet.control.type": ["admin"], "midinet.sender": ["0xc2b2ae3d27d4eb4f"]},
    "control_transit": {"midinet.control.type": ["transit"]},
    "control_play": {"midinet.control.type": ["command"]},
    "control_tap": {"midinet.control.type": ["tap"]},
    "control_tap_report": {"midinet.control.type": ["taps"]},
}
EVERY_DATAGRAM = ["magic", "version", "kind", "flags", "key_id", "length", "sender", "boot", "packet_number", "check", "mac"]


def read_hex(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return bytes.fromhex("".join(line.split("#")[0] for line in lines))


def in_udp(payload):
    """An IPv4 packet around `payload`; without checksums, which tshark does not ask for."""
    port = PORT_OF_KIND.get(payload[KIND_AT], 5004)
    udp = struct.pack(">HHHH", 50000, port, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0)
    return ip + bytes([192, 0, 2, 1]) + bytes([239, 69, 83, 1]) + udp


def write_pcap(path, payloads):
    with open(path, "wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_IPV4))
        for second, payload in enumerate(payloads):
            packet = in_udp(payload)
            pcap.write(struct.pack("<IIII", second, 0, len(packet), len(packet)) + packet)


def tshark(payloads):
    """What tshark makes of the datagrams: one list of (field, value) pairs each, and everything it said."""
    with tempfile.TemporaryDirectory() as folder:
        pcap = pathlib.Path(folder) / "golden.pcap"
        write_pcap(pcap, payloads)
        run = subprocess.run(
            ["tshark", "-X", f"lua_script:{DISSECTOR}", "-r", pcap, "-T", "json", "--no-duplicate-keys"],
            capture_output=True, text=True, encoding="utf-8", errors="replace", check=True)
    pairs = [list(flatten(packet["_source"]["layers"].get("midinet", {}))) for packet in json.loads(run.stdout)]
    return pairs, run.stdout + run.stderr


def flatten(node):
    if isinstance(node, dict):
        for name, value in node.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield name, one
                else:
                    yield from flatten(one)


def values_of(pairs, field):
    return [{"True": "1", "False": "0"}.get(value, value) for name, value in pairs if name == field]


def declared_fields():
    text = DISSECTOR.read_text(encoding="utf-8")
    return {"midinet." + name for name in re.findall(r'^declare(?:_bit)?\("([^"]+)"', text, re.MULTILINE)}


def check_golden(failures):
    names = sorted(EXPECTED)
    files = sorted(path.stem for path in HERE.glob("*.hex"))
    if names != files:
        failures.append(f"golden files {files}, but expectations for {names}")
    packets, said = tshark([read_hex(HERE / f"{name}.hex") for name in names])
    seen = set()
    for name, pairs in zip(names, packets):
        seen.update(field for field, _ in pairs)
        for field in EVERY_DATAGRAM:
            if len(values_of(pairs, "midinet." + field)) != 1:
                failures.append(f"{name}: no midinet.{field}")
        for field, wanted in EXPECTED[name].items():
            got = values_of(pairs, field)
            if got != wanted:
                failures.append(f"{name}: {field} is {got}, expected {wanted}")
    # Subtrees with a text of their own show under that text.
    subtrees = {"midinet.block", "midinet.event", "midinet.record", "midinet.nack.live", "midinet.nack.bulk"}
    for field in sorted(declared_fields() - seen - subtrees):
        failures.append(f"{field} is declared, but no golden datagram shows it")
    if "Lua Error" in said or "midinet.malformed" in said:
        failures.append("tshark reports an error:\n" + said)


def check_damaged(failures):
    """Every prefix, and a change of every byte: malformed perhaps, but never a Lua error."""
    damaged = []
    for path in sorted(HERE.glob("*.hex")):
        datagram = read_hex(path)
        damaged += [datagram[:size] for size in range(4, len(datagram))]
        damaged += [datagram[:at] + bytes([datagram[at] ^ 0xFF]) + datagram[at + 1:] for at in range(len(datagram))]
    _, said = tshark(damaged)
    if "Lua Error" in said:
        failures.append("damaged datagrams make a Lua error: " + said[said.index("Lua Error"):][:400])
    if "midinet.malformed" not in said:
        failures.append("no damaged datagram is called malformed")


def main():
    if shutil.which("tshark") is None:
        print("SKIPPED: tshark is not installed, so the dissector was not tried")
        return SKIPPED
    version = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout
    if "with Lua" not in version:
        print("SKIPPED: this tshark was built without Lua, so the dissector was not tried")
        return SKIPPED
    failures = []
    check_golden(failures)
    check_damaged(failures)
    for failure in failures:
        print("FAILED:", failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
