// How this program starts itself once more, as a worker: compiled it is one file, during development bun and a script.

/** The words before `worker …`. */
export function selfCommand(): readonly string[] {
  return isCompiled() ? [process.execPath] : [process.execPath, Bun.main];
}

/** In a compiled executable the code lies in a file system of its own: `/$bunfs/` or, on Windows, `B:\~BUN\`. */
export function isCompiled(): boolean {
  return Bun.main.startsWith("/$bunfs/") || Bun.main.startsWith("B:\\~BUN\\");
}
