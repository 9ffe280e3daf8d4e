// What the bundler says about a pipeline that it cannot bundle, as a person wants it: file, line, column, the line
// itself, and for a name that is nowhere the nearest one that is there.
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";

export function bundleDiagnostic(log: BuildMessage | ResolveMessage): Diagnostic {
  const place = placeOfMessage(log);
  const at = place === null ? {} : { place };
  if ("specifier" in log && typeof log.specifier === "string") {
    return unresolved(log.specifier, place?.file ?? null, at);
  }
  const missing = /^No matching export in "(.*)" for import "(.*)"$/.exec(log.message);
  if (missing !== null) return notExported(resolve(missing[1] ?? ""), missing[2] ?? "", at);
  return diagnostic("pipeline-syntax", log.message, at);
}

function placeOfMessage(log: BuildMessage | ResolveMessage): Place | null {
  const { position } = log;
  if (position === null || position.file === "") return null;
  return {
    file: isAbsolute(position.file) ? position.file : resolve(position.file),
    line: position.line,
    column: position.column,
    text: position.lineText,
    length: Math.max(1, position.length),
  };
}

function unresolved(specifier: string, importer: string | null, at: { place?: Place }): Diagnostic {
  const shown = JSON.stringify(specifier);
  if (!/^\.\.?(\/|$)|^\//.test(specifier)) {
    const near = nearest(specifier, ["pipe"]);
    const where = importer === null ? "" : ` beside ${basename(importer)}`;
    return diagnostic("no-such-package", `cannot find the package ${shown}`, {
      ...at,
      hint: near === null ? `install it${where}: \`npm install ${specifier}\`` : `did you mean "${near}"?`,
    });
  }
  const near = importer === null ? null : nearestFile(resolve(dirname(importer), specifier));
  return diagnostic("no-such-file", `cannot find ${shown}`, {
    ...at,
    ...(near === null ? {} : { hint: `did you mean ${JSON.stringify(join(dirname(specifier), near))}?` }),
  });
}

function notExported(file: string, name: string, at: { place?: Place }): Diagnostic {
  const known = exportsOf(file);
  const near = nearest(name, known);
  const shown = at.place === undefined ? file : relative(dirname(at.place.file), file);
  const list = known.length === 0 ? "it exports nothing" : `it exports ${known.join(", ")}`;
  return diagnostic("no-such-export", `${JSON.stringify(shown)} has no export \`${name}\``, {
    ...at,
    hint: near === null ? list : `did you mean \`${near}\`?`,
  });
}

function exportsOf(file: string): string[] {
  try {
    return new Bun.Transpiler({ loader: "tsx" }).scan(readFileSync(file, "utf8")).exports;
  } catch {
    // It has other mistakes, which are told themselves.
    return [];
  }
}

/** The name in the same folder that is nearest to that of `path`, with or without its ending; null where none is near. */
export function nearestFile(path: string): string | null {
  const names = filesOf(dirname(path));
  const wanted = basename(path);
  const whole = nearest(wanted, names);
  if (whole !== null) return whole;
  const stem = (name: string) => name.replace(/\.[^.]*$/, "");
  const near = nearest(stem(wanted), names.map(stem));
  return names.find((name) => stem(name) === near) ?? null;
}

function filesOf(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // No folder to look in, no name to propose.
    return [];
  }
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}
