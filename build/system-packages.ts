// Programs of the operating system that tests use to make real trouble: limits, sessions, terminals, foreign languages, a
// cluster. On a Debian where we may, they are installed; on a build server one that is missing is an error, since the
// tests that need it would pass by not running.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { show } from "./program.ts";

/** `quick`: for `npm test`. `cluster`: for the slow suites beside, of which MariaDB alone is larger than all the others. */
export type PackageSet = keyof typeof sets;

/** Debian package → the program (or file) that shows that it is there. */
const sets = {
  quick: {
    bsdutils: "script", // a terminal for the live view
    git: "git", // commit and changes in a run's record
    procps: "ps",
    python3: "python3", // command blocks as users write them
    "util-linux": "prlimit", // also mount, setsid, unshare
    munge: "munged",
    "slurm-wlm": "slurmctld", // also slurmd and the commands
    bindfs: "bindfs", // folders that are seen late, as over NFS
    fuse3: "fusermount3",
    iproute2: "ip", // nodes with addresses of their own
  },
  cluster: {
    slurmdbd: "slurmdbd",
    "slurm-wlm-mysql-plugin": "/usr/lib/*/slurm-wlm/accounting_storage_mysql.so",
    "mariadb-server": "mariadbd",
    strace: "strace",
    // A kernel of our own, for a real NFS server with real clients.
    "user-mode-linux": "linux.uml",
    "nfs-common": "mount.nfs",
    "nfs-kernel-server": "rpc.nfsd",
    rpcbind: "rpcbind",
    kmod: "modprobe",
    e2fsprogs: "mkfs.ext4",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Installs what it may. What is still missing then is an error on a build server and a warning elsewhere. */
export async function requireSystemPackages(...names: readonly PackageSet[]): Promise<void> {
  await install(names);
  const programs = missing(names).map(([, program]) => program);
  if (programs.length === 0) return;
  const words = `${programs.join(", ")} missing: tests that need them do not run`;
  if (process.env.CI !== undefined) throw new Error(words);
  console.error(`warning: ${words}`);
}

async function install(names: readonly PackageSet[]): Promise<void> {
  const packages = missing(names)
    .map(([name]) => name)
    .filter((name) => !(isOfSlurm(name) && isSiteOfSlurm()));
  if (packages.length === 0 || process.getuid?.() !== 0 || Bun.which("apt-get") === null) return;
  console.error(`installing Debian packages: ${packages.join(" ")}`);
  using _quiet = noDaemonsStarted();
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const patient = ["-o", "DPkg::Lock::Timeout=300"]; // somebody else may be installing
  await show(["apt-get", "-qq", ...patient, "update"], { env });
  await show(["apt-get", "-qq", ...patient, "install", "--yes", "--no-install-recommends", ...packages], {
    env,
  });
}

function missing(names: readonly PackageSet[]): readonly (readonly [name: string, program: string])[] {
  return names.flatMap((name) => Object.entries(sets[name])).filter(([, program]) => !isThere(program));
}

function isThere(program: string): boolean {
  if (program.startsWith("/")) return [...new Bun.Glob(program.slice(1)).scanSync("/")].length > 0;
  // Daemons lie where the PATH of a person may not lead.
  const PATH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;
  return Bun.which(program, { PATH }) !== null;
}

const isOfSlurm = (name: string): boolean => /^(slurm|munge)/.test(name);

/** A machine that belongs to a real cluster: Debian's packages would meddle with what its administrators put there. */
function isSiteOfSlurm(): boolean {
  const configured = ["/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf"].some((path) => existsSync(path));
  return configured || (isThere("sbatch") && !isThere("slurmctld"));
}

/**
 * Debian starts the daemons that it installs. Ours are started by the tests, with files of their own; nobody asked for a
 * database or an NFS server that runs on this machine from now on. A rule that is there already stays the one that holds.
 */
function noDaemonsStarted(): Disposable {
  const rule = "/usr/sbin/policy-rc.d";
  if (existsSync(rule)) return { [Symbol.dispose]: () => {} };
  writeFileSync(rule, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return { [Symbol.dispose]: () => rmSync(rule, { force: true }) };
}
