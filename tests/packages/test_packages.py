#!/usr/bin/env python3
"""The Debian packages in a minimal system: installed with what they depend on, used, upgraded, downgraded, removed, purged."""
import argparse
import json
import pathlib
import sys
import tempfile
import unittest

import chroot

CONFIG = "/etc/midinet/midinet.toml"
PROGRAMS = {"midinet-host": "midi-host", "midinet-client": "midi-client", "midinet-admin": "midi-admin", "midinet-cli": "midinet-cli"}


class Life(unittest.TestCase):
    """One system from the first installation to the last trace, in the order of the names."""

    @classmethod
    def setUpClass(cls):
        cls.packages = chroot.built_packages(FOLDER)
        cls.version = chroot.sh("dpkg-deb", "-f", cls.packages[0], "Version").strip()
        cls.system = chroot.System()
        cls.system.__enter__()
        cls.addClassCleanup(cls.system.__exit__)
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        newer = [chroot.repacked(package, "99.0-1", folder, cls.change) for package in cls.packages]
        cls.old = cls.system.put(cls.packages, "/srv/old")
        cls.new = cls.system.put(newer, "/srv/new")

    @staticmethod
    def change(tree):
        template = tree / "usr/share/midinet/midinet.toml"
        if template.exists():
            template.write_text("# another one\n" + template.read_text())

    def test_1_apt_installs_them_with_what_they_need(self):
        self.system.apt("update")
        self.system.apt("install", *self.old)
        for package in PROGRAMS:
            self.assertEqual(self.system.version(package), self.version)

    def test_2_every_program_runs(self):
        for program in [*PROGRAMS.values(), "midinet-client"]:
            said = self.system.run(program, "--version")
            self.assertIn(self.version.rpartition("-")[0], said)
        self.assertIn("the configuration is good", self.system.run("midi-host", "--check-config"))
        self.assertIn("the configuration is good", self.system.run("midi-admin", "--check-config"))

    def test_3_status_says_that_nobody_is_there_and_hears_a_host_that_is(self):
        self.system.run("midinet-cli", "status", "--interface", "lo", alone=True, code=4)
        # As the service runs it: its user, the installed configuration, the usual place of its state. No controller is here; it waits for one.
        show = "runuser -u midinet -- midi-host 2>/tmp/log & midinet-cli status --json --wait 3000 --interface lo; code=$?; kill $!; wait; exit $code"
        self.system.run("sed", "-i", 's|^# interface = .*|interface = "lo"|', CONFIG)
        report = json.loads(self.system.run("sh", "-c", show, alone=True, code=3).splitlines()[0])
        self.assertEqual([(host["id"], host["version"]) for host in report["hosts"]], [(1, self.version.rpartition("-")[0])], self.system.read("/tmp/log"))
        self.assertTrue(list((self.system.root / "var/lib/midinet").iterdir()), "no epoch was kept")

    def test_4_the_admin_may_edit_the_configuration_that_the_host_reads(self):
        new = self.system.read(CONFIG).replace("\nid = 1 ", "\nid = 7 ")
        (self.system.root / "srv/new.toml").write_text(new)
        show = ("runuser -u midinet-admin -- midi-admin --listen 127.0.0.1:8080 2>/tmp/log & export MIDINET_URL=http://127.0.0.1:8080; "
                "for i in $(seq 100); do midinet-cli status >/dev/null 2>&1; [ $? -ne 4 ] && break; sleep 0.1; done; "
                "midinet-cli config apply /srv/new.toml --yes; kill $!; wait")
        said = self.system.run("sh", "-c", show, alone=True, code=None)
        self.assertEqual(self.system.read(CONFIG), new, said + self.system.read("/tmp/log"))
        self.assertIn("id = 7", self.system.run("midi-host", "--print-config", user="midinet"))

    def test_5_users_folders_and_services_are_there(self):
        self.assertIn("audio", self.system.run("id", "-nG", "midinet"))
        self.assertIn("midinet", self.system.run("id", "-nG", "midinet-admin").split())
        for path, kind in (("/var/lib/midinet", "2775 root midinet"), ("/etc/midinet", "775 root midinet-admin"), (CONFIG, "644 midinet-admin midinet-admin")):
            self.assertEqual(self.system.run("stat", "-c", "%a %U %G", path).strip(), kind, path)
        for unit in ("system/multi-user.target.wants/midinet-host.service", "system/multi-user.target.wants/midinet-admin.service",
                     "user/default.target.wants/midinet-client.service"):
            self.assertTrue(self.system.has(f"/etc/systemd/{unit}"), unit)
        self.assertTrue(self.system.has("/lib/systemd/system/midinet-tune.service"))
        self.assertFalse(self.system.has("/etc/systemd/system/multi-user.target.wants/midinet-tune.service"), "tuning is a person's choice")
        for file in ("bash-completion/completions/midinet-cli", "zsh/vendor-completions/_midinet-cli", "fish/vendor_completions.d/midinet-cli.fish"):
            self.assertIn("midinet-cli", self.system.read(f"/usr/share/{file}"))

    def test_6_an_upgrade_and_a_downgrade_keep_what_was_edited_and_disabled(self):
        edited = self.system.read(CONFIG) + "# by hand\n"
        limits = "/etc/security/limits.d/midinet.conf"
        for path, text in ((CONFIG, edited), (limits, self.system.read(limits) + "# by hand\n")):
            (self.system.root / path[1:]).write_text(text)
        self.system.run("systemctl", "disable", "midinet-admin.service")
        self.system.run("systemctl", "enable", "midinet-tune.service")
        for packages, version in ((self.new, "99.0-1"), (self.old, self.version)):
            self.system.apt("install", "--allow-downgrades", *packages)
            self.assertEqual(self.system.version("midinet-host"), version)
            self.assertEqual(self.system.read(CONFIG), edited)
            self.assertIn("# by hand", self.system.read(limits))
            self.assertFalse(self.system.has("/etc/systemd/system/multi-user.target.wants/midinet-admin.service"))
            for enabled in ("host", "tune"):
                self.assertTrue(self.system.has(f"/etc/systemd/system/multi-user.target.wants/midinet-{enabled}.service"), enabled)

    def test_7_scripts_of_the_packages_may_run_again(self):
        for package in PROGRAMS:
            script = f"/var/lib/dpkg/info/{package}.postinst"
            if self.system.has(script):
                self.system.run(script, "configure", self.version)
        self.assertIn("# by hand", self.system.read(CONFIG))

    def test_8_removed_packages_leave_configuration_and_state_alone(self):
        self.system.apt("remove", *PROGRAMS)
        self.assertIn("# by hand", self.system.read(CONFIG))
        self.assertTrue(self.system.has("/var/lib/midinet"))
        self.assertFalse(self.system.has("/usr/bin/midi-host"))
        self.system.apt("install", *self.old)
        self.assertIn("# by hand", self.system.read(CONFIG))

    def test_9_purged_packages_leave_nothing_but_their_users(self):
        self.system.apt("purge", *PROGRAMS)
        with chroot.ready_system(self.packages) as never:
            left = self.system.files() - never.files()
        ours = [path for path in sorted(left) if not path.startswith("srv/")]
        self.assertEqual(ours, [], "these stay")
        for file in ("passwd", "group"):
            self.assertIn("midinet", self.system.read(f"/etc/{file}"))
        named = self.system.run("grep", "-rlI", "midinet", "/etc", "/var/lib/systemd", code=None).split()
        self.assertEqual({path.rstrip("-") for path in named} - {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"}, set())

    def test_one_of_host_and_admin_goes_and_the_other_keeps_configuration_and_state(self):
        with chroot.ready_system(self.packages) as system:
            system.run("dpkg", "-i", *system.put(self.packages, "/srv/old"))
            system.run("dpkg", "--purge", "midinet-host")
            self.assertTrue(system.has(CONFIG) and system.has("/var/lib/midinet"))
            system.run("dpkg", "--purge", "midinet-admin")
            self.assertFalse(system.has("/etc/midinet") or system.has("/var/lib/midinet"))


if __name__ == "__main__":
    chroot.enter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    arguments, others = parser.parse_known_args()
    FOLDER = arguments.packages
    unittest.main(argv=[sys.argv[0], *others], verbosity=2, failfast=True)
