// A number that only one cluster of this machine has: its ports and its addresses follow from it. It is held by listening
// on its first port, so the kernel gives it back however we end, and other checkouts need no file in common with us.
import { createServer } from "node:net";

/** Below the ports that the kernel hands out for connections (32768 and up): nobody gets one of ours by chance. */
const firstPort = 20_000;
const portsPerSlot = 64;
const slots = 180;

export interface Slot extends Disposable {
  /** 0 … 179. */
  readonly number: number;
  readonly ports: {
    readonly controller: number;
    readonly accounting: number;
    readonly database: number;
    /** Of node 1, 2, …; at most 56. */
    node(number: number): number;
  };
}

export const mostNodes = portsPerSlot - 8;

export async function takeSlot(): Promise<Slot> {
  for (let number = 0; number < slots; number++) {
    const slot = await take(number);
    if (slot !== undefined) return slot;
  }
  throw new Error(`all ${slots} slots for test clusters are taken`);
}

async function take(number: number): Promise<Slot | undefined> {
  const base = firstPort + number * portsPerSlot;
  const hold = await listen(base);
  if (hold === undefined) return undefined;
  // Somebody who does not know about slots may sit on one of the others.
  for (let port = base + 1; port < base + portsPerSlot; port++) {
    const probe = await listen(port);
    if (probe === undefined) {
      hold();
      return undefined;
    }
    probe();
  }
  return {
    number,
    ports: {
      controller: base + 1,
      accounting: base + 2,
      database: base + 3,
      node: (which) => base + 7 + which,
    },
    [Symbol.dispose]: hold,
  };
}

/** A function that lets go of the port; nothing where it is taken. On all addresses, as the daemons do it. */
function listen(port: number): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "0.0.0.0" }, () => {
      server.unref();
      resolve(() => void server.close());
    });
  });
}
