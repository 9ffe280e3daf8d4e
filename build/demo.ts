// `npm run demo`: a dataset of deformed bodies with pictures, as a user would make it, in demo/ (not part of the repository).
// Everything it shows, the executable does; this only types the two commands and finds the pictures.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { compileHere } from "./compile.ts";
import { places, root } from "./places.ts";
import { capture, showErrors } from "./program.ts";

const samples = 24;

process.exitCode = await demo();

async function demo(): Promise<number> {
  const pipe = await compileHere();
  if (existsSync(join(places.demo, "pipeline.ts"))) {
    console.error("using the pipeline that is in demo/ already (delete the folder to start afresh)");
  } else {
    const { status, stdout, stderr } = capture([pipe, "init", places.demo, "--template", "deform"]);
    if (status !== 0) {
      console.error(stdout + stderr);
      return status;
    }
    console.error("wrote the template `deform` to demo/");
  }
  const words = ["run", "--run_local", "--num_samples", String(samples), "--json"];
  console.error(`\ndemo$ ${relative(places.demo, pipe)} ${words.join(" ")}`);
  const ended = await showErrors([pipe, ...words], { cwd: places.demo });
  const dataset = datasetIn(ended.stdout);
  if (dataset === undefined) process.stdout.write(ended.stdout);
  else tell(dataset);
  return ended.status;
}

function datasetIn(stdout: string): string | undefined {
  try {
    const report: unknown = JSON.parse(stdout);
    if (typeof report !== "object" || report === null || !("dataset" in report)) return undefined;
    return typeof report.dataset === "string"
      ? join(places.demo, relative(places.demo, report.dataset))
      : undefined;
  } catch {
    return undefined; // nothing was run; the messages have said why
  }
}

function tell(dataset: string): void {
  const entries = readdirSync(dataset, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const sheets = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".png"));
  const folders = entries.filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name));
  const pictures = folders.flatMap(({ name }) => picturesIn(join(dataset, name)));
  const shown = (path: string) => relative(process.cwd(), path) || ".";
  console.log(
    `\ndataset        ${shown(dataset)}${folders.length === 0 ? "" : `  (${folders.length} samples)`}`,
  );
  for (const { name } of sheets) console.log(`contact sheet  ${shown(join(dataset, name))}`);
  const [first] = pictures;
  if (first !== undefined)
    console.log(`pictures       ${shown(first)} and ${pictures.length - 1} more, in the samples' folders`);
  console.log(
    `run it again   cd ${shown(places.demo)} && ${relative(places.demo, join(root, "dist", "pipe"))} run --run_local`,
  );
}

function picturesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".png"))
    .sort()
    .map((name) => join(folder, name));
}
