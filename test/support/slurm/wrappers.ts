// Slurm's commands in front of Slurm's commands: each call is written down, then made for real, and then goes wrong in the
// way that the test asked for. Only what happens between the real command and its caller is faked, never the cluster.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const programs = ["sbatch", "squeue", "scancel", "sacct", "scontrol", "sinfo", "sacctmgr", "srun"] as const;
export type Program = (typeof programs)[number];

/** What a call does instead of just the real thing. */
export type Behaviour =
  /** The real call, its answer replaced by an error: a submission whose answer is lost. */
  | { readonly kind: "lose-answer"; readonly stderr?: string; readonly status?: number }
  /** No real call. */
  | { readonly kind: "fail"; readonly stderr: string; readonly status?: number }
  /** No real call, but an answer: for states that a real cluster cannot be brought into. */
  | { readonly kind: "answer"; readonly stdout: string }
  /** Never comes back; the real call is made before, or not at all. */
  | { readonly kind: "hang"; readonly real: "made" | "not made" }
  /** The command itself is killed by SIGKILL. */
  | { readonly kind: "die"; readonly real: "made" | "not made" }
  /** After the real call, whoever called is killed by SIGKILL before it can read the answer. */
  | { readonly kind: "kill-caller" }
  /** The real call, seconds late. */
  | { readonly kind: "delay"; readonly seconds: number };

export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class Wrappers {
  /** The cluster's environment with the wrappers at the front of PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  #plans = 0;

  /** @param cluster where the wrapped commands go to; the wrappers go with it. */
  constructor(cluster: { readonly folder: string; readonly env: Readonly<Record<string, string>> }) {
    this.#folder = mkdtempSync(join(cluster.folder, "wrappers-"));
    const { PATH = "" } = cluster.env;
    for (const name of ["bin", "calls", "plans"]) mkdirSync(join(this.#folder, name));
    for (const program of programs) {
      const real = Bun.which(program, { PATH });
      if (real === null) continue; // sacctmgr and its like need not be there
      const path = join(this.#folder, "bin", program);
      writeFileSync(path, script({ folder: this.#folder, program, real }));
      chmodSync(path, 0o755);
    }
    this.env = { ...cluster.env, PATH: `${join(this.#folder, "bin")}:${PATH}` };
  }

  /** For the next calls, one each; after them all is as before. */
  next(program: Program, ...behaviours: readonly Behaviour[]): void {
    for (const behaviour of behaviours) {
      const number = String(++this.#plans).padStart(6, "0");
      this.#publish(`${program}.next.${number}`, commandsFor(behaviour));
    }
  }

  /** For every call that nothing else was said about, until `always` says another thing. */
  always(program: Program, behaviour: Behaviour | "real"): void {
    this.#publish(`${program}.always`, behaviour === "real" ? 'real "$@"\n' : commandsFor(behaviour));
  }

  /** In the order in which they began. */
  calls(program?: Program): readonly Call[] {
    const folder = join(this.#folder, "calls");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".args"))
      .sort()
      .map((name) => {
        const [called = "", ...args] = texts(join(folder, name));
        const env = Object.fromEntries(
          texts(join(folder, name.replace(/args$/, "env"))).map((entry) => {
            const at = entry.indexOf("=");
            return [entry.slice(0, at), entry.slice(at + 1)];
          }),
        );
        return { program: called, args, env };
      })
      .filter((call) => program === undefined || call.program === program);
  }

  /** Whole or not at all: a call may be looking. */
  #publish(name: string, text: string): void {
    const beside = join(this.#folder, `${name}.new`);
    writeFileSync(beside, text);
    renameSync(beside, join(this.#folder, "plans", name));
  }
}

function texts(path: string): readonly string[] {
  return readFileSync(path, "utf8").split("\0").slice(0, -1);
}

interface Wrapper {
  readonly folder: string;
  readonly program: Program;
  readonly real: string;
}

/** A plan is taken by renaming it: of two calls at once only one gets it. */
function script({ folder, program, real }: Wrapper): string {
  return `#!/bin/sh
call=${folder}/calls/$(date +%s%N)-$$
env -0 > "$call.env"
printf '%s\\0' ${program} "$@" > "$call.part"
mv "$call.part" "$call.args"
real() { ${real} "$@"; }
for plan in ${folder}/plans/${program}.next.*; do
  if mv "$plan" "$call.plan" 2> /dev/null; then . "$call.plan"; exit; fi
done
if [ -e ${folder}/plans/${program}.always ]; then . ${folder}/plans/${program}.always; exit; fi
exec ${real} "$@"
`;
}

const timedOut = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation";

/** Lines of shell; `real` makes the real call. */
function commandsFor(behaviour: Behaviour): string {
  switch (behaviour.kind) {
    case "lose-answer": {
      const { stderr = timedOut, status = 1 } = behaviour;
      return `real "$@" > /dev/null 2>&1\n${failing(stderr, status)}`;
    }
    case "fail":
      return failing(behaviour.stderr, behaviour.status ?? 1);
    case "answer":
      return `printf '%s\\n' ${quoted(behaviour.stdout)}\nexit 0\n`;
    case "hang":
      return `${realOr(behaviour)}exec sleep infinity\n`;
    case "die":
      return `${realOr(behaviour)}kill -KILL $$\n`;
    case "kill-caller":
      return `real "$@" > /dev/null 2>&1\nkill -KILL $PPID\nexit 1\n`;
    case "delay":
      return `sleep ${behaviour.seconds}\nreal "$@"\n`;
    default:
      return behaviour satisfies never;
  }
}

const realOr = ({ real }: { readonly real: "made" | "not made" }): string =>
  real === "made" ? 'real "$@" > /dev/null 2>&1\n' : "";

const failing = (stderr: string, status: number): string =>
  `printf '%s\\n' ${quoted(stderr)} >&2\nexit ${status}\n`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
