// The channel to a launcher on this machine: Bun's IPC with JSON. A message is written before `send` returns (a block
// that then computes for an hour does not hold it back), and the end of the launcher is seen as `disconnect`.
import type { FromWorker } from "../protocol/answer.ts";
import { checkToWorker } from "../protocol/check.ts";
import type { Channel, Received } from "./channel.ts";

/**
 * Takes the IPC channel of this process for itself: a block that says `process.send` must not speak to the launcher.
 * Null where this process was not started with one.
 */
export function ipcChannel(): Channel | null {
  const { send } = process;
  if (send === undefined) return null;
  const disconnect = process.disconnect;
  const inbox: Received[] = [];
  let waiting: ((received: Received) => void) | null = null;
  let closed = false;

  const arrived = (received: Received) => {
    if (closed) return;
    if (received.kind === "closed") closed = true;
    if (waiting === null) {
      inbox.push(received);
    } else {
      const give = waiting;
      waiting = null;
      give(received);
    }
  };
  let onTheWay = 0;
  let whenAllLeft: (() => void) | null = null;
  const left = () => {
    onTheWay -= 1;
    if (onTheWay > 0 || whenAllLeft === null) return;
    whenAllLeft();
    whenAllLeft = null;
  };
  const say = (message: FromWorker) => {
    if (closed) return;
    onTheWay += 1;
    Reflect.apply(send, process, [message, undefined, undefined, left]);
  };
  process.on("message", (value: unknown) => {
    const checked = checkToWorker(value);
    if (checked.kind === "good") {
      arrived(checked.message);
    } else {
      say({ kind: "unfit", message: [checked.diagnostic.message, ...checked.diagnostic.notes].join("\n") });
      arrived({ kind: "closed" });
    }
  });
  process.on("disconnect", () => arrived({ kind: "closed" }));
  Reflect.deleteProperty(process, "send");
  Reflect.deleteProperty(process, "disconnect");

  return {
    receive: () => {
      const next = inbox.shift();
      if (next !== undefined) return Promise.resolve(next);
      if (closed) return Promise.resolve({ kind: "closed" });
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    send: say,
    flush: () =>
      new Promise((resolve) => {
        if (closed || onTheWay === 0) resolve();
        else whenAllLeft = resolve;
      }),
    close: () => {
      if (closed) return;
      arrived({ kind: "closed" });
      disconnect?.call(process);
    },
  };
}
