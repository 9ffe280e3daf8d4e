// What a writer of a journal is told, and what it answers.
import type { FileError } from "../system/file-error.ts";
import type { JournalFormat } from "./header.ts";

export interface WriterOptions extends JournalFormat {
  /** The writer's nonce; where one was used to claim the file, the same. */
  readonly writer?: string;
  /** When records are synced that nobody asks for: so long after the first of them, or when so many wait. */
  readonly commit?: { readonly milliseconds: number; readonly records: number };
  /** All records up to this number are on the disk now. Called after every commit, never from inside a call. */
  readonly onDurable?: (seq: number) => void;
  /** A commit failed, the writer is poisoned. Called once per failure, never from inside a call. */
  readonly onFailure?: (error: FileError) => void;
}

export type Synced =
  /** All records up to this number are on the disk. */
  | { readonly kind: "durable"; readonly seq: number }
  /** They are not, or nobody knows: do not act on them. `reopen` tries again. */
  | { readonly kind: "failed"; readonly error: FileError };

export type Reopened =
  /** All is on the disk; so many records were written, maybe for the second time. */
  | { readonly kind: "reopened"; readonly repeated: number }
  /** Still no room, still no server: wait, make room, try again. */
  | { readonly kind: "failed"; readonly error: FileError }
  /** The file is gone, is shorter than what was synced, or is another writer's: begin a new one. */
  | { readonly kind: "lost"; readonly how: "missing" | "shorter" | "other-writer" };
