#!/usr/bin/env python3
"""midinet-update in a minimal system: to a newer release, back, and back by itself when the new one is not healthy."""
import argparse
import pathlib
import sys
import tempfile
import unittest

import chroot

PROGRAM = "midinet-update"


def broken(tree):
    """A host that does not run any more."""
    host = tree / "usr/bin/midi-host"
    if host.exists():
        host.write_text("#!/bin/sh\necho 'midi-host: a library is missing' >&2\nexit 127\n")


def refusing(tree):
    """A package whose own script fails."""
    script = tree / "DEBIAN/postinst"
    if (tree / "usr/bin/midi-host").exists():
        script.write_text("#!/bin/sh\nexit 1\n")


class Update(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = chroot.built_packages(FOLDER)
        cls.version = chroot.sh("dpkg-deb", "-f", cls.packages[0], "Version").strip()
        cls.releases = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for version, change in (("99.1-1", None), ("99.2-1", broken), ("99.3-1", refusing)):
            folder = cls.releases / version.partition("-")[0]
            for package in cls.packages:
                chroot.repacked(package, version, folder, *([change] if change else []))
            chroot.make_release(folder)

    def setUp(self):
        self.system = self.enterContext(chroot.ready_system(self.packages))
        self.system.run("dpkg", "-i", *self.system.put(self.packages, "/var/cache/midinet"))
        for release in self.releases.iterdir():
            self.system.put(release.iterdir(), f"/srv/{release.name}")
        with open(self.system.root / "etc/midinet/midinet.toml", "a") as config:
            config.write("# by hand\n")

    def tearDown(self):
        self.assertTrue(self.system.read("/etc/midinet/midinet.toml").endswith("# by hand\n"))

    def update(self, *flags, code=0):
        # Alone: no show of this network is asked, and no apt source reached.
        return self.system.run(PROGRAM, *flags, alone=True, code=code)

    def versions(self):
        return {self.system.version(f"midinet-{name}") for name in ("host", "client", "admin", "cli")}

    def test_it_says_what_it_would_do_and_does_nothing(self):
        said = self.update("--from", "/srv/99.1", "--dry-run")
        self.assertIn(f"midinet-host: 99.1-1 ({self.version} is here)", said)
        self.assertIn("would run: env DEBIAN_FRONTEND=noninteractive apt-get install", said)
        self.assertEqual(self.versions(), {self.version})

    def test_it_updates_and_goes_back_when_asked(self):
        self.assertIn("all is as well as before", self.update("--from", "/srv/99.1"))
        self.assertEqual(self.versions(), {"99.1-1"})
        self.assertIn("nothing to do", self.update("--from", "/srv/99.1"))
        self.update("--back")
        self.assertEqual(self.versions(), {self.version})

    def test_a_version_whose_host_does_not_run_is_undone(self):
        said = self.update("--from", "/srv/99.2", code=1)
        self.assertIn("not healthy: midi-host does not run", said)
        self.assertIn("the version before is back and healthy", said)
        self.assertEqual(self.versions(), {self.version})
        self.assertIn(self.version.rpartition("-")[0], self.system.run("midi-host", "--version"))

    def test_a_version_that_cannot_be_installed_is_undone(self):
        self.assertIn("the version before is back and healthy", self.update("--from", "/srv/99.3", code=1))
        self.assertEqual(self.versions(), {self.version})

    def test_a_version_that_does_not_take_the_configuration_any_more_is_undone(self):
        # To it, what is in the file is wrong: here the file is wrong to both, so that the return cannot be healthy, and says so.
        config = self.system.root / "etc/midinet/midinet.toml"
        config.write_text("[host]\nidd = 1\n# by hand\n")
        said = self.update("--from", "/srv/99.1", code=3)
        self.assertIn("idd", said)
        self.assertEqual(self.versions(), {self.version})

    def test_a_file_that_was_damaged_on_the_way_is_not_installed(self):
        damaged = next((self.system.root / "srv/99.1").glob("midinet-host_*"))
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
        self.assertIn("is not what its SHA256SUMS says", self.update("--from", "/srv/99.1", code=1))
        self.assertEqual(self.versions(), {self.version})

    def test_without_a_way_back_it_refuses_unless_told(self):
        for package in (self.system.root / "var/cache/midinet").glob("*.deb"):
            package.unlink()
        self.assertIn("there is no way back", self.update("--from", "/srv/99.1", code=5))
        self.assertEqual(self.versions(), {self.version})
        self.update("--from", "/srv/99.1", "--no-return")
        self.assertEqual(self.versions(), {"99.1-1"})

    def test_a_release_that_is_not_there_is_named(self):
        self.assertIn("there is no release at /srv/nothing", self.update("--from", "/srv/nothing", code=1))

    def test_two_at_once_are_one_too_many(self):
        said = self.system.run("flock", "/run/midinet-update.lock", PROGRAM, "--from", "/srv/99.1", alone=True, code=5)
        self.assertIn("another midinet-update is at work", said)


if __name__ == "__main__":
    chroot.enter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    arguments, others = parser.parse_known_args()
    FOLDER = arguments.packages
    unittest.main(argv=[sys.argv[0], *others], verbosity=2)
