"""Small Debian systems to install packages in: a minimal root made by debootstrap, kept below build/, under a layer of memory that vanishes."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIP = 77  # CTest's SKIP_RETURN_CODE
INSIDE = "MIDINET_CHROOT_RIG"
ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "chroot"
MIRROR = os.environ.get("MIDINET_DEBIAN_MIRROR", "http://deb.debian.org/debian")
SUITE = "bookworm"


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(SKIP)


def enter():
    """Runs this script again in a mount namespace of its own, or says why it cannot and skips."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        skip("only root may make a root of its own to install packages in")
    for tool, package in (("debootstrap", "debootstrap"), ("dpkg-deb", "dpkg")):
        if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None:
            skip(f"{tool} is missing; \"make deps\" installs the package {package}")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        skip("mount namespaces are not permitted here")
    os.execvpe("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def sh(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def fresh_tree():
    """The minimal root, made when it is not there yet."""
    tree = KEPT / "fresh"
    if not (tree / "etc/debian_version").exists():
        making = KEPT / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        done = subprocess.run(["debootstrap", "--variant=minbase", SUITE, making, MIRROR], capture_output=True, text=True)
        if done.returncode:
            skip(f"no Debian can be made from {MIRROR} (MIDINET_DEBIAN_MIRROR names another): {(done.stdout + done.stderr).strip()[-300:]}")
        making.rename(tree)
    return tree


class System:
    """A root under a layer of memory. Use as a context."""

    def __init__(self, *lower):
        self.lower = lower or (fresh_tree(),)

    def __enter__(self):
        # Where one of these fails, what was mounted before is unmounted first, and only then folders are removed.
        with contextlib.ExitStack() as self.stack:
            self.set_up()
            self.stack = self.stack.pop_all()
        return self

    def set_up(self):
        memory = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="midinet-chroot-")))
        self.mount("-t", "tmpfs", "tmpfs", memory)
        for name in ("upper", "work", "root"):
            (memory / name).mkdir()
        self.upper, self.root = memory / "upper", memory / "root"
        lower = ":".join(str(path) for path in self.lower)
        self.mount("-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={self.upper},workdir={memory}/work", self.root)
        self.mount("-t", "proc", "proc", self.root / "proc")
        self.mount("-t", "tmpfs", "tmpfs", self.root / "run")
        (self.root / "run/lock").mkdir()
        self.mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666", "devpts", self.root / "dev/pts")
        if len(self.lower) == 1:  # What is downloaded is kept for the next time; apt locks it, so others have their own.
            archives = KEPT / "archives"
            (archives / "partial").mkdir(parents=True, exist_ok=True)
            self.mount("--bind", archives, self.root / "var/cache/apt/archives")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        shutil.copy("/etc/hosts", self.root / "etc/hosts")

    def mount(self, *words):
        sh("mount", *words)
        self.stack.callback(sh, "umount", "-l", words[-1])

    def __exit__(self, *_):
        self.stack.close()

    def run(self, *command, alone=False, user=None, env=None, code=0):
        """What it says. `alone`: in a network of its own, with a loopback; `code`: how it must end, None: in any way."""
        words = ["runuser", "-u", user, "--", *command] if user else list(command)
        inside = ["chroot", str(self.root), *[str(w) for w in words]]
        if alone:
            inside = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *inside]
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **(env or {})}
        done = subprocess.run(inside, capture_output=True, text=True, env=clean, stdin=subprocess.DEVNULL, timeout=500)
        said = done.stdout + done.stderr
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}, not {code}:\n{said}")
        return said

    def apt(self, *words, **options):
        return self.run("apt-get", "--yes", "--quiet", "--quiet", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *words, **options)

    def put(self, files, folder):
        """Copies files in; gives their names there."""
        (self.root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, self.root / folder.lstrip("/"))
        return [f"{folder}/{pathlib.Path(file).name}" for file in files]

    def read(self, path):
        return (self.root / path.lstrip("/")).read_text()

    def has(self, path):
        return os.path.lexists(self.root / path.lstrip("/"))

    def version(self, package):
        said = self.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package, code=None)
        return said.removeprefix("installed ") if said.startswith("installed ") else None

    def files(self):
        """All there are, but for what package managers and logs keep for themselves."""
        own = ("proc", "sys", "dev", "run", "tmp", "var/cache", "var/log", "var/lib/dpkg", "var/lib/apt", "etc/ld.so.cache", "var/lib/systemd/catalog")
        found = set()
        for folder, folders, names in os.walk(self.root):
            at = os.path.relpath(folder, self.root)
            folders[:] = [f for f in folders if os.path.normpath(f"{at}/{f}") not in own]
            found |= {path for name in [*names, *folders] if (path := os.path.normpath(f"{at}/{name}")) not in own}
        return found


def ready_system(packages):
    """A system in which everything is that the packages depend on, and they are not. Kept, for tests that are about something else."""
    needs = sorted({need for package in packages for need in sh("dpkg-deb", "-f", package, "Depends").strip().split(", ")})
    tree = KEPT / "ready"
    stamp = KEPT / "ready.needs"
    if not stamp.exists() or stamp.read_text() != "\n".join(needs):
        shutil.rmtree(tree, ignore_errors=True)
        with System() as system:
            system.apt("update")
            system.apt("satisfy", *needs)
            sh("cp", "-a", system.upper, tree)
        stamp.write_text("\n".join(needs))
    return System(tree, fresh_tree())


def built_packages(folder):
    """One of each, of this machine's architecture."""
    architecture = sh("dpkg", "--print-architecture").strip()
    found = sorted(pathlib.Path(folder).glob(f"midinet-*_{architecture}.deb"))
    names = [package.name.split("_")[0] for package in found]
    if names != ["midinet-admin", "midinet-cli", "midinet-client", "midinet-host"]:
        raise SystemExit(f"{folder} has {names or 'no packages'}; expected one of each of the four: remove what is there and run \"make packages\"")
    return found


def repacked(package, version, into, change=lambda tree: None):
    """The same package as another version, changed by `change`."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder, "tree")
        sh("dpkg-deb", "-R", package, tree)
        control = tree / "DEBIAN/control"
        lines = control.read_text().splitlines()
        control.write_text("\n".join(f"Version: {version}" if line.startswith("Version: ") else line for line in lines) + "\n")
        change(tree)
        name, _, architecture = package.name.split("_")
        sh("dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, into / f"{name}_{version}_{architecture}")
    return into / f"{name}_{version}_{architecture}"


def make_release(folder):
    """Adds the checksums that a release has."""
    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    (folder / "SHA256SUMS").write_text(sh("sha256sum", "--", *names, cwd=folder))
