#!/usr/bin/env python3
"""Who the controller is, with the real programs: the host asks it, the client answers applications in its name."""
import os
import time
import unittest

import rig

REPLY = bytes.fromhex("f07e00060247290019000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728f7")  # longer than a short SysEx


class Identity(unittest.TestCase):
    def setUp(self):
        self.stage = self.enterContext(rig.Stage(rig.binaries()))

    def start_host(self, number=1):
        """Gives the host, what its controller is told, and where the controller plays."""
        device, lights = self.stage.fifo(f"in{number}.fifo"), self.stage.fifo(f"lights{number}.fifo")
        out = self.stage.open_read(lights)
        config = f'[host]\nid = {number}\n{rig.PATIENT}[network]\ninterface = "lo"\n[midi]\ndevice = "stream:{device}"\nfeedback = "stream:{lights}"\n'
        host = self.stage.start("midi-host", config, tag=str(number))
        host.await_word("feedback goes to")
        return host, out, self.stage.open_write(device)

    def start_client(self, name="a"):
        """Gives the client, what its application hears, and where the application plays."""
        port, app = self.stage.fifo(f"out{name}.fifo"), self.stage.fifo(f"app{name}.fifo")
        out = self.stage.open_read(port)
        config = f'[network]\ninterface = "lo"\n[midi]\nport = "stream:{port}"\nfeedback = "stream:{app}"\n'
        client = self.stage.start("midi-client", config, tag=name)
        client.await_word("feedback comes from")
        return client, out, self.stage.open_write(app)

    def ask(self, app, out, wanted, question=rig.INQUIRY):
        """Again and again: the client first has to hear of the device."""
        for _ in range(20):
            os.write(app, question)
            heard = rig.read_for(out, len(wanted), seconds=0.5)
            if heard:
                break
        self.assertEqual(heard.hex(), wanted.hex())

    def test_the_clone_says_what_the_controller_says(self):
        host, lights, device = self.start_host()
        rig.answer_inquiry(lights, device, REPLY)
        host.await_word("answers a device inquiry: F0 7E 00 06 02 47 29")
        (_, a_hears, a), (_, b_hears, b) = self.start_client("a"), self.start_client("b")
        for out, app in ((a_hears, a), (b_hears, b)):  # one of them has not the focus
            self.ask(app, out, REPLY)
            self.ask(app, out, REPLY[:2] + b"\x05" + REPLY[3:], bytes.fromhex("f07e050601f7"))
        os.write(a, bytes.fromhex("903c05"))
        os.write(b, bytes.fromhex("903c05"))
        self.assertEqual(rig.read_for(lights, 3, seconds=5).hex(), "903c05", "no question reached the controller")

    def test_the_reply_is_kept_from_the_stream_and_nothing_else_is(self):
        """Torn, with clock inside, amid other messages; one that nobody asked for is music."""
        host, lights, device = self.start_host()
        client, out, _ = self.start_client()
        client.await_word("host 1 heard")
        client.await_word("playing into")
        self.assertEqual(rig.read_for(lights, 6, seconds=5), rig.INQUIRY)
        other = bytes.fromhex("f0472901f7")
        for piece in (b"\x90\x3c\x40" + REPLY[:3], REPLY[3:20] + b"\xf8", REPLY[20:50], REPLY[50:] + other, b"\x80\x3c\x40"):
            os.write(device, piece)
            time.sleep(0.02)
        host.await_word("answers a device inquiry")
        heard = bytes.fromhex("903c40f8") + other + bytes.fromhex("803c40")
        self.assertEqual(rig.read_for(out, len(heard), seconds=5).hex(), heard.hex())
        time.sleep(1.1)
        os.write(device, REPLY)
        self.assertEqual(rig.read_for(out, len(REPLY), seconds=5).hex(), REPLY.hex())

    def test_a_controller_that_does_not_answer(self):
        host, lights, _ = self.start_host()
        client, out, app = self.start_client()
        host.await_word("did not answer a device inquiry, asked 3 times")
        self.assertEqual(rig.read_for(lights, 19, seconds=1.5), rig.INQUIRY * 3)
        os.write(app, rig.INQUIRY)
        self.assertEqual(rig.read_for(out, 1, seconds=0.5), b"")
        self.assertEqual(rig.read_for(lights, 1, seconds=0.5), b"", "it is not asked once more")
        client.stop()
        self.assertEqual(client.summary()["inquiries_unanswered"], 1)

    def test_a_controller_that_comes_back_is_asked_again(self):
        host, lights, device = self.start_host()
        rig.answer_inquiry(lights, device, rig.WHO)
        client, out, app = self.start_client()
        self.ask(app, out, rig.WHO)
        self.stage.close(lights)
        (self.stage.path / "lights1.fifo").unlink()
        lights = self.stage.open_read(self.stage.fifo("lights1.fifo"))
        rig.answer_inquiry(lights, device, REPLY)
        host.await_word("answers a device inquiry: F0 7E 00 06 02 47 29 00 19 00 01 02")
        time.sleep(1)
        self.ask(app, out, REPLY)


if __name__ == "__main__":
    rig.enter_namespaces()
    unittest.main(verbosity=2)
