// `npm run record`: what docs/ shows, made anew from real runs: the live view as a terminal shows it, a run with failures,
// the pictures of the demo. Recordings that are made by hand show what the program printed a year ago.
//
// Needs two Debian packages: tmux (a terminal that can be asked what it shows) and pngquant (smaller pictures).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blankImage, type Image, paste } from "../src/templates/deform/image.ts";
import { fromPng, toPng } from "../src/templates/deform/png.ts";
import { compileHere } from "./compile.ts";
import { places, root } from "./places.ts";
import { capture } from "./program.ts";
import { readmeFiles } from "./readme-files.ts";

const docs = join(root, "docs");
const scratch = mkdtempSync(join(tmpdir(), "pipe-record-"));

process.exitCode = await record();

async function record(): Promise<number> {
  const missing = ["tmux", "pngquant"].filter((program) => Bun.which(program) === null);
  if (missing.length > 0) {
    console.error(
      `error: ${missing.join(" and ")} missing\n  hint: \`apt-get install ${missing.join(" ")}\``,
    );
    return 1;
  }
  try {
    await compileHere();
    mkdirSync(docs, { recursive: true });
    const frames = await deform();
    writeText("live-view.txt", frames.map(({ at, text }) => `── ${at} s\n${text}`).join("\n\n"));
    pictures(join(scratch, "bunnies", "data"));
    writeText("failing-run.txt", await failing());
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The demo in a terminal: near its beginning, in the middle, and what is left on the screen. */
async function deform(): Promise<readonly Frame[]> {
  pipe(scratch, "init", "bunnies");
  const frames = await filmed(join(scratch, "bunnies"), "pipe run --run_local --num_samples 24");
  return [0.3, 0.65, 1].map((share) => frameAt(frames, share));
}

/** The README's pipeline with a mistake in its last block. */
async function failing(): Promise<string> {
  const folder = join(scratch, "throw");
  pipe(scratch, "init", "throw", "--template", "minimal");
  for (const [name, text] of Object.entries(readmeFiles("throw"))) writeFileSync(join(folder, name), text);
  const path = join(folder, "pipeline.ts");
  const good = readFileSync(path, "utf8");
  const bad = good.replace(
    /^( *)(console\.log.*)$/m,
    "$1$2\n$1if (points.length > 60) throw new Error(`no room for ${points.length} points`);",
  );
  if (bad === good) throw new Error("the README's pipeline prints nothing where the mistake was to go");
  writeFileSync(path, bad);
  const frames = await filmed(folder, "pipe run --run_local --num_samples 10; echo status $?");
  return frameAt(frames, 1).text;
}

interface Frame {
  /** Seconds since the start. */
  readonly at: number;
  readonly text: string;
}

/** What a terminal of 90 columns shows while `line` runs in it, each picture once; the last one with all that scrolled by. */
async function filmed(folder: string, line: string): Promise<readonly Frame[]> {
  const server = `pipe-record-${process.pid}`;
  const env = { PATH: `${places.dist}:${process.env.PATH ?? ""}`, LANG: "C.UTF-8" };
  const tmux = (...words: readonly string[]) =>
    capture(["tmux", "-L", server, "-f", "/dev/null", ...words], { env }).stdout;
  // The pane stays when its program has ended; until then `read` waits for us.
  const script = `printf '%s\\n' ${quoted(`$ ${line}`)}; ${line}; tmux -L ${server} wait-for -S ended; read _`;
  tmux("new-session", "-d", "-x", "90", "-y", "24", "-c", folder, "sh", "-c", script);
  try {
    const started = Bun.nanoseconds();
    let ended = false;
    const end = Bun.spawn(["tmux", "-L", server, "wait-for", "ended"]).exited.then(() => {
      ended = true;
    });
    const frames: Frame[] = [];
    while (!ended) {
      const text = tidied(tmux("capture-pane", "-p"));
      if (text !== frames.at(-1)?.text) {
        frames.push({ at: Math.round((Bun.nanoseconds() - started) / 1e9), text });
      }
      await Promise.race([end, Bun.sleep(200)]);
    }
    const all = tidied(tmux("capture-pane", "-p", "-S", "-", "-J"));
    return [...frames, { at: Math.round((Bun.nanoseconds() - started) / 1e9), text: all }];
  } finally {
    tmux("kill-server");
  }
}

function frameAt(frames: readonly Frame[], share: number): Frame {
  const last = frames.at(-1);
  if (last === undefined) throw new Error("nothing was shown");
  return share === 1 ? last : (frames.find((frame) => frame.at >= last.at * share) ?? last);
}

/** Without the empty rest of the screen; the scratch folder, which is called differently each time, by another name. */
function tidied(screen: string): string {
  return screen
    .replaceAll(scratch, "/home/me")
    .replace(/[ \t]+$/gm, "")
    .trimEnd();
}

function pictures(dataset: string): void {
  writePicture("contact-sheet.png", readFileSync(join(dataset, "contact_sheet.png")));
  const sample = join(dataset, "000003");
  const names = [...new Bun.Glob("picture_f*.png").scanSync(sample)].sort((a, b) => frameOf(a) - frameOf(b));
  const chosen = [names[0], names[1], names.at(-1)].filter((name) => name !== undefined);
  writePicture(
    "frames.png",
    toPng(sideBySide(chosen.map((name) => fromPng(readFileSync(join(sample, name)))))),
  );
}

function frameOf(name: string): number {
  return Number(/_f(\d+)/.exec(name)?.[1]);
}

function sideBySide(images: readonly Image[]): Image {
  const gap = 8;
  const width = images.reduce((sum, image) => sum + image.width + gap, -gap);
  const all = blankImage(width, Math.max(...images.map((image) => image.height)), [255, 255, 255]);
  let left = 0;
  for (const image of images) {
    paste(all, image, [left, 0]);
    left += image.width + gap;
  }
  return all;
}

/** With 96 colours: a third of the bytes, and nobody sees it. */
function writePicture(name: string, png: Uint8Array): void {
  const [full, small] = [join(scratch, name), join(docs, name)];
  writeFileSync(full, png);
  const { status, stderr } = capture(["pngquant", "--force", "--speed", "1", "--output", small, "96", full]);
  if (status !== 0) throw new Error(`pngquant: ${stderr}`);
  console.log(`docs/${name}`);
}

function writeText(name: string, text: string): void {
  writeFileSync(join(docs, name), `${text}\n`);
  console.log(`docs/${name}`);
}

function pipe(cwd: string, ...args: readonly string[]): void {
  const { status, stderr } = capture([places.executable, ...args], { cwd });
  if (status !== 0) throw new Error(`pipe ${args.join(" ")}: ${stderr}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
