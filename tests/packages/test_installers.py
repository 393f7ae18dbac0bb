#!/usr/bin/env python3
"""The installers in minimal systems: by packages and from the archive, twice, and gone again; and what they would do by ssh."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import chroot

SCRIPTS = chroot.ROOT / "scripts"
CONFIG = "/etc/midinet/midinet.toml"


def archive(packages, folder):
    """As `make dist` makes it, of what the packages have."""
    version = chroot.sh("dpkg-deb", "-f", packages[0], "Version").strip().rpartition("-")[0]
    name = f"midinet-{version}-linux-{os.uname().machine}"
    with tempfile.TemporaryDirectory() as stage:
        for package in packages:
            component = package.name.split("_")[0].removeprefix("midinet-")
            tree = pathlib.Path(stage, "tree", component)
            tree.mkdir(parents=True)
            chroot.sh("dpkg-deb", "-x", package, tree)
            into = pathlib.Path(stage, name, component)
            into.parent.mkdir(exist_ok=True)
            (tree / "usr").rename(into)
            chroot.sh("rm", "-rf", into / "share/doc")
        chroot.sh("tar", "-czf", folder / f"{name}.tar.gz", "-C", stage, name)


class Installers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.packages = chroot.built_packages(FOLDER)
        cls.version = chroot.sh("dpkg-deb", "-f", cls.packages[0], "Version").strip()
        cls.release = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for package in cls.packages:
            chroot.sh("cp", package, cls.release)
        archive(cls.packages, cls.release)
        chroot.make_release(cls.release)

    def setUp(self):
        self.system = self.enterContext(chroot.ready_system(self.packages))
        # apt needs no network: all that the packages depend on is here.
        (self.system.root / "etc/apt/apt.conf.d/99test").write_text('APT::Get::Update::InteractiveReleaseInfoChanges "0";\n')
        chroot.sh("rm", "-f", self.system.root / "etc/apt/sources.list")
        self.system.put(self.release.iterdir(), "/srv/release")
        for folder in ("scripts", "scripts/lib", "deploy"):
            self.system.put([p for p in (chroot.ROOT / folder).iterdir() if p.is_file()], f"/srv/midinet/{folder}")

    def script(self, name, *flags, **options):
        return self.system.run(f"/srv/midinet/{name}", *flags, alone=True, **options)

    def governors(self):
        policies = self.system.root / "srv/machine/sys/devices/system/cpu/cpufreq"
        for core in range(2):
            folder = policies / f"policy{core}"
            folder.mkdir(parents=True)
            (folder / "scaling_governor").write_text(["ondemand\n", "schedutil\n"][core])
        return sorted(policies.glob("policy*/scaling_governor")), {"MIDINET_ROOT": "/srv/machine"}

    def test_provisioning_twice_makes_a_tuned_host_and_uninstalling_leaves_nothing(self):
        before = self.system.files()
        governors, env = self.governors()
        for _ in range(2):
            self.script("scripts/pi-provision.sh", "--from", "/srv/release", env=env)
            self.assertEqual([self.system.version(f"midinet-{p}") for p in ("host", "admin", "cli", "client")], [self.version] * 3 + [None])
            self.assertEqual([g.read_text() for g in governors], ["performance\n"] * 2)
            self.assertTrue(self.system.has("/etc/systemd/system/multi-user.target.wants/midinet-tune.service"), "at every start, too")
        self.assertIn("nothing to do", self.script("scripts/pi-update.sh", "--from", "/srv/release"))
        self.script("scripts/pi-provision.sh", "--uninstall", "--purge", env=env)
        self.assertEqual([g.read_text() for g in governors], ["ondemand\n", "schedutil\n"])
        left = {path for path in self.system.files() - before if not path.startswith("srv/machine")}
        # systemd's and the account files' own
        self.assertEqual({path for path in left if "midi" in path}, set())

    def test_a_dry_run_changes_nothing(self):
        before = self.system.files()
        for script, *flags in (("scripts/pi-provision.sh", "--from", "/srv/release"), ("scripts/setup-pi.sh",), ("scripts/setup-pi.sh", "--undo"),
                               ("deploy/install.sh", "--from", "/srv/release", "--prefix", "/opt/midinet"),
                               ("scripts/client-install-linux.sh", "--from", "/srv/release"), ("scripts/client-install-linux.sh", "--uninstall")):
            self.script(script, *flags, "--dry-run")
            self.assertEqual(self.system.files() - before, set(), script)

    def test_the_archive_goes_below_its_prefix_becomes_services_and_goes(self):
        before = self.system.files()
        for _ in range(2):
            self.script("deploy/install.sh", "--from", "/srv/release", "--prefix", "/usr/local", "--programs", "host,admin,cli")
            self.script("scripts/install-service.sh", "--prefix", "/usr/local")
        self.assertIn("ExecStart=/usr/local/bin/midi-host\n", self.system.read("/etc/systemd/system/midinet-host.service"))
        self.assertIn(self.version.rpartition("-")[0], self.system.run("/usr/local/bin/midi-host", "--version"))
        self.assertIn("the configuration is good", self.system.run("/usr/local/bin/midi-host", "--check-config", user="midinet"))
        self.assertTrue(self.system.has("/etc/systemd/system/multi-user.target.wants/midinet-host.service"))
        with open(self.system.root / CONFIG[1:], "a") as config:
            config.write("# by hand\n")
        self.script("scripts/install-service.sh", "--prefix", "/usr/local")
        self.assertIn("# by hand", self.system.read(CONFIG))
        self.script("scripts/install-service.sh", "--uninstall")
        self.script("deploy/install.sh", "--prefix", "/usr/local", "--programs", "host,admin,cli", "--uninstall")
        left = {path for path in self.system.files() - before if "midi" in path}
        self.assertEqual(left - {"var/lib/midinet", "etc/midinet", CONFIG[1:]}, set(), "configuration and state stay, and nothing else")

    def test_a_person_installs_the_client_without_root_and_keeps_his_configuration(self):
        self.system.run("useradd", "--create-home", "vera")
        self.system.run("chmod", "-R", "a+rX", "/srv")
        as_vera = {"user": "vera", "env": {"HOME": "/home/vera"}}
        home = self.system.root / "home/vera"
        for _ in range(2):
            self.script("scripts/client-install-linux.sh", "--from", "/srv/release", **as_vera)
        self.assertIn(self.version.rpartition("-")[0], self.system.run("/home/vera/.local/bin/midinet-client", "--version", user="vera"))
        self.assertIn("ExecStart=/home/vera/.midinet/bin/midi-client\n", (home / ".config/systemd/user/midinet-client.service").read_text())
        config = home / ".midinet/config/client.toml"
        config.write_text(config.read_text() + "# by hand\n")
        self.script("scripts/client-install-linux.sh", "--from", "/srv/release", **as_vera)
        self.script("scripts/client-install-linux.sh", "--uninstall", **as_vera)
        self.assertTrue(config.read_text().endswith("# by hand\n"))
        left = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() or path.is_symlink()}
        self.assertEqual({path for path in left if "midi" in path}, {".midinet/config/client.toml"})

        self.assertEqual({path.name for path in (home / ".midinet").iterdir()}, {"config"}, "folders that were made are gone")

    def test_a_piped_script_runs_nothing_of_the_folder_it_is_piped_in(self):
        mine = self.system.root / "srv/mine"
        for folder in ("lib", "scripts/lib", "../scripts/lib"):
            (mine / folder).mkdir(parents=True, exist_ok=True)
            (mine / folder / "release.sh").write_text("echo taken >/srv/taken\n")
        for script in ("deploy/install.sh", *(f"scripts/{n}.sh" for n in ("pi-provision", "setup-pi", "install-service", "client-install-linux", "pi-update"))):
            self.system.run("sh", "-c", f"cd /srv/mine && bash -s -- --dry-run </srv/midinet/{script}", alone=True, code=None)
            self.assertFalse(self.system.has("/srv/taken"), script)

    def test_a_release_is_read_however_its_sums_were_written_and_refused_where_it_is_ambiguous(self):
        def ask(code=0):
            return self.script("deploy/install.sh", "--from", "/srv/release", "--programs", "cli", "--dry-run", code=code)

        sums = self.system.root / "srv/release/SHA256SUMS"
        good = sums.read_text()
        for text in (good.replace("  ", " *"), good.replace("\n", "\r\n"), good.rstrip("\n")):
            sums.write_bytes(text.encode())
            self.assertIn("would run", ask())
        self.system.run("sh", "-c", "cd /srv/release && cp midinet-cli_*.deb midinet-cli_99_$(dpkg --print-architecture).deb && sha256sum *.deb >SHA256SUMS")
        self.assertIn("leave the one that is meant", ask(code=1))
        sums.write_bytes(b"\0garbage\n")
        self.assertIn("SHA256SUMS of /srv/release is damaged", ask(code=1))

    def test_a_prefix_is_a_folder_of_plain_characters_and_purge_is_of_an_uninstall(self):
        for name in ("/srv/my stage", "/srv/a&b", "/srv/a|b", '/srv/a"b'):
            self.assertIn("expected a folder whose name", self.script("deploy/install.sh", "--from", "/srv/release", "--prefix", name, code=2))
        said = self.script("deploy/install.sh", "--from", "/srv/release", "--prefix", "here/../there", "--dry-run")
        self.assertIn("would run: install -d /there/bin", said)
        for script in ("deploy/install.sh", "scripts/pi-provision.sh"):
            self.assertIn("--purge goes with --uninstall", self.script(script, "--purge", "--dry-run", code=2))
            self.assertIn("--from wants", self.script(script, "--from", code=2))

    def test_flags_that_are_none_are_refused_by_all(self):
        for script in sorted(["deploy/install.sh", *(f"scripts/{n}.sh" for n in ("pi-provision", "setup-pi", "install-service", "client-install-linux", "pi-update"))]):
            self.assertRegex(self.script(script, "--help"), r"--(dry-run|undo)")
            self.script(script, "--frobnicate", code=2)


class BySsh(unittest.TestCase):
    """What `make VERB PI_HOST=…` asks of ssh: an ssh that runs the command here tells it."""

    def ask(self, verb, *words, dry=True):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "log")
            fake = pathlib.Path(folder, "ssh")
            fake.write_text(f'#!/bin/sh\ncat >/dev/null </dev/stdin\necho "$@" >>{log}\ncase $* in *mktemp*) echo /tmp/midinet-release.Ab1Cd2Ef ;; esac\n')
            fake.chmod(0o755)
            done = subprocess.run([SCRIPTS / "remote.sh", verb, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  env={**os.environ, "MIDINET_SSH": str(fake), "DRY_RUN": "1" if dry else "0"})
            return done.returncode, done.stdout + done.stderr, log.read_text() if log.exists() else ""

    def test_a_dry_run_tells_every_command_and_runs_none(self):
        for verb, word in (("provision", "pi-provision.sh"), ("update", "midinet-update"), ("logs", "journalctl"), ("status", "systemctl"), ("deploy", "pi-update.sh")):
            code, said, ran = self.ask(verb, "pi@stage")
            self.assertEqual((code, ran), (0, ""), said)
            self.assertRegex(said, rf"would run: .*ssh.* pi@stage .*{word}")

    def test_the_commands_reach_the_host(self):
        with tempfile.TemporaryDirectory() as release:
            code, said, ran = self.ask("deploy", "pi@stage", release, dry=False)
        self.assertEqual(code, 0, said)
        place = "/tmp/midinet-release.Ab1Cd2Ef"
        self.assertIn(f"sudo {place}/scripts/pi-update.sh --from {place}/release", ran)
        self.assertIn(f"rm -rf {place}", ran.splitlines()[-1])

    def test_a_release_that_is_not_here_is_refused_here(self):
        code, said, ran = self.ask("deploy", "pi@stage", "/no/such/folder")
        self.assertEqual((code, ran), (2, ""), said)
        self.assertIn("RELEASE=/no/such/folder: there is no such folder here", said)

    def test_a_host_is_wanted_and_must_be_one(self):
        self.assertEqual(self.ask("update", "")[0], 2)
        self.assertEqual(self.ask("update", "-oProxyCommand=evil")[0], 2)


if __name__ == "__main__":
    chroot.enter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", default=chroot.ROOT / "build" / "packages")
    arguments, others = parser.parse_known_args()
    FOLDER = arguments.packages
    unittest.main(argv=[sys.argv[0], *others], verbosity=2)
