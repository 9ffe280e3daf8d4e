// A folder of its own for one test, the compiled executable to run in it, and at the end the proof that nothing
// was left behind: every process started here inherits a token, and no living process may still carry it.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

export const executable = resolve(import.meta.dir, "../../dist/pipe");

export interface Ending {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  /** Resolves when `text` has been printed on standard error; rejects when the process ends without. */
  said(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export interface RunOptions {
  /** Relative to the playground; default: its top. */
  readonly cwd?: string;
  /** Added to a small environment (PATH, HOME, LANG). */
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing but `env`: as under `env -i`. */
  readonly bareEnvironment?: boolean;
  readonly executable?: string;
}

export class Playground implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe-test-"));
  readonly token = crypto.randomUUID();
  readonly #started: Started[] = [];

  constructor() {
    if (!existsSync(executable)) throw new Error(`no ${executable}: run \`npm run build\` first`);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  /** Writes files, folders included; content by relative path. */
  write(files: Readonly<Record<string, string>>): this {
    for (const [name, content] of Object.entries(files)) {
      const path = this.path(name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode: name.endsWith(".sh") ? 0o755 : 0o644 });
    }
    return this;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  json(name: string): unknown {
    return JSON.parse(this.read(name));
  }

  /** Runs `pipe ARGS` to its end. */
  async pipe(args: readonly string[], options: RunOptions = {}): Promise<Ending> {
    return await this.start(args, options).ended;
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    return this.startIn(this.path(options.cwd ?? "."), args, options);
  }

  /** In a folder that need not be the playground's; `cwd` is not looked at. */
  startIn(folder: string, args: readonly string[], options: RunOptions = {}): Started {
    const { PATH = "/usr/bin:/bin", HOME = this.folder } = process.env;
    const base = options.bareEnvironment === true ? {} : { PATH, HOME, LANG: "C.UTF-8", NO_COLOR: "1" };
    const child = Bun.spawn([options.executable ?? executable, ...args], {
      cwd: folder,
      env: { ...base, ...options.env, PIPE_TEST_TOKEN: this.token },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const stderr = collect(child.stderr);
    const stdout = collect(child.stdout);
    const ended = (async (): Promise<Ending> => {
      await child.exited;
      return {
        status: child.exitCode,
        signal: child.signalCode === null ? null : String(child.signalCode),
        stdout: await stdout.whole,
        stderr: await stderr.whole,
      };
    })();
    const started: Started = {
      pid: child.pid,
      said: (text) => stderr.said(text),
      signal: (name) => {
        if (child.exitCode === null && child.signalCode === null) child.kill(name);
      },
      ended,
    };
    this.#started.push(started);
    return started;
  }

  /** What lives of all that was started here. */
  processes(): ReturnType<typeof processesWith> {
    return processesWith(this.token);
  }

  /** Every file below `folder` with a hash of its content, for comparing two datasets byte for byte. */
  tree(folder: string, leaveOut: (path: string) => boolean = () => false): Record<string, string> {
    const top = this.path(folder);
    const files: Record<string, string> = {};
    for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(top, path);
      if (entry.isFile() && !leaveOut(name)) {
        files[name] = createHash("sha256").update(readFileSync(path)).digest("hex");
      }
    }
    return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const started of this.#started) {
      // Never by its number: that of a process which has ended may be a stranger's by now.
      started.signal("SIGKILL");
      await started.ended;
    }
    const left = processesWith(this.token);
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) {
      throw new Error(`left running: ${left.map((p) => `${p.pid} ${p.command}`).join("; ")}`);
    }
  }
}

/** Living processes whose environment holds the token. A dead one that nobody has waited for has no environment. */
export function processesWith(token: string): { readonly pid: number; readonly command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, "latin1").includes(token)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      found.push({ pid: Number(name), command });
    } catch {
      // Gone in the meantime, or not ours to read.
    }
  }
  return found;
}

interface Collected {
  readonly whole: Promise<string>;
  said(text: string): Promise<void>;
}

function collect(stream: ReadableStream<Uint8Array>): Collected {
  let text = "";
  let over = false;
  let waiting: { readonly text: string; readonly yes: () => void; readonly no: (error: Error) => void }[] =
    [];
  const look = () => {
    waiting = waiting.filter((one) => {
      if (text.includes(one.text)) one.yes();
      else if (over)
        one.no(new Error(`it ended without saying ${JSON.stringify(one.text)}; it said:\n${text}`));
      else return true;
      return false;
    });
  };
  const whole = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      look();
    }
    over = true;
    look();
    return text;
  })();
  return {
    whole,
    said: (wanted) =>
      new Promise((yes, no) => {
        waiting.push({ text: wanted, yes, no });
        look();
      }),
  };
}
