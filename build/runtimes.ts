// Bun's runtime for machines other than this one, from the package registry that the project's packages come from.
// Bun could download it by itself, but from elsewhere and unchecked; here the lock file's checksum decides.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "./places.ts";
import { show } from "./program.ts";

/** What `npm run build:all` makes. The one for linux-x64 runs on every processor since Nehalem (2008). */
export const targets = ["linux-x64", "linux-arm64", "darwin-arm64"] as const;
export type Target = (typeof targets)[number];

interface Published {
  readonly package: string;
  readonly os: string;
  readonly cpu: string;
}

const published: Readonly<Record<Target, Published>> = {
  "linux-x64": { package: "@oven/bun-linux-x64", os: "linux", cpu: "x64" },
  "linux-arm64": { package: "@oven/bun-linux-aarch64", os: "linux", cpu: "arm64" },
  "darwin-arm64": { package: "@oven/bun-darwin-aarch64", os: "darwin", cpu: "arm64" },
};

/** What bun calls them where it writes the executable's format. */
export const bunTarget: Readonly<Record<Target, Bun.Build.CompileTarget>> = {
  "linux-x64": "bun-linux-x64",
  "linux-arm64": "bun-linux-arm64",
  "darwin-arm64": "bun-darwin-arm64",
};

/** Path of the runtime for `target`, of the version that runs this script; fetched once. */
export async function runtimeOf(target: Target): Promise<string> {
  const wanted = published[target];
  const locked = lockedPackage(wanted.package);
  if (locked.version !== Bun.version) {
    throw new Error(
      `this is bun ${Bun.version}, but the lock file says ${locked.version}: run through \`npm run\``,
    );
  }
  const folder = join(places.runtimes, `${target}-${locked.version}`);
  const program = join(folder, "node_modules", wanted.package, "bin", "bun");
  if (!existsSync(program)) await fetchInto(folder, { wanted, locked });
  return program;
}

async function fetchInto(folder: string, what: { wanted: Published; locked: Locked }): Promise<void> {
  const { wanted, locked } = what;
  const beside = `${folder}.${process.pid}`;
  const dependencies = { [wanted.package]: locked.version };
  const description = { name: "runtime", version: "0.0.0", dependencies };
  const lock = {
    ...description,
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": description,
      [`node_modules/${wanted.package}`]: { version: locked.version, integrity: locked.integrity },
    },
  };
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  try {
    writeFileSync(join(beside, "package.json"), JSON.stringify(description));
    writeFileSync(join(beside, "package-lock.json"), JSON.stringify(lock));
    const machine = [`--os=${wanted.os}`, `--cpu=${wanted.cpu}`];
    const status = await show(
      [
        process.execPath,
        "install",
        "--frozen-lockfile",
        "--ignore-scripts",
        "--backend=copyfile",
        ...machine,
      ],
      { cwd: beside },
    );
    if (status !== 0)
      throw new Error(`fetching ${wanted.package} ${locked.version} failed with status ${status}`);
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

function lockedPackage(name: string): Locked {
  const lock: unknown = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const packages = fieldOf(lock, "packages");
  const entry = fieldOf(packages, `node_modules/${name}`);
  const version = fieldOf(entry, "version");
  const integrity = fieldOf(entry, "integrity");
  if (typeof version !== "string" || typeof integrity !== "string")
    throw new Error(`${name} is not in the lock file`);
  return { version, integrity };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}
