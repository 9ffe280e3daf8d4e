// A file that only grows and that only this process writes. Opening with O_APPEND in two processes destroys records on
// NFS (297 of 600 lines survived), so whoever holds one of these must have made or claimed the file.
//
//   open ──failed write or sync──▶ poisoned ──▶ closed
//     └────────────────────────────────────────────┘
// A poisoned file takes nothing any more: a second fsync on the same descriptor would say that all is well.
import { closeSync, constants, fstatSync, fsync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { writeFully } from "./durable-file.ts";
import { openFolder, removeFile, syncFolder } from "./durable-folder.ts";
import { durableStep } from "./durable-step.ts";
import { asFileError, FileError, isFileError, onFile } from "./file-error.ts";

export type AppendFileState =
  | { readonly kind: "open"; readonly fd: number }
  | { readonly kind: "poisoned"; readonly error: FileError }
  | { readonly kind: "closed" };

export class AppendFile {
  readonly path: string;
  #state: AppendFileState;
  #size: number;
  /** A descriptor that is closed during a sync could be another file's when the sync comes to it. */
  #syncing = false;

  private constructor(path: string, fd: number, size: number) {
    this.path = path;
    this.#state = { kind: "open", fd };
    this.#size = size;
  }

  /**
   * Makes the file, its name on the disk; nobody else can have made it.
   * @throws FileError with problem "exists" where the name is taken.
   */
  static create(path: string): AppendFile {
    durableStep();
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    const fd = onFile("create", path, () => openSync(path, flags, 0o666));
    try {
      syncFolder(dirname(path));
    } catch (error) {
      closeSync(fd);
      removeFile(path);
      throw error;
    }
    return new AppendFile(path, fd, 0);
  }

  /**
   * Opens a file that this writer has made or claimed before.
   * @throws FileError with problem "missing" where it is not there.
   */
  static open(path: string): AppendFile {
    const open = () => onFile("open", path, () => openSync(path, constants.O_RDWR | constants.O_APPEND));
    let fd: number;
    try {
      fd = open();
    } catch (error) {
      if (!isFileError(error, "missing", "unreliable")) throw error;
      openFolder(dirname(path));
      fd = open();
    }
    try {
      return new AppendFile(
        path,
        fd,
        onFile("status", path, () => fstatSync(fd).size),
      );
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get state(): AppendFileState {
    return this.#state;
  }

  /** Bytes in the file as far as this writer knows; after a failure there may be fewer. */
  get size(): number {
    return this.#size;
  }

  /** Hands the bytes to the operating system. They are nobody's to rely on before `sync`. */
  append(bytes: Uint8Array): void {
    const fd = this.#descriptor();
    try {
      writeFully(fd, bytes, this.path);
      this.#size += bytes.length;
    } catch (error) {
      throw this.#poison(error);
    }
  }

  /**
   * Resolves when all that was appended before is on the disk. The event loop goes on meanwhile, and more may be appended;
   * where that fails, this fails too. One sync at a time.
   */
  async sync(): Promise<void> {
    const fd = this.#descriptor();
    durableStep();
    this.#syncing = true;
    const error = await new Promise<unknown>((resolve) => fsync(fd, resolve));
    this.#syncing = false;
    if (this.#state.kind === "poisoned") {
      closeSync(fd);
      throw this.#state.error;
    }
    if (error !== null && error !== undefined) throw this.#poison(asFileError(error, "sync", this.path));
  }

  /** The first bytes of the file as they are now, `count` at most. */
  head(count: number): Uint8Array {
    const fd = this.#descriptor();
    const buffer = new Uint8Array(count);
    const got = onFile("read", this.path, () => readSync(fd, buffer, 0, count, 0));
    return buffer.subarray(0, got);
  }

  /** Gives the descriptor back; says nothing about the data, only `sync` does. Must not be called during a sync. */
  close(): void {
    if (this.#state.kind === "open") closeSync(this.#state.fd);
    if (this.#state.kind !== "poisoned") this.#state = { kind: "closed" };
  }

  #descriptor(): number {
    if (this.#state.kind === "open") return this.#state.fd;
    if (this.#state.kind === "poisoned") throw this.#state.error;
    throw new FileError({ code: "EBADF", path: this.path, operation: "write" });
  }

  #poison(error: unknown): unknown {
    if (!(error instanceof FileError)) return error;
    if (this.#state.kind === "open") {
      if (!this.#syncing) closeSync(this.#state.fd);
      this.#state = { kind: "poisoned", error };
    }
    return error;
  }
}
