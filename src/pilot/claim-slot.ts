// One process owns a slot, ever. A job that was submitted twice, or started again by its scheduler, finds the slot taken and
// leaves: two writers of one outbox would destroy each other's records.
import { claim } from "../system/durable-file.ts";
import { thisProcess } from "../system/host.ts";
import { nonce } from "../system/nonce.ts";

export type SlotClaim =
  | { readonly kind: "ours"; readonly nonce: string }
  /** `by`: what its owner wrote, for a person. */
  | { readonly kind: "taken"; readonly by: string };

/** @throws FileError where the folder cannot be written. */
export function claimSlot(path: string, job: string | null): SlotClaim {
  const mine = nonce();
  const { host, pid, boot } = thisProcess();
  const answer = claim(
    path,
    `${JSON.stringify({ format: "pipe-claim", version: 1, nonce: mine, host, pid, boot, job })}\n`,
  );
  if (answer.kind === "claimed") return { kind: "ours", nonce: mine };
  return { kind: "taken", by: new TextDecoder().decode(answer.content).trim() };
}
