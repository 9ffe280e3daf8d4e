// Programs run to their end with what they said. A status that nobody looks at is how a half-started cluster gets into a
// test, so there is one form that returns it and one that throws.

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment, not an addition to ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export async function run(command: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const child = Bun.spawn([...command], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...(options.env ?? ownEnvironment()) },
    stdin: options.input === undefined ? "ignore" : Buffer.from(options.input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { status: child.exitCode, stdout, stderr };
}

/** Standard output; throws with everything the program said where it did not end with 0. */
export async function must(command: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const ended = await run(command, options);
  if (ended.status === 0) return ended.stdout;
  const said = [ended.stderr.trim(), ended.stdout.trim()].filter((text) => text !== "").join("\n");
  throw new Error(`\`${command.join(" ")}\` ended with ${ended.status}: ${said}`);
}

/** Ours without what a surrounding Slurm or bun put into it: a cluster within a job must not talk to the outer one. */
export function ownEnvironment(): Record<string, string> {
  const { PATH = "/usr/sbin:/usr/bin:/sbin:/bin", HOME = "/root", USER = "root" } = process.env;
  return { PATH: withSystemFolders(PATH), HOME, USER, LOGNAME: USER, LANG: "C.UTF-8" };
}

/** Daemons lie in `sbin`, which a login shell's PATH may leave out. */
function withSystemFolders(path: string): string {
  const folders = path.split(":");
  return [...folders, ...["/usr/sbin", "/sbin"].filter((folder) => !folders.includes(folder))].join(":");
}
