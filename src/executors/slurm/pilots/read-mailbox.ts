// A mailbox as another launcher left it: what the pilot was told, and what it answered. For who takes over, and for who only
// wants the results.
import { seconds } from "../../../core/ids.ts";
import { JournalReader } from "../../../journal/reader.ts";
import { listSegments } from "../../../journal/segments.ts";
import type { TaskResult } from "../../../protocol/answer.ts";
import type { Assignment } from "../../../protocol/assignment.ts";
import { checkFromPilot, checkToPilot } from "../../../protocol/check-mailbox.ts";
import { type FromPilot, inboxFormat, outboxFormat, type ToPilot } from "../../../protocol/mailbox.ts";
import { unpacked } from "../../../protocol/parcel.ts";
import { inboxStem, outboxPath } from "../../../rundir/layout.ts";

export interface GivenTask {
  /** The number of the inbox. */
  readonly of: number;
  readonly assignment: Assignment;
}

export interface LeftMailbox {
  /** Given and not answered. */
  readonly open: readonly GivenTask[];
  readonly answered: readonly (GivenTask & { readonly result: TaskResult })[];
  /** The pilot has said its last word. */
  readonly left: boolean;
  /** It has said its first. */
  readonly began: boolean;
}

/** @throws FileError where it is there and cannot be read. */
export function readMailbox(folder: string): LeftMailbox {
  const given = new Map<string, GivenTask>();
  const answered: (GivenTask & { readonly result: TaskResult })[] = [];
  for (const { number, path } of listSegments({ folder, stem: inboxStem })) {
    readAll(path, inboxFormat, folder, (value) => {
      const message = good(checkToPilot(value));
      for (const assignment of assignmentsIn(message))
        given.set(nameOf(number, assignment), { of: number, assignment });
    });
  }
  let left = false;
  let began = false;
  readAll(outboxPath(folder), outboxFormat, folder, (value) => {
    const message = good<FromPilot>(checkFromPilot(value));
    if (message?.kind === "hello") began = true;
    if (message?.kind === "leaving") left = true;
    if (message?.kind === "declined") given.delete(nameOf(message.of, message));
    if (message?.kind !== "results") return;
    for (const result of message.results) {
      const name = nameOf(message.of, result);
      const task = given.get(name);
      if (task === undefined) continue;
      given.delete(name);
      answered.push({ ...task, result });
    }
  });
  return { open: [...given.values()], answered, left, began };
}

const assignmentsIn = (message: ToPilot | null): readonly Assignment[] =>
  message?.kind === "run" ? message.assignments : [];

const nameOf = (of: number, { task, attempt }: { readonly task: number; readonly attempt: number }): string =>
  `${of}/${task}.${attempt}`;

/** What cannot be understood is left out: it is work that is done again. */
function readAll(
  path: string,
  reads: { readonly format: string; readonly version: number },
  folder: string,
  each: (value: unknown) => void,
): void {
  const reader = new JournalReader(path, { reads, patience: seconds(0) });
  reader.poll(seconds(0), ({ body }) => {
    const found = unpacked(body, folder);
    if (found.kind === "message") each(found.value);
  });
}

function good<Message>(checked: { kind: "good"; message: Message } | { kind: "bad" }): Message | null {
  return checked.kind === "good" ? checked.message : null;
}
