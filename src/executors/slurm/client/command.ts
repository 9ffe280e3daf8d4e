// Running one of Slurm's commands, with a time limit of our own: a controller that hangs makes each of them wait for
// minutes, and a launcher that waits along sees neither its workers nor Ctrl-C. What cannot be known is an answer too.
import type { Environment } from "../../../system/child-environment.ts";
import { slurmEnvironment } from "./environment.ts";

export type SlurmProgram = "sbatch" | "squeue" | "sacct" | "scancel" | "scontrol" | "sinfo";

export type CommandResult =
  /** `status` is null where a signal ended it. */
  | {
      readonly kind: "ended";
      readonly status: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Ended by us; whatever it was to do may have been done. */
  | {
      readonly kind: "timed-out";
      readonly seconds: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** It could not be started at all. */
  | { readonly kind: "not-there"; readonly message: string };

export interface SlurmCommands {
  /** Never throws. */
  run(
    program: SlurmProgram,
    argv: readonly string[],
    limit: { readonly seconds: number },
  ): Promise<CommandResult>;
}

/** For every query: a dead controller answers after 9 s, or after 18 s where a job is named. */
export const queryLimit = { seconds: 60 } as const;
/** When Slurm has no room for a job, sbatch waits and tries again for minutes before it says so. */
export const submitLimit = { seconds: 180 } as const;

export function slurmCommands(inherited: Environment): SlurmCommands {
  return {
    async run(program, argv, limit) {
      const env = slurmEnvironment(inherited, program === "sbatch" ? "submit" : "query");
      const found = Bun.which(program, { PATH: env.PATH ?? "" });
      if (found === null) return { kind: "not-there", message: `there is no \`${program}\` on this machine` };
      return await runCommand([found, ...argv], env, limit.seconds);
    },
  };
}

async function runCommand(
  words: readonly string[],
  env: Record<string, string>,
  seconds: number,
): Promise<CommandResult> {
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    // A session of its own: Ctrl-C is for us, and would leave a submission in doubt.
    child = Bun.spawn([...words], {
      env,
      detached: true,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  } catch (error) {
    return { kind: "not-there", message: `cannot start \`${words[0]}\`: ${messageOf(error)}` };
  }
  const stdout = collected(child.stdout);
  const stderr = collected(child.stderr);
  const ended = child.exited.then(async () => {
    // Something that it has left behind may hold its output open for ever; what it said itself is there by then.
    await Promise.race([Promise.all([stdout.end, stderr.end]), Bun.sleep(1000)]);
    return "ended" as const;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), seconds * 1000);
  });
  const first = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (first === "late") killGroup(child.pid);
  stdout.cancel();
  stderr.cancel();
  const said = { stdout: stdout.text(), stderr: stderr.text() };
  return first === "late"
    ? { kind: "timed-out", seconds, ...said }
    : { kind: "ended", status: child.exitCode, ...said };
}

interface Collected {
  readonly end: Promise<void>;
  text(): string;
  cancel(): void;
}

function collected(stream: ReadableStream<Uint8Array>): Collected {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  const take = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parts.push(value);
    }
  };
  return {
    end: take().catch(() => {}),
    text: () => Buffer.concat(parts).toString("utf8"),
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a failed command said, in one line: its last complaint without the program's name before it. */
export function complaintOf(result: CommandResult): string {
  switch (result.kind) {
    case "not-there":
      return result.message;
    case "timed-out":
      return `no answer within ${result.seconds} s`;
    case "ended": {
      const lines = result.stderr
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
      const last = lines.at(-1)?.replace(/^\w+: (?:error: |fatal: )?/, "");
      return last ?? (result.status === null ? "ended by a signal" : `exit status ${result.status}`);
    }
  }
}
