// A pipeline that does to the folder of a sample whatever a stale view would get wrong, and the two ways to place it: blocks that
// take turns between two nodes, or go wherever there is room. What it leaves says what each block saw.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

const code = `import {
  appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync,
  truncateSync, unlinkSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { command, type DataSample, type Dataset, DatasetBlock, Pipeline, PipelineBlock } from "pipe";

// Of the node's own, where a file is given.
const began = (block: string, id: number) => {
  if ("TRACE" !== "") appendFileSync("TRACE", block + " " + id + "\\n");
};
const nap = () => Bun.sleep(NAP * 1000);
const look = (folder: string, prefix = ""): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (["log.log", "sample.json"].includes(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return [prefix + entry.name + "/", ...look(path, prefix + entry.name + "/")];
      const what = entry.isSymbolicLink() ? "-> " + readlinkSync(path) : String(statSync(path).size);
      return [prefix + entry.name + " " + what];
    });
const must = (holds: boolean, what: string) => {
  if (!holds) throw new Error("a stale view: " + what);
};

class Create extends PipelineBlock {
  async run(sample: DataSample) {
    began("Create", sample.id);
    const at = (name: string) => join(sample.path, name);
    for (const later of ["late.txt", "moved.txt", "again/fresh.txt", "listing.txt"]) {
      must(!existsSync(at(later)), later + " is there too early");
    }
    sample.setConfig("size", sample.random.integer(10, 99));
    sample.write("first.txt", "first of " + sample.id + "\\n");
    sample.write("nested/deep/table.json", { rows: [1, 2, 3], of: sample.id });
    for (let i = 0; i < 20; i++) sample.write("frames/f_" + i + ".txt", "frame " + i + "\\n");
    writeFileSync(at("grown.txt"), "Create\\n");
    writeFileSync(at("to-delete.txt"), "soon gone\\n");
    symlinkSync("first.txt", at("link"));
    mkdirSync(at("again"));
    writeFileSync(at("again/old.txt"), "old\\n");
    sample.log("created");
    await nap();
  }
}

class Change extends PipelineBlock {
  async run(sample: DataSample) {
    began("Change", sample.id);
    const at = (name: string) => join(sample.path, name);
    must(sample.read("first.txt", "text") === "first of " + sample.id + "\\n", "first.txt");
    must(statSync(at("grown.txt")).size === 7, "the size of grown.txt");
    appendFileSync(at("grown.txt"), "Change, after " + statSync(at("grown.txt")).size + "\\n");
    writeFileSync(at("nested/deep/table.json"), JSON.stringify({ rows: [4], of: sample.id }));
    writeFileSync(at("late.txt"), "late of " + sample.config.Create_0!.size + "\\n");
    unlinkSync(at("to-delete.txt"));
    sample.log("changed\\nin two lines");
    await nap();
  }
}

class List extends PipelineBlock {
  async run(sample: DataSample) {
    began("List", sample.id);
    const at = (name: string) => join(sample.path, name);
    must(!existsSync(at("first.txt")), "first.txt was moved");
    must(!existsSync(at("to-delete.txt")), "to-delete.txt was deleted");
    rmSync(at("again"), { recursive: true });
    mkdirSync(at("again"));
    writeFileSync(at("again/fresh.txt"), "fresh\\n");
    sample.write("listing.txt", look(sample.path).join("\\n") + "\\n");
    sample.write("frames/f_3.txt", "another frame\\n");
    sample.addStatistic("entries", look(sample.path).length);
    await nap();
  }
}

class Turn extends PipelineBlock {
  async run(sample: DataSample) {
    began("Turn", sample.id);
    const at = (name: string) => join(sample.path, name);
    appendFileSync(at("grown.txt"), "Turn, after " + statSync(at("grown.txt")).size + "\\n");
    must(sample.read("frames/f_3.txt", "text") === "another frame\\n", "frames/f_3.txt was replaced");
    sample.write("moved.txt", sample.read("moved.txt", "text") + "written again\\n");
    truncateSync(at("late.txt"), 4);
    unlinkSync(at("link"));
    symlinkSync("moved.txt", at("link"));
    renameSync(at("frames"), at("pictures"));
    sample.write("files.json", sample.files());
    sample.log("turned");
    await nap();
  }
}

class Gather extends DatasetBlock {
  async run(dataset: Dataset) {
    const rows = dataset.samples.map((sample) => {
      const { Create_0, List_0, Rename_0 } = { ...sample.config, ...sample.statistics };
      const sums = readFileSync(join(sample.path, "sums.txt"), "utf8");
      return [sample.id, JSON.stringify([Create_0, List_0, Rename_0]), sums.length, look(sample.path).join(" | ")].join("; ");
    });
    dataset.write("gathered/all.csv", rows.join("\\n") + "\\n");
    dataset.log("gathered " + rows.length);
  }
}

class Close extends DatasetBlock {
  async run(dataset: Dataset) {
    dataset.write("closed.txt", statSync(join(dataset.path, "gathered/all.csv")).size + "\\n");
  }
}

export default new Pipeline({ seed: 5 })
  .append(new Create())
  .append(new Change())
  .append(command("Rename", ["sh", "./rename.sh"]))
  .append(new List())
  .append(new Turn())
  .append(command("Sum", ["sh", "./sum.sh"]))
  .append(new Gather())
  .append(new Close());
`;

const rename = `set -e
[ -e late.txt ] || { echo "late.txt is not seen" >&2; exit 1; }
[ ! -e to-delete.txt ] || { echo "to-delete.txt is still seen" >&2; exit 1; }
echo "Rename, after $(stat -c %s grown.txt)" >> grown.txt
cat late.txt nested/deep/table.json >> first.txt
mv first.txt moved.txt
printf '{"statistics": {"bytes": %s}}' "$(stat -c %s moved.txt)" > "$PIPE_RESULT"
sleep NAP
`;

const sum = `set -e
find . -type f ! -name log.log ! -name sample.json ! -name "sums*" | sort | xargs sha256sum > sums.tmp
find . | grep -v -e log.log -e sample.json -e sums | sort >> sums.tmp
cat link >> sums.tmp
mv sums.tmp sums.txt
sleep NAP
`;

/** For two nodes of one core. `turns`: each block on another node than the one before it. `anywhere`: where there is room. */
export type Placing = "turns" | "anywhere";

export function nastyProject(
  placing: Placing,
  {
    keys = "",
    nap = 0,
    trace = "",
  }: {
    /** Further lines for the executor. */
    readonly keys?: string;
    /** Seconds that most tasks take. */
    readonly nap?: number;
    /** A file outside of the dataset, in which each task of TypeScript says that it begins. */
    readonly trace?: string;
  } = {},
): Readonly<Record<string, string>> {
  const filled = (text: string) => text.replaceAll("NAP", String(nap)).replaceAll("TRACE", trace);
  const blocks = ["Create_0", "Change_0", "Rename_0", "List_0", "Turn_0", "Sum_0", "Gather_0", "Close_0"];
  const places = blocks.map(
    (block, index) => `[blocks.${block}]\nslurm_options = { nodelist = "n${(index % 2) + 1}" }\n`,
  );
  return {
    "pipeline.ts": filled(code),
    "rename.sh": filled(rename),
    "sum.sh": filled(sum),
    "pipe.toml": `[run]
num_samples = 12
[executor.slurm]
kind = "slurm"
memory_per_node = "300M"
cores_per_node = 1
init_pilots = 2
max_pilots = 2
parallelism = ${placing === "turns" ? 0.05 : 1}
${keys}
${placing === "turns" ? places.join("") : ""}`,
  };
}

/** Everything in a dataset but the books, by path: contents, targets of links; of logs the lines without their times. */
export function contentsOf(dataset: string): Record<string, string> {
  const contents: Record<string, string> = {};
  const enter = (folder: string, prefix: string) => {
    for (const name of readdirSync(folder).sort()) {
      if (prefix === "" && (name === "runinfo" || name === "history.jsonl")) continue;
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) contents[prefix + name] = `-> ${readlinkSync(path)}`;
      else if (!stat.isDirectory()) contents[prefix + name] = textOf(path, name);
      else {
        contents[`${prefix}${name}/`] = "";
        enter(path, `${prefix}${name}/`);
      }
    }
  };
  enter(dataset, "");
  return contents;
}

function textOf(path: string, name: string): string {
  const text = readFileSync(path, "latin1");
  return name === "log.log" ? text.replace(/^\S+ /gm, "") : text;
}
