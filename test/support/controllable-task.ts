// Tasks that wait for the test's word: a test decides when a task prints, writes, ends, throws, and so the order of
// events, without sleeping. Works with every way of running a pipeline, the compiled executable included:
//
//   await using tasks = await controllableTasks();
//   …write a pipeline with `append(new Controlled())` and tasks.blockSource, or append(tasks.commandSource)…
//   const a = await tasks.next();          // the next task that has begun
//   await a.print("…"); await a.write("mesh.obj", "v"); a.end();
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Introduction, Order } from "./obey.ts";

const obeyPath = resolve(import.meta.dir, "obey.ts");

export interface TaskInHand extends Introduction {
  readonly pid: number;
  print(text: string): Promise<void>;
  write(name: string, text: string): Promise<void>;
  throw(message: string): void;
  exit(status: number): void;
  hang(): void;
  end(): void;
  /** Resolves when the task's process has closed its end: it has ended, however. */
  readonly gone: Promise<void>;
}

export interface ControllableTasks extends AsyncDisposable {
  readonly socketPath: string;
  /** Source of a class `Controlled extends PipelineBlock`; `PipelineBlock` must be imported. */
  readonly blockSource: string;
  /** The argument list of a command that is controlled in the same way. */
  readonly argv: readonly string[];
  /** The next task that has begun, in the order in which they dialled. */
  next(): Promise<TaskInHand>;
  /** How many have begun so far. */
  readonly begun: number;
}

export async function controllableTasks(): Promise<ControllableTasks> {
  const folder = mkdtempSync(join(tmpdir(), "pipe-rig-"));
  const socketPath = join(folder, "socket");
  const waiting: ((task: TaskInHand) => void)[] = [];
  const arrived: TaskInHand[] = [];
  const open = new Set<Socket>();
  let begun = 0;
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    meet(socket, (task) => {
      begun += 1;
      const give = waiting.shift();
      if (give === undefined) arrived.push(task);
      else give(task);
    });
  });
  await new Promise<void>((ready) => server.listen(socketPath, ready));
  return {
    socketPath,
    blockSource: `import { obey } from ${JSON.stringify(obeyPath)};
class Controlled extends PipelineBlock {
  async run(sample) {
    await obey(${JSON.stringify(socketPath)}, { block: "Controlled", sample: sample.id, attempt: null, folder: sample.path });
  }
}`,
    argv: [process.execPath, obeyPath, socketPath],
    next: () => {
      const task = arrived.shift();
      return task === undefined ? new Promise((give) => waiting.push(give)) : Promise.resolve(task);
    },
    get begun() {
      return begun;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The first line says who it is, every further one that an order was carried out. */
function meet(socket: Socket, introduced: (task: TaskInHand) => void): void {
  const acknowledged: (() => void)[] = [];
  const gone = Promise.withResolvers<void>();
  let text = "";
  let known = false;
  const order = (what: Order) => void socket.write(`${JSON.stringify(what)}\n`);
  const done = (what: Order) =>
    new Promise<void>((resolve) => {
      acknowledged.push(resolve);
      order(what);
    });
  socket.on("close", () => gone.resolve());
  socket.on("data", (piece) => {
    text += String(piece);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
      const line = text.slice(0, at);
      text = text.slice(at + 1);
      if (known) {
        acknowledged.shift()?.();
        continue;
      }
      known = true;
      const who: Introduction & { pid: number } = JSON.parse(line);
      introduced({
        ...who,
        gone: gone.promise,
        print: (what) => done({ do: "print", text: what }),
        write: (name, what) => done({ do: "write", name, text: what }),
        throw: (message) => order({ do: "throw", message }),
        exit: (status) => order({ do: "exit", status }),
        hang: () => order({ do: "hang" }),
        end: () => order({ do: "end" }),
      });
    }
  });
}
