// A program that is started once and asked many times: one JSON line in, one JSON line out. Its standard output belongs
// to the answers alone; what it prints for people goes to standard error, and so into the log of the task it works for.
//
//   started ──▶ idle ──ask──▶ asked ──line──▶ idle ──close──▶ gone
//                 └── ended by itself ──▶ gone ◀── died, rubbish, ended on order
import { setTimeout as sleep } from "node:timers/promises";
import { type LineReader, readLines } from "../system/line-reader.ts";
import { marked } from "../system/process-mark.ts";
import { endTree, type TreeRoot } from "../system/process-tree.ts";
import { mostBytes } from "./command-files.ts";
import type { Ending, EndOrder } from "./ending.ts";
import {
  type ProgramStart,
  type Started,
  signalName,
  startTalkingProgram,
  type TalkingChild,
} from "./start-program.ts";

export type Reply =
  | { readonly kind: "line"; readonly text: string }
  /** Something that cannot be an answer: nobody knows what belongs to which question any more. */
  | { readonly kind: "rubbish"; readonly problem: string; readonly text: string }
  | { readonly kind: "died"; readonly status: number | null; readonly signal: string | null }
  | { readonly kind: "ended"; readonly order: EndOrder };

export class PersistentProgram {
  readonly pid: number;
  readonly #child: TalkingChild;
  readonly #lines: LineReader;
  readonly #tree: TreeRoot;

  private constructor(child: TalkingChild, mark: string) {
    this.pid = child.pid;
    this.#child = child;
    this.#lines = readLines(child.stdout, mostBytes);
    this.#tree = { pid: null, group: child.pid, mark: marked(mark) };
  }

  static start(start: Omit<ProgramStart, "stdout">, mark: string): Started<PersistentProgram> {
    const started = startTalkingProgram(start);
    if (started.kind === "cannot-start") return started;
    return { kind: "started", child: new PersistentProgram(started.child, mark) };
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** One question, one reply. After any reply but `line` the program must be ended with `end`. */
  async ask(question: string, ending: Ending): Promise<Reply> {
    const unasked = this.#lines.unasked();
    if (unasked !== "") {
      return { kind: "rubbish", problem: "it wrote more than one line for each sample", text: unasked };
    }
    this.#write(`${question}\n`);
    const reply = await Promise.race([this.#lines.next(), ending.ordered]);
    if (!("kind" in reply)) return { kind: "ended", order: reply };
    switch (reply.kind) {
      case "line":
        return reply;
      case "too-long":
        return { kind: "rubbish", problem: "the line has no end", text: reply.beginning };
      default:
        return await this.#howItDied();
    }
  }

  /** Ends it with all it started: first by the end of its standard input, then by TERM, then by KILL. */
  async end(patience: { readonly forInput: number; readonly grace: number }): Promise<void> {
    try {
      await this.#child.stdin.end();
    } catch {
      // It has closed its side before; whether it is gone is seen below.
    }
    await Promise.race([this.#child.exited, sleep(patience.forInput * 1000, undefined, { ref: false })]);
    const root = this.alive ? { ...this.#tree, pid: this.pid } : this.#tree;
    await endTree(root, { grace: patience.grace });
    await Promise.race([this.#child.exited, sleep(1000, undefined, { ref: false })]);
  }

  #write(text: string): void {
    try {
      this.#child.stdin.write(text);
      void Promise.resolve(this.#child.stdin.flush()).catch(() => {});
    } catch {
      // Nobody reads there any more: its output ends too, and tells how it died.
    }
  }

  async #howItDied(): Promise<Reply> {
    // Who closes standard output without ending cannot answer any more either.
    await Promise.race([this.#child.exited, sleep(1000, undefined, { ref: false })]);
    const { exitCode, signalCode } = this.#child;
    return { kind: "died", status: exitCode, signal: signalCode === null ? null : signalName(signalCode) };
  }
}
