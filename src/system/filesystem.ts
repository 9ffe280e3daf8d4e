// What kind of filesystem a folder lies on, and whether other machines can see it. Told by number, because /proc/mounts is
// not there everywhere and lists hundreds of mounts where it is.
import { statfsSync } from "node:fs";
import { onFile } from "./file-error.ts";

export interface FilesystemKind {
  /** `ext4`, `nfs`; `0x1234` where it has no name here. */
  readonly name: string;
  /** `machine`: a disk of this machine. `memory`: gone when it is switched off. `network`: others may see it. */
  readonly reach: "machine" | "memory" | "network" | "unknown";
}

export function filesystemOf(path: string): FilesystemKind {
  const { type } = onFile("status", path, () => statfsSync(path));
  return filesystemByNumber(type);
}

/** The numbers are those of Linux, as statfs(2) gives them. */
export function filesystemByNumber(type: number): FilesystemKind {
  const number = type >>> 0;
  const [name, reach] = kinds.get(number) ?? [`0x${number.toString(16)}`, "unknown"];
  return { name, reach };
}

const kinds: ReadonlyMap<number, readonly [string, FilesystemKind["reach"]]> = new Map([
  [0xef53, ["ext4", "machine"]],
  [0x58465342, ["xfs", "machine"]],
  [0x9123683e, ["btrfs", "machine"]],
  [0x2fc12fc1, ["zfs", "machine"]],
  [0xf2f52010, ["f2fs", "machine"]],
  [0x794c7630, ["overlayfs", "machine"]],
  [0x01021994, ["tmpfs", "memory"]],
  [0x858458f6, ["ramfs", "memory"]],
  [0x6969, ["nfs", "network"]],
  [0x0bd00bd0, ["lustre", "network"]],
  [0x47504653, ["gpfs", "network"]],
  [0x19830326, ["beegfs", "network"]],
  [0x00c36400, ["ceph", "network"]],
  [0x65735546, ["fuse", "network"]],
  [0xff534d42, ["cifs", "network"]],
  [0xfe534d42, ["smb", "network"]],
  [0x5346414f, ["afs", "network"]],
  [0x6b414653, ["afs", "network"]],
  [0x01021997, ["9p", "network"]],
  [0x20030528, ["orangefs", "network"]],
  [0xaad7aaea, ["panfs", "network"]],
  [0x013111a8, ["ibrix", "network"]],
  [0x7461636f, ["ocfs2", "network"]],
  [0x01161970, ["gfs2", "network"]],
  [0xbacbacbc, ["vmhgfs", "network"]],
]);
