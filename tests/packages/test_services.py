#!/usr/bin/env python3
"""How far the services are locked in, by systemd's own judgement, and what they promise."""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"


def unit(name):
    return (DEPLOY / f"midinet-{name}.service").read_text()


class Services(unittest.TestCase):
    def exposure(self, name):
        said = subprocess.run(["systemd-analyze", "security", "--offline=yes", DEPLOY / f"midinet-{name}.service"],
                              capture_output=True, text=True, check=True).stdout
        return float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])

    def test_the_admin_is_locked_in_to_2_5_at_most(self):
        self.assertLessEqual(self.exposure("admin"), 2.5)

    def test_the_host_is_locked_in_to_4_5_at_most(self):
        self.assertLessEqual(self.exposure("host"), 4.5)

    def test_the_tuning_is_locked_in_to_2_5_at_most(self):
        self.assertLessEqual(self.exposure("tune"), 2.5)

    def test_systemd_understands_every_line(self):
        for name in ("host", "admin", "client", "tune"):
            said = subprocess.run(["systemd-analyze", "verify", "--man=no", DEPLOY / f"midinet-{name}.service"], capture_output=True, text=True).stderr
            # The programs are not installed here.
            wrong = [line for line in said.splitlines() if f"midinet-{name}.service" in line and "is not executable" not in line]
            self.assertEqual(wrong, [])

    def test_all_tell_their_supervisor_are_restarted_and_not_for_ever(self):
        for name in ("host", "admin", "client"):
            for line in ("Type=notify", "Restart=always", "StartLimitBurst=30", "StartLimitIntervalSec=300"):
                self.assertIn(f"\n{line}\n", unit(name), name)
            self.assertRegex(unit(name), r"\nWatchdogSec=\d+\n")

    def test_the_host_may_be_real_time_and_lock_its_memory(self):
        for line in ("LimitRTPRIO=80", "LimitMEMLOCK=infinity"):
            self.assertIn(f"\n{line}\n", unit("host"))
        self.assertNotIn("RestrictRealtime=yes", unit("host"))


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print('SKIPPED: systemd-analyze is missing; "make deps" installs the package systemd')
        sys.exit(77)
    unittest.main(verbosity=2)
