// What runs inside a controllable task: it dials the test, says who it is, and does what it is told until it is told to end.
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

export interface Introduction {
  readonly block: string;
  readonly sample: number | null;
  readonly attempt: number | null;
  readonly folder: string;
}

export type Order =
  | { readonly do: "print"; readonly text: string }
  | { readonly do: "write"; readonly name: string; readonly text: string }
  | { readonly do: "throw"; readonly message: string }
  | { readonly do: "exit"; readonly status: number }
  /** Never looks up again. */
  | { readonly do: "hang" }
  | { readonly do: "end" };

/** Resolves when the test says `end`; throws when it says so. */
export async function obey(socketPath: string, who: Introduction): Promise<void> {
  const socket = connect(socketPath);
  const say = (what: unknown) => socket.write(`${JSON.stringify(what)}\n`);
  say({ ...who, pid: process.pid });
  let text = "";
  try {
    for await (const piece of socket) {
      text += String(piece);
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
        const order: Order = JSON.parse(text.slice(0, at));
        text = text.slice(at + 1);
        if (order.do === "end") return;
        act(order, who);
        say({ did: order.do });
      }
    }
    throw new Error("the test has gone");
  } finally {
    socket.destroy();
  }
}

function act(order: Exclude<Order, { do: "end" }>, who: Introduction): void {
  switch (order.do) {
    case "print":
      console.log(order.text);
      return;
    case "write":
      writeFileSync(join(who.folder, order.name), order.text);
      return;
    case "throw":
      throw new Error(order.message);
    case "exit":
      process.exit(order.status);
      return;
    case "hang":
      for (;;);
  }
}

// As a program: `bun obey.ts SOCKET`, started as a command block.
if (import.meta.main) {
  const [, , socketPath = ""] = process.argv;
  const { PIPE_BLOCK = "", PIPE_SAMPLE_ID, PIPE_ATTEMPT } = process.env;
  await obey(socketPath, {
    block: PIPE_BLOCK,
    sample: PIPE_SAMPLE_ID === undefined ? null : Number(PIPE_SAMPLE_ID),
    attempt: PIPE_ATTEMPT === undefined ? null : Number(PIPE_ATTEMPT),
    folder: process.cwd(),
  });
}
