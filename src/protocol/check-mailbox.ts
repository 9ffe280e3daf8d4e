// What came out of a mailbox, checked once.
import { attempt, bytes, seconds, taskId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import { fromWorker, toWorker } from "./check.ts";
import { type Checked, checked, flag, list, Mismatch, number, object, orNull, text } from "./fields.ts";
import type { FromPilot, GivenAttempt, LeavingWhy, PilotRules, TaskAttempt, ToPilot } from "./mailbox.ts";

/** What a pilot is told. */
export const checkToPilot = (value: unknown): Checked<ToPilot> => checked("launcher", value, toPilot);

/** What a pilot says. */
export const checkFromPilot = (value: unknown): Checked<FromPilot> => checked("pilot", value, fromPilot);

function toPilot(value: unknown): ToPilot {
  const fields = object(value, "message");
  switch (fields.kind) {
    case "serve":
      return {
        kind: "serve",
        runFolder: text(fields.runFolder, "runFolder"),
        seed: typeof fields.seed === "number" ? fields.seed : orNull(fields.seed, (v) => text(v, "seed")),
        rules: rules(fields.rules),
      };
    case "alive":
      return { kind: "alive", keep: flag(fields.keep, "keep") };
    case "abandoned":
      return { kind: "abandoned" };
    default:
      return toWorker(value);
  }
}

function fromPilot(value: unknown): FromPilot {
  const fields = object(value, "message");
  switch (fields.kind) {
    case "hello":
      return {
        kind: "hello",
        protocol: number(fields.protocol, "protocol"),
        version: text(fields.version, "version"),
        pid: number(fields.pid, "pid"),
        host: text(fields.host, "host"),
        job: orNull(fields.job, (v) => text(v, "job")),
        capacity: capacity(fields.capacity),
        endsIn: orNull(fields.endsIn, (v) => seconds(number(v, "endsIn"))),
      };
    case "started":
    case "results": {
      const message = fromWorker(value);
      const from = { of: number(fields.of, "of"), lane: number(fields.lane, "lane") };
      if (message.kind === "started" || message.kind === "results") return { ...message, ...from };
      throw new Mismatch("`kind` is another one now");
    }
    case "declined":
      return {
        kind: "declined",
        ...taskAttempt(value),
        of: number(fields.of, "of"),
        why: text(fields.why, "why"),
      };
    case "beat":
      return {
        kind: "beat",
        of: number(fields.of, "of"),
        heard: number(fields.heard, "heard"),
        holding: list(fields.holding, "holding").map(taskAttempt),
        earlier: list(fields.earlier, "earlier").map(givenAttempt),
        free: orNull(fields.free, (v) => {
          const free = object(v, "free");
          return {
            bytes: number(free.bytes, "free.bytes"),
            files: orNull(free.files, (w) => number(w, "free.files")),
          };
        }),
      };
    case "warning":
      return {
        kind: "warning",
        message: text(fields.message, "message"),
        hint: orNull(fields.hint, (v) => text(v, "hint")),
      };
    case "unfit":
      return { kind: "unfit", message: text(fields.message, "message") };
    case "leaving":
      return { kind: "leaving", why: leavingWhy(fields.why) };
    default:
      throw new Mismatch(`\`kind\` is ${JSON.stringify(fields.kind)}`);
  }
}

function rules(value: unknown): PilotRules {
  const fields = object(value, "rules");
  return {
    capacity: capacity(fields.capacity),
    walltime: orNull(fields.walltime, (v) => seconds(number(v, "rules.walltime"))),
    maxIdletime: seconds(number(fields.maxIdletime, "rules.maxIdletime")),
    orphanTime: seconds(number(fields.orphanTime, "rules.orphanTime")),
    patience: number(fields.patience, "rules.patience"),
  };
}

function taskAttempt(value: unknown): TaskAttempt {
  const fields = object(value, "task");
  return {
    task: taskId(number(fields.task, "task")),
    attempt: attempt(number(fields.attempt, "attempt")),
  };
}

function givenAttempt(value: unknown): GivenAttempt {
  return { ...taskAttempt(value), of: number(object(value, "task").of, "of") };
}

function capacity(value: unknown): Capacity {
  const fields = object(value, "capacity");
  return {
    cpus: number(fields.cpus, "capacity.cpus"),
    memory: orNull(fields.memory, (v) => bytes(number(v, "capacity.memory"))),
    gpus: number(fields.gpus, "capacity.gpus"),
  };
}

const whys: readonly LeavingWhy[] = ["idle", "walltime", "finished", "orphaned", "terminated", "unfit"];

function leavingWhy(value: unknown): LeavingWhy {
  const known = whys.find((why) => why === value);
  if (known === undefined) throw new Mismatch(`\`why\` is ${JSON.stringify(value)}`);
  return known;
}
