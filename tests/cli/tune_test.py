#!/usr/bin/env python3
"""midinet-cli tune on machines that are folders: applied, undone, refused, and by people who may not."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / "release" / "bin"
NOBODY = 65534
INTERRUPTS = """           CPU0       CPU1
 39:      45678          0     GICv2 189 Level     eth0
 50:       9999          0  PCI-MSI 524288 Edge      xhci_hcd
"""
MACHINE = {
    "sys/devices/system/cpu/online": "0-1\n",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "ondemand\n",
    "sys/devices/system/cpu/cpufreq/policy1/scaling_governor": "schedutil\n",
    "sys/class/net/eth0/device/uevent": "\n",
    "proc/interrupts": INTERRUPTS,
    "proc/irq/39/smp_affinity_list": "0-1\n",
    "proc/irq/50/smp_affinity_list": "0-1\n",
    "proc/irq/50/effective_affinity_list": "0\n",
    "proc/sys/net/core/rmem_max": "212992\n",
    "proc/sys/net/core/wmem_max": "212992\n",
    "proc/sys/kernel/sched_rt_runtime_us": "950000\n",
    "proc/sys/kernel/sched_rt_period_us": "1000000\n",
    "proc/sys/kernel/random/boot_id": "11111111-2222-3333-4444-555555555555\n",
    "sys/bus/usb/devices/1-1/power/control": "auto\n",
    "sys/bus/usb/devices/1-1:1.1/bInterfaceClass": "01\n",
    "sys/bus/usb/devices/1-1:1.1/bInterfaceSubClass": "03\n",
}
TUNED = {
    "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "performance\n",
    "sys/devices/system/cpu/cpufreq/policy1/scaling_governor": "performance\n",
    "proc/irq/39/smp_affinity_list": "0\n",
    "proc/sys/net/core/rmem_max": "4194304\n",
    "proc/sys/net/core/wmem_max": "4194304\n",
    "sys/bus/usb/devices/1-1/power/control": "on\n",
}
RECORD = "run/midinet-tune/former.json"


class Tune(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.cli = self.root / "midinet-cli"  # where everybody can run it
        shutil.copy(BIN / "midinet-cli", self.cli)
        self.root.chmod(0o755)
        self.machine = self.root / "machine"
        for path, text in MACHINE.items():
            (self.machine / path).parent.mkdir(parents=True, exist_ok=True)
            (self.machine / path).write_text(text)

    def tune(self, *flags, user=None):
        return subprocess.run([self.cli, "tune", "--root", self.machine, *flags], capture_output=True, text=True, timeout=30, user=user)

    def files(self):
        return {str(path.relative_to(self.machine)): path.read_text() for path in self.machine.rglob("*") if path.is_file()}

    def test_a_look_changes_nothing(self):
        for flags in ((), ("--show",), ("--show", "--json")):
            done = self.tune(*flags)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.files(), MACHINE)
        report = json.loads(done.stdout)
        self.assertEqual({one["path"][1:] for one in report["settings"] if not one["good"]}, set(TUNED))
        self.assertIn("6 of 8 are to be set", self.tune().stdout)

    def test_applied_twice_and_undone_it_is_exactly_as_before(self):
        for _ in range(2):
            done = self.tune("--apply")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            found = self.files()
            record = json.loads(found.pop(RECORD))
            self.assertEqual(found, {**MACHINE, **TUNED})
            self.assertEqual({one["path"][1:]: one["value"] + "\n" for one in record["former"]}, {path: MACHINE[path] for path in TUNED})
        self.assertIn("Nothing is to be set.", self.tune().stdout)
        done = self.tune("--undo", "--json")
        self.assertEqual((done.returncode, {one["outcome"] for one in json.loads(done.stdout)["changes"]}), (0, {"set"}))
        self.assertEqual(self.files(), MACHINE)
        self.assertIn("is not tuned", self.tune("--undo").stdout)

    def test_what_is_read_only_is_told_and_the_others_are_set(self):
        # Root writes everywhere: somebody else, whose this machine is but for two files.
        for path in [self.machine, *self.machine.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        refused = ("proc/irq/39/smp_affinity_list", "proc/sys/net/core/wmem_max")
        for path in refused:
            os.chown(self.machine / path, 0, 0)
        done = self.tune("--apply", user=NOBODY)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("refused: Permission denied"), 2, done.stdout)
        found = self.files()
        del found[RECORD]
        self.assertEqual(found, {**MACHINE, **{path: text for path, text in TUNED.items() if path not in refused}})
        done = self.tune("--undo", user=NOBODY)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.files(), MACHINE)

    def test_where_no_record_can_be_kept_nothing_is_changed(self):
        (self.machine / "run").write_text("no folder")
        done = self.tune("--apply")
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1))
        self.assertIn("nothing was changed", done.stderr)
        self.assertEqual(self.files(), {**MACHINE, "run": "no folder"})

    def test_a_machine_with_nothing_to_tune_is_no_error(self):
        shutil.rmtree(self.machine)
        self.machine.mkdir()
        done = self.tune("--apply")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("CPU governor: no cpufreq", done.stdout)
        self.assertEqual(self.files(), {})

    def test_on_the_machine_itself_only_root_changes_something(self):
        for flag in ("--apply", "--undo"):
            done = subprocess.run([self.cli, "tune", flag], capture_output=True, text=True, timeout=30, user=NOBODY)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertEqual(done.stderr, f"midinet-cli: only root changes settings of the machine: sudo midinet-cli tune {flag}\n")

    def test_a_root_that_is_not_there_is_bad_usage(self):
        shutil.rmtree(self.machine)
        done = self.tune()
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=BIN)
    options, rest = parser.parse_known_args()
    BIN = options.bin.resolve()
    if os.geteuid() != 0:
        print("SKIPPED: only root may run the program as somebody else")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
