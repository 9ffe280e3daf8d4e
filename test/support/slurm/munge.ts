// The cluster's own munge: who signs and checks that a request came from this user. With a key and a socket of its own, so
// that no other cluster on the machine takes our requests for its, and none of the machine's munge is touched.
import { randomBytes } from "node:crypto";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { must } from "./programs.ts";

export async function startMunge(folder: string, env: Readonly<Record<string, string>>): Promise<Daemon> {
  const own = join(folder, "munge");
  mkdirSync(own, { mode: 0o755 });
  writeFileSync(join(own, "key"), randomBytes(128), { mode: 0o600 });
  // It refuses to run with files that anybody else could change, root's included.
  await must(["chown", "-R", "munge:munge", own]);
  const socket = join(own, "socket");
  const daemon = new Daemon(
    [
      // Once more by which we do not outlive our parent: changing the user takes it back.
      ...["setpriv", "--pdeathsig=KILL", "--reuid=munge", "--regid=munge", "--clear-groups"],
      ...["munged", "--foreground", `--key-file=${join(own, "key")}`, `--socket=${socket}`],
      ...[`--pid-file=${join(own, "pid")}`, `--seed-file=${join(own, "seed")}`],
    ],
    { name: "munged", log: join(folder, "log", "munged.log"), env },
  );
  await eventually("munged listens", () => {
    daemon.mustLive();
    return statSync(socket, { throwIfNoEntry: false })?.isSocket() === true;
  });
  return daemon;
}
