// Is a task done already, and if not, why not: what is remembered against what is there now. The only place where that is
// decided; whoever explains shows what came out of here.
//
// Nothing is looked at before it is needed: in a start where all is as it was, a task costs the comparison of four short
// texts. The files are asked for last, since only a result that would be used has to be there.
import type { BlockName } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { OutputReason, Reason } from "../core/reason.ts";
import { fieldChanges, NotCanonical } from "./canonical-fields.ts";
import { type BlockKey, codeChanges } from "./key.ts";
import type { Digest, TaskRecord } from "./record.ts";
import type { DecodedRecord } from "./record-text.ts";
import { type SampleView, sampleChanges } from "./sample-changes.ts";
import type { Before } from "./walk.ts";

/** What the checkpoint has of this block on this sample. */
export type Recalled = { readonly kind: "nothing" } | DecodedRecord;

/** What the person who started the run wants of a block. */
export type BlockPolicy =
  | { readonly kind: "as-remembered"; readonly issues: "stand" | "retry" }
  | { readonly kind: "caching-disabled" }
  /** `follows`: the named block that it stands behind; null where it is named itself. */
  | { readonly kind: "forced"; readonly follows: BlockName | null };

/** Asked only where something differs. Null: not known any more. */
export interface Past {
  /** Behind a digest of options or code, of then or now. */
  text(of: Digest): string | null;
  /** The sample as a task saw it, then or now, behind `KeyParts.before`. */
  sample(before: Digest): SampleView | null;
}

export interface JudgeInput {
  readonly remembered: Recalled;
  readonly policy: BlockPolicy;
  readonly block: BlockKey;
  /** `Walk.before`, or the digest of the pipeline's own info. */
  readonly before: Before;
  readonly past: Past;
  /** What is wrong with the files that it left. A remembered issue stands without them. */
  readonly outputs: (record: TaskRecord) => readonly OutputReason[];
}

export type Reasons = readonly [Reason, ...Reason[]];

export type Verdict =
  | { readonly kind: "current"; readonly record: TaskRecord }
  | { readonly kind: "stale"; readonly reasons: Reasons };

export function judge(input: JudgeInput): Verdict {
  const { policy, remembered } = input;
  switch (policy.kind) {
    case "caching-disabled":
      return stale([{ kind: "caching-disabled" }]);
    case "forced":
      return stale([{ kind: "forced", follows: policy.follows }]);
    case "as-remembered":
      return remembered.kind === "record"
        ? judgeRecord(input, { record: remembered.record, issues: policy.issues })
        : stale([unusable(remembered)]);
    default:
      return never(policy);
  }
}

const stale = (reasons: Reasons): Verdict => ({ kind: "stale", reasons });

function unusable(remembered: Exclude<Recalled, { kind: "record" }>): Reason {
  switch (remembered.kind) {
    case "nothing":
      return { kind: "never-run" };
    case "newer":
      return { kind: "record-unreadable", problem: `it has version ${remembered.version}` };
    case "unreadable":
      return { kind: "record-unreadable", problem: remembered.problem };
    default:
      return never(remembered);
  }
}

function judgeRecord(
  input: JudgeInput,
  { record, issues }: { readonly record: TaskRecord; readonly issues: "stand" | "retry" },
): Verdict {
  const { block, before, outputs } = input;
  const { key, outcome } = record;
  const same =
    key.before === before &&
    hasCode(record, block.code) &&
    key.options === block.options &&
    key.version === block.version;
  const reasons: Reason[] = same ? [] : keyReasons(record, input);
  if (outcome.kind === "issue") {
    if (issues === "retry") reasons.push({ kind: "issue-retried", message: outcome.message });
  } else if (reasons.length === 0) {
    reasons.push(...outputs(record));
  }
  const [first, ...others] = reasons;
  return first === undefined ? { kind: "current", record } : stale([first, ...others]);
}

/** An accepted result is one of the code that it was accepted for, and of the one that it was made with. */
const hasCode = ({ key, accepted }: TaskRecord, code: Digest): boolean =>
  key.code === code || accepted?.code === code;

/** At least one: it is asked for when a part differs. */
function keyReasons(record: TaskRecord, { block, before, past }: JudgeInput): Reason[] {
  const { key } = record;
  // Digests of another version are of other texts: comparing them would say that everything changed.
  if (key.version !== block.version) return [{ kind: "key-version", old: key.version, new: block.version }];
  const reasons: Reason[] = [];
  if (key.options !== block.options) {
    const fields = compared(past.text(key.options), past.text(block.options), fieldChanges);
    reasons.push({ kind: "options-changed", fields });
  }
  if (!hasCode(record, block.code)) {
    const parts = compared(past.text(key.code), past.text(block.code), codeChanges);
    reasons.push({ kind: "code-changed", parts });
  }
  if (typeof before !== "string") reasons.push({ kind: "runs-before", blocks: before.until });
  else if (key.before !== before) {
    const fields = compared(past.sample(key.before), past.sample(before), sampleChanges);
    reasons.push({ kind: "sample-changed", fields });
  }
  return reasons;
}

/** Null where one of the two is not known any more, or is no text of ours. */
function compared<T, Changes>(
  old: T | null,
  now: T | null,
  changes: (old: T, now: T) => Changes | null,
): Changes | null {
  if (old === null || now === null) return null;
  try {
    return changes(old, now);
  } catch (error) {
    if (error instanceof NotCanonical) return null;
    throw error;
  }
}
