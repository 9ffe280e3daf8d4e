// How assignments come to a worker and answers leave it. The loop knows nothing else of the launcher: the same loop
// works over a pipe at home and over files on a cluster.
import type { FromWorker } from "../protocol/answer.ts";
import type { ToWorker } from "../protocol/assignment.ts";

export type Received =
  | ToWorker
  /** Nobody is there any more: everything is to be ended, nothing can be answered. */
  | { readonly kind: "closed" };

export interface Channel {
  /** The next message; one caller at a time. After `closed` it is `closed` for ever. */
  receive(): Promise<Received>;
  send(message: FromWorker): void;
  /** Resolves when all that was sent has left this process. */
  flush(): Promise<void>;
  close(): void;
}
