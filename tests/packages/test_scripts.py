#!/usr/bin/env python3
"""The scripts in folders of their own, without a chroot: what they refuse, what a dry run says, what they leave alone. What they would ask of
the system is answered by programs in a path of the test's own."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCHITECTURE = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True).stdout.strip() if shutil.which("dpkg") else ""
MACHINE = os.uname().machine
NAMES = ("DRY_RUN", "PI_HOST", "RELEASE", "MIDINET_RELEASE", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "XDG_CONFIG_HOME")


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def sums(folder):
    """SHA256SUMS of a release."""
    subprocess.run("rm -f SHA256SUMS; sha256sum -- * >SHA256SUMS", shell=True, cwd=folder, check=True)


class Rig(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root.chmod(0o755)
        self.tools = self.root / "tools"
        self.tools.mkdir()
        self.home = self.root / "home"
        self.home.mkdir()
        self.release = self.root / "release"
        self.release.mkdir()
        # Whatever a script does wrong: nothing of this machine's services is asked, and nothing is installed on it.
        self.installed = self.root / "installed"
        for name in ("systemctl", "systemd-sysusers", "systemd-tmpfiles"):
            program(self.tools / name, "exit 1")
        program(self.tools / "apt-get", f'[ "$1" = download ] || echo "$@" >>{self.installed}; exit 1')

    def tearDown(self):
        self.assertFalse(self.installed.exists(), "apt-get was run")

    def run_it(self, *command, code=0, **env):
        done = subprocess.run([str(word) for word in command], text=True, capture_output=True, cwd=self.root, stdin=subprocess.DEVNULL, timeout=120,
                              env={**{k: v for k, v in os.environ.items() if k not in NAMES},
                                   "HOME": str(self.home), "PATH": f"{self.tools}:{os.environ['PATH']}:/usr/sbin", **env})
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        return said

    def files(self):
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*")}


@unittest.skipUnless(ARCHITECTURE and shutil.which("dpkg-deb"), "dpkg is missing: what this reads are Debian packages")
class Update(Rig):
    def setUp(self):
        super().setUp()
        self.present({"host": "0.1.0"})

    def present(self, versions):
        """What dpkg says is installed here."""
        lines = "\n".join(f"echo installed midinet-{name} {version}" for name, version in versions.items())
        program(self.tools / "dpkg-query", lines or "echo 'no packages found matching midinet-*' >&2; exit 1")

    def deb(self, package, version, architecture=ARCHITECTURE, name=None):
        tree = self.root / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: {package}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Nobody <nobody@example.org>\nDescription: of a test\n")
        file = self.release / (name or f"{package}_{version}_{architecture}.deb")
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True, capture_output=True)
        sums(self.release)
        return file

    def update(self, *flags, code=0, dry="1"):
        return self.run_it(ROOT / "scripts/midinet-update", *flags, code=code, DRY_RUN=dry, MIDINET_CACHE=str(self.root / "cache"))

    def from_release(self, *flags, code=0, dry="1"):
        return self.update("--from", self.release, "--no-return", *flags, code=code, dry=dry)

    def test_a_timeout_is_a_decimal_number(self):
        self.deb("midinet-host", "0.2.0")
        self.assertIn(", 8 s at most", self.from_release("--timeout", "08"))
        for wrong in ("1e3", "100000", "18446744073709551617"):
            self.assertIn(f"--timeout {wrong}: expected", self.from_release("--timeout", wrong, code=2))

    def test_without_packages_it_says_so(self):
        self.present({})
        self.assertIn("no MIDInet package is installed here", self.from_release(code=5))

    def test_a_dry_run_may_be_asked_for_by_the_environment(self):
        self.deb("midinet-host", "0.2.0")
        for word in ("1", "yes", "true"):
            self.assertIn("would run: env DEBIAN_FRONTEND=noninteractive apt-get install", self.from_release(dry=word))
            self.assertFalse((self.root / "cache").exists())

    def test_a_package_that_is_not_the_one_of_its_name_is_refused(self):
        self.deb("midinet-client", "0.2.0", name=f"midinet-host_0.2.0_{ARCHITECTURE}.deb")
        self.assertIn("is the package midinet-client: expected the one of the file's name", self.from_release(code=1))
        self.deb("midinet-host", "0.2.0", architecture="s390x", name=f"midinet-host_0.2.0_{ARCHITECTURE}.deb")
        self.assertIn("is made for s390x", self.from_release(code=1))

    def test_a_package_that_cannot_be_read_is_refused_before_anything_is_touched(self):
        file = self.deb("midinet-host", "0.2.0")
        file.write_bytes(file.read_bytes()[:-40])
        sums(self.release)
        said = self.from_release(code=1)
        self.assertIn("is no package that dpkg can read", said)
        self.assertNotIn("would run", said)

    def test_the_ways_exclude_each_other(self):
        for flags in (("--from", self.release, "--back"), ("--back", "--apt"), ("--apt", "--from", self.release)):
            self.assertIn("exclude each other", self.update(*flags, code=2))

    def test_below_a_prefix_it_knows_its_library(self):
        self.present({})
        for source, place in (("scripts/midinet-update", "sbin/midinet-update"), ("scripts/lib/release.sh", "share/midinet/release.sh")):
            (self.root / "prefix" / place).parent.mkdir(parents=True)
            shutil.copy(ROOT / source, self.root / "prefix" / place)
        update = self.root / "prefix/sbin/midinet-update"
        self.assertIn("Usage: midinet-update", self.run_it(update, "--help"))
        self.assertIn("updated by deploy/install.sh --prefix", self.run_it(update, "--dry-run", code=5))


class BySsh(Rig):
    def setUp(self):
        super().setUp()
        self.log = self.root / "log"
        program(self.tools / "ssh", f'echo "$@" >>{self.log}')

    def make(self, *words, code=0):
        return self.run_it("make", "--no-print-directory", "-C", ROOT, *words, code=code)

    def test_whatever_dry_run_says_but_0_is_a_dry_run(self):
        for word in ("1", "yes", "true"):
            self.assertIn("would run: ssh -t pi@stage", self.make("status", "PI_HOST=pi@stage", f"DRY_RUN={word}"))
            self.assertFalse(self.log.exists(), word)
        for word in ("", "0"):
            self.make("status", "PI_HOST=pi@stage", f"DRY_RUN={word}")
            self.assertIn("-t pi@stage", self.log.read_text())
            self.log.unlink()

    def test_a_host_and_a_release_are_words_and_no_commands(self):
        taken = self.root / "taken"
        for host in (f"u@h`touch {taken}`", f'u@h"; touch {taken}; "', f"u@h$$(touch {taken})", f"$(shell touch {taken})"):
            self.make("status", "DRY_RUN=1", f"PI_HOST={host}", code=2)
            self.assertFalse(taken.exists(), host)
        self.make("provision", "DRY_RUN=1", "PI_HOST=u@h", f"RELEASE=$$(touch {taken})", code=2)
        self.assertFalse(taken.exists())

    def test_verb_and_host_are_wanted(self):
        for words in ((), ("status",)):
            self.assertIn("expected a verb and a host", self.run_it(ROOT / "scripts/remote.sh", *words, code=2))

    def test_help_lists_every_verb(self):
        said = self.make("help")
        for verb in ("provision", "update", "deploy", "logs", "status"):
            self.assertIn(f"\n  make {verb} ", said)


class Archive(Rig):
    FILES = {"cli": ("bin/midinet-cli", "share/midinet/old"), "client": ("bin/midi-client", "bin/midinet-client", "share/midinet/client.toml",
                                                                        "lib/systemd/user/midinet-client.service")}

    def setUp(self):
        super().setUp()
        self.pack(self.FILES)
        self.prefix = self.root / "opt/midinet"

    def pack(self, files):
        name = f"midinet-0.1.0-linux-{MACHINE}"
        with tempfile.TemporaryDirectory() as stage:
            for component, paths in files.items():
                for path in paths:
                    program(pathlib.Path(stage, name, component, path), f"echo {path}")
            subprocess.run(["tar", "-czf", self.release / f"{name}.tar.gz", "-C", stage, name], check=True)
        sums(self.release)

    def install(self, *flags, code=0, **env):
        return self.run_it(ROOT / "deploy/install.sh", "--from", self.release, "--programs", "cli", *flags, code=code, **env)

    def client(self, *flags, code=0):
        return self.run_it(ROOT / "scripts/client-install-linux.sh", *flags, code=code)

    def test_a_flag_is_no_folder(self):
        before = self.files()
        for flags in (("--prefix", "--dry-run"), ("--from", "--dry-run"), ("--programs", "--dry-run")):
            self.assertIn("looks like a flag", self.install(*flags, code=2))
        self.assertEqual(self.files(), before)

    def test_a_dry_run_claims_nothing(self):
        before = self.files()
        self.assertNotIn("installed below", self.install("--prefix", self.prefix, "--dry-run"))
        for flags, word in ((("--from", self.release), "installed;"), (("--uninstall",), "is gone")):
            self.assertNotIn(word, self.client(*flags, "--dry-run"))
        self.assertEqual(self.files(), before)

    @unittest.skipUnless(ARCHITECTURE and shutil.which("apt-get"), "apt is missing: provisioning is by packages")
    def test_a_dry_run_of_provisioning_claims_no_host(self):
        for package in ("host", "admin", "cli"):
            (self.release / f"midinet-{package}_1_{ARCHITECTURE}.deb").touch()
        sums(self.release)
        said = self.run_it(ROOT / "scripts/pi-provision.sh", "--from", self.release, "--no-tuning", "--dry-run")
        self.assertIn("would run: env DEBIAN_FRONTEND=noninteractive apt-get install", said)
        self.assertNotIn("the host runs", said)

    def test_what_a_newer_archive_has_no_more_goes_with_the_update(self):
        self.install("--prefix", self.prefix)
        self.assertTrue((self.prefix / "share/midinet/old").exists())
        self.pack({"cli": ("bin/midinet-cli",)})
        self.install("--prefix", self.prefix)
        self.assertFalse((self.prefix / "share/midinet/old").exists())
        self.install("--prefix", self.prefix, "--uninstall")
        self.assertFalse(self.prefix.joinpath("bin").exists())
        self.assertIn("nothing to remove", self.install("--prefix", self.prefix, "--uninstall"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user here")
    def test_whoever_owns_the_folder_above_may_install_there(self):
        def as_nobody(prefix, code=0):
            return self.run_it("setpriv", "--reuid=65534", "--clear-groups", "env", "TMPDIR=/tmp", ROOT / "deploy/install.sh", "--from", self.release,
                               "--programs", "cli", "--prefix", prefix, code=code)

        if subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "test", "-r", ROOT / "deploy/install.sh"]).returncode:
            self.skipTest(f"{ROOT} is not to be read by others than root")
        os.chown(self.home, 65534, -1)
        as_nobody(self.home / "opt/midinet")
        self.assertTrue((self.home / "opt/midinet/bin/midinet-cli").exists())
        (self.root / "mine").mkdir()
        self.assertIn("only root may do this", as_nobody(self.root / "mine/midinet", code=1))

    def test_foreign_programs_of_the_same_name_stay(self):
        foreign = self.home / ".local/bin/midinet-cli"
        program(foreign, "echo foreign")
        self.assertIn("is not of this installer", self.client("--from", self.release, code=1))
        self.assertFalse((self.home / ".midinet/bin").exists(), "refused before anything was done")
        self.client("--uninstall")
        self.assertIn("echo foreign", foreign.read_text())

    @unittest.skipUnless(shutil.which("ldd"), "ldd is missing")
    def test_a_client_below_a_prefix_is_found_again(self):
        program(self.tools / "ldd", "true")
        self.client("--from", self.release, "--prefix", self.prefix)
        self.assertTrue((self.home / ".local/bin/midinet-cli").samefile(self.prefix / "bin/midinet-cli"))
        self.client("--uninstall")
        self.assertFalse((self.prefix / "bin").exists())
        self.assertFalse((self.home / ".local/bin/midinet-cli").is_symlink())

    def test_services_are_not_made_of_what_they_would_not_see(self):
        for prefix in ("/home/eve/midi", "/root/midi", "/tmp/q", "/var/tmp/q", "/run/user/1000/q"):
            self.assertIn("the services see nothing of", self.run_it(ROOT / "scripts/install-service.sh", "--prefix", prefix, "--dry-run", code=2))


class Piped(Rig):
    """`curl … | bash`: what is run comes from a release, and is held against its sums."""

    def test_an_installer_that_is_not_the_releases_is_not_run(self):
        temporary = self.root / "temporary"
        temporary.mkdir()
        stage = self.root / "stage"
        for name in ("pi-provision", "pi-update", "setup-pi", "install-service", "client-install-linux"):
            shutil.rmtree(stage, ignore_errors=True)
            program(stage / f"scripts/{name}.sh", 'echo "ran with $*"; exit 3')
            pack = ["tar", "-czf", self.release / "midinet-installer.tar.gz", "-C", stage, "scripts"]
            subprocess.run(pack, check=True)
            sums(self.release)

            def pipe(code):
                return self.run_it("sh", "-c", f"bash -s -- --dry-run <{ROOT}/scripts/{name}.sh", code=code, TMPDIR=str(temporary),
                                   MIDINET_RELEASE=self.release.as_uri())

            self.assertIn("ran with --dry-run", pipe(3), name)
            self.assertEqual(list(temporary.iterdir()), [], "nothing is left behind")
            program(stage / f"scripts/{name}.sh", "echo changed")
            subprocess.run(pack, check=True)
            said = pipe(1)
            self.assertNotIn("changed\n", said)
            self.assertIn("is not what its SHA256SUMS says", said)
            self.assertEqual(list(temporary.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
