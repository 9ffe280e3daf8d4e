// Programs of the operating system that tests use to make real trouble: limits, sessions, terminals, foreign languages.
// On a Debian where we may, they are installed; on a build server one that is missing is an error, since the tests that
// need it would pass by not running.
import { show } from "./program.ts";

/** Debian package → the program that shows that it is there. */
const needed: Readonly<Record<string, string>> = {
  bsdutils: "script", // a terminal for the live view
  git: "git", // commit and changes in a run's record
  procps: "ps",
  python3: "python3", // command blocks as users write them
  "util-linux": "prlimit", // also mount, setsid, unshare
};

export async function installSystemPackages(): Promise<void> {
  const packages = Object.keys(missing());
  if (packages.length === 0 || process.getuid?.() !== 0 || Bun.which("apt-get") === null) return;
  console.error(`installing Debian packages: ${packages.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await show(["apt-get", "-qq", "update"], { env });
  await show(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", ...packages], { env });
}

/** Programs that are still missing. */
export function missingPrograms(): readonly string[] {
  return Object.values(missing());
}

function missing(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(needed).filter(([, program]) => Bun.which(program) === null));
}
