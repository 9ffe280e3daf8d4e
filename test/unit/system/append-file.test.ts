import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { AppendFile } from "../../../src/system/append-file.ts";
import { readText, sizeOf } from "../../../src/system/durable-file.ts";
import { FileError, isFileError } from "../../../src/system/file-error.ts";
import { canMount, scratch, tinyDisk } from "./scratch.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function failure(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a growing file", () => {
  test("is made once, grows, and can be opened again by its writer", async () => {
    using folder = scratch();
    const file = AppendFile.create(folder.at("f"));
    file.append(bytes("one\n"));
    await file.sync();
    file.close();
    expect(isFileError(await failure(() => AppendFile.create(folder.at("f"))), "exists")).toBe(true);
    const again = AppendFile.open(folder.at("f"));
    expect(again.size).toBe(4);
    again.append(bytes("two\n"));
    await again.sync();
    expect(new TextDecoder().decode(again.head(3))).toBe("one");
    again.close();
    expect(readText(folder.at("f"))).toBe("one\ntwo\n");
    rmSync(folder.at("f"));
    expect(isFileError(await failure(() => AppendFile.open(folder.at("f"))), "missing")).toBe(true);
  });

  test("takes nothing after it was closed", async () => {
    using folder = scratch();
    const file = AppendFile.create(folder.at("f"));
    file.close();
    file.close();
    expect(isFileError(await failure(() => file.append(bytes("x"))))).toBe(true);
    expect(isFileError(await failure(() => file.sync()))).toBe(true);
  });
});

describe.if(canMount())("a growing file on a full disk", () => {
  test("is cut short by the system, is poisoned from then on, and can be opened anew when there is room", async () => {
    using disk = tinyDisk("size=256k");
    if (disk === null) throw new Error("no disk");
    writeFileSync(disk.at("filler"), new Uint8Array(250_000));
    const file = AppendFile.create(disk.at("f"));
    const error = await failure(() => file.append(new Uint8Array(40_000)));
    expect(error instanceof FileError && error.code).toBe("ENOSPC");
    // The short write: a part of it is there.
    const size = sizeOf(disk.at("f"));
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(40_000);
    rmSync(disk.at("filler"));
    expect(await failure(() => file.append(bytes("x")))).toBe(error);
    expect(await failure(() => file.sync())).toBe(error);
    expect(file.state.kind).toBe("poisoned");
    file.close();
    const again = AppendFile.open(disk.at("f"));
    again.append(bytes("y"));
    await again.sync();
    again.close();
    expect(sizeOf(disk.at("f"))).toBe(Number(size) + 1);
  });
});
