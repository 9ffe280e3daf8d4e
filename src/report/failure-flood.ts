// Which failures are told in full. When a block fails on every one of 100,000 samples, the first few paragraphs help
// and the other 99,997 bury them; from then on only the count is told, each time it has grown tenfold.

import type { TaskFailure } from "../core/events.ts";
import { createGroups } from "./groups.ts";
import { failureLine } from "./say-failure.ts";

export type Telling =
  /** `last`: the next of this kind will only be counted. */
  | { readonly kind: "in-full"; readonly last: boolean }
  | { readonly kind: "count"; readonly alike: number; readonly all: number }
  | { readonly kind: "silent" };

/** So many of the same kind are told in full, and so many in all, however different. */
const ofOneKind = 3;
const inAll = 20;

export function createFailureFlood(): { next(failed: TaskFailure): Telling } {
  const groups = createGroups<null>();
  let told = 0;
  return {
    next(failed) {
      const { block, sample, failure } = failed;
      const message = failureLine(failure);
      const alike = groups.add({ block, kind: failure.kind, message, sample, example: null }).count;
      if (alike <= ofOneKind && told < inAll) {
        told++;
        return { kind: "in-full", last: alike === ofOneKind };
      }
      return powerOfTen(alike) || powerOfTen(groups.total)
        ? { kind: "count", alike, all: groups.total }
        : { kind: "silent" };
    },
  };
}

function powerOfTen(n: number): boolean {
  return n >= 10 && /^10+$/.test(String(n));
}
