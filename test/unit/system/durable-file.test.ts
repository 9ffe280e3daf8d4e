import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import {
  claim,
  createDurable,
  cutFile,
  isTemporaryName,
  publish,
  readText,
  readWhole,
  sizeOf,
} from "../../../src/system/durable-file.ts";
import { isFolder, listFolder, makeFolder, makeFolders } from "../../../src/system/durable-folder.ts";
import { FileError, isFileError, isOutOfSpace } from "../../../src/system/file-error.ts";
import { freeSpace } from "../../../src/system/free-space.ts";
import { canMount, scratch, tinyDisk } from "./scratch.ts";

const synced = { durability: "synced" } as const;

function errorOf(act: () => unknown): FileError {
  try {
    act();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("publish", () => {
  test("puts the whole content under the name and leaves nothing beside it", () => {
    using folder = scratch();
    publish(folder.at("a.json"), "first", synced);
    publish(folder.at("a.json"), "second, and longer", synced);
    publish(folder.at("b"), new Uint8Array([1, 0, 255]), { durability: "unsynced" });
    expect(readText(folder.at("a.json"))).toBe("second, and longer");
    expect([...new Uint8Array(readFileSync(folder.at("b")))]).toEqual([1, 0, 255]);
    expect(readdirSync(folder.path).sort()).toEqual(["a.json", "b"]);
  });

  test("replaces a link by the file and leaves alone what the link named", () => {
    using folder = scratch();
    publish(folder.at("target"), "untouched", synced);
    symlinkSync(folder.at("target"), folder.at("link"));
    publish(folder.at("link"), "new", synced);
    expect(readText(folder.at("target"))).toBe("untouched");
    expect(readText(folder.at("link"))).toBe("new");
  });

  test("says which file, which operation and what the system said, and leaves nothing behind", () => {
    using folder = scratch();
    const missing = errorOf(() => publish(folder.at("no", "such", "file"), "x", synced));
    expect([missing.code, missing.operation, missing.problem]).toEqual(["ENOENT", "create", "missing"]);
    expect(makeFolder(folder.at("taken"))).toBe("made");
    const folderInTheWay = errorOf(() => publish(folder.at("taken"), "x", synced));
    expect([folderInTheWay.problem, folderInTheWay.operation, folderInTheWay.path]).toEqual([
      "wrong-kind",
      "rename",
      folder.at("taken"),
    ]);
    expect(readdirSync(folder.path)).toEqual(["taken"]);
  });
});

describe("names", () => {
  test("of temporary files are told from a user's files", () => {
    expect(isTemporaryName(".sample.json.0123456789abcdef.tmp")).toBe(true);
    for (const name of ["sample.json", ".hidden.tmp", "a.0123456789abcdef.tmp", ".a.0123456789ABCDEF.tmp"]) {
      expect(isTemporaryName(name)).toBe(false);
    }
  });
});

describe("createDurable", () => {
  test("makes a file only where there is none", () => {
    using folder = scratch();
    createDurable(folder.at("f"), "one");
    expect(errorOf(() => createDurable(folder.at("f"), "two")).problem).toBe("exists");
    expect(readText(folder.at("f"))).toBe("one");
  });
});

describe("claim", () => {
  test("is won by one of many, and the others see whose it is", () => {
    using folder = scratch();
    const answers = ["a", "b", "c"].map((who) => claim(folder.at("slot"), who));
    expect(answers.map((answer) => answer.kind)).toEqual(["claimed", "taken", "taken"]);
    const [, second] = answers;
    expect(second?.kind === "taken" && Buffer.from(second.content).toString()).toBe("a");
    expect(readdirSync(folder.path)).toEqual(["slot"]);
  });

  test("made twice by the same claimant is still its own, as when the first answer was lost", () => {
    using folder = scratch();
    expect(claim(folder.at("slot"), "mine").kind).toBe("claimed");
    expect(claim(folder.at("slot"), "mine").kind).toBe("claimed");
  });

  test("of processes that start together is won by exactly one", async () => {
    using folder = scratch();
    const script = Bun.fileURLToPath(new URL("./claim-fixture.ts", import.meta.url));
    const contenders = Array.from({ length: 6 }, (_, i) =>
      Bun.spawn([process.execPath, script, folder.at("slot"), `claimant ${i}`], { stdout: "pipe" }),
    );
    const answers = await Promise.all(contenders.map((process) => new Response(process.stdout).text()));
    expect(answers.filter((answer) => answer === "claimed")).toHaveLength(1);
    expect(answers.filter((answer) => answer === "taken")).toHaveLength(5);
  });
});

describe("reading", () => {
  test("gives the whole file, however long, or says that there is none", () => {
    using folder = scratch();
    const long = new Uint8Array(300_001).map((_, i) => i % 251);
    writeFileSync(folder.at("long"), long);
    writeFileSync(folder.at("empty"), "");
    expect(readWhole(folder.at("long"))).toEqual(long);
    expect(readText(folder.at("empty"))).toBe("");
    expect(sizeOf(folder.at("long"))).toBe(300_001);
    expect(readWhole(folder.at("none"))).toBe("missing");
    expect(readWhole(folder.at("no", "folder"))).toBe("missing");
    expect(sizeOf(folder.at("none"))).toBe("missing");
  });

  test("of a folder or through a file is an error with a name", () => {
    using folder = scratch();
    writeFileSync(folder.at("file"), "");
    expect(errorOf(() => readWhole(folder.path)).problem).toBe("wrong-kind");
    expect(errorOf(() => readWhole(folder.at("file", "below"))).problem).toBe("wrong-kind");
  });

  test("sees a file cut", () => {
    using folder = scratch();
    publish(folder.at("f"), "0123456789", synced);
    cutFile(folder.at("f"), 4);
    expect(readText(folder.at("f"))).toBe("0123");
  });
});

describe("folders", () => {
  test("are made with their parents, and once", () => {
    using folder = scratch();
    makeFolders(folder.at("a", "b", "c"));
    makeFolders(folder.at("a", "b", "c"));
    expect(isFolder(folder.at("a", "b", "c"))).toBe(true);
    expect(makeFolder(folder.at("a"))).toBe("exists");
    expect(listFolder(folder.at("a"))).toEqual(["b"]);
    expect(listFolder(folder.at("x"))).toBe("missing");
  });

  test("cannot be made through a file, and the error says so", () => {
    using folder = scratch();
    writeFileSync(folder.at("file"), "");
    expect(errorOf(() => makeFolders(folder.at("file"))).problem).toBe("wrong-kind");
    expect(errorOf(() => makeFolders(folder.at("file", "below"))).problem).toBe("wrong-kind");
    expect(statSync(folder.at("file")).isFile()).toBe(true);
  });
});

describe.if(canMount())("on a disk that is really full", () => {
  test("publish fails with `full`, keeps the old content and leaves nothing beside it", () => {
    using disk = tinyDisk("size=256k");
    if (disk === null) throw new Error("no disk");
    publish(disk.at("f"), "old", synced);
    const error = errorOf(() => publish(disk.at("f"), new Uint8Array(400_000), synced));
    expect([error.code, error.problem, isOutOfSpace(error)]).toEqual(["ENOSPC", "full", true]);
    expect(readText(disk.at("f"))).toBe("old");
    expect(readdirSync(disk.path)).toEqual(["f"]);
    publish(disk.at("f"), new Uint8Array(100_000), synced);
    expect(sizeOf(disk.at("f"))).toBe(100_000);
  });

  test("no inodes left is told from no bytes left", () => {
    using disk = tinyDisk("size=256k,nr_inodes=4");
    if (disk === null) throw new Error("no disk");
    let error: unknown = null;
    for (let i = 0; i < 9 && error === null; i++) {
      try {
        createDurable(disk.at(`f${i}`), "x");
      } catch (thrown) {
        error = thrown;
      }
    }
    expect(isFileError(error, "full")).toBe(true);
    expect(freeSpace(disk.path).inodes).toBe(0);
    expect(freeSpace(disk.path).bytes).toBeGreaterThan(100_000);
  });

  test("a disk that may only be read says so", () => {
    using disk = tinyDisk("size=256k,ro");
    if (disk === null) throw new Error("no disk");
    expect(errorOf(() => publish(disk.at("f"), "x", synced)).problem).toBe("read-only");
  });
});
