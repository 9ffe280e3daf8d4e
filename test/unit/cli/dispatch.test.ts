import { describe, expect, test } from "bun:test";
import { declarations } from "../../../src/cli/declarations.ts";
import { dispatch } from "../../../src/cli/dispatch.ts";
import { statusOfFault } from "../../../src/cli/exit-status.ts";
import { colourFlagIn, lastWords } from "../../../src/cli/last-words.ts";
import { diagnostic, Refusal, refuse, unable } from "../../../src/core/diagnostic.ts";
import { FileError } from "../../../src/system/file-error.ts";

async function dispatched(...argv: readonly string[]): Promise<{ status: number; printed: string }> {
  let printed = "";
  const print = (text: string): void => {
    printed += text;
  };
  return { status: await dispatch(argv, { print, colours: false }), printed };
}

async function refusal(...argv: readonly string[]): Promise<readonly [string, string | null]> {
  const error: unknown = await dispatched(...argv).catch((thrown: unknown) => thrown);
  const [first] = error instanceof Refusal ? error.diagnostics : [];
  return [first?.message ?? "", first?.hint ?? null];
}

describe("the first word", () => {
  test("that is no command is refused with the nearest one", async () => {
    expect(await refusal("rnu")).toEqual(["unknown command `rnu`", "did you mean `run`?"]);
    expect(await refusal("--hlp")).toEqual(["unknown command `--hlp`", "`pipe --help` lists the commands"]);
    expect(await refusal("pipeline.ts")).toEqual([
      "unknown command `pipeline.ts`",
      "to run a pipeline, write `pipe run pipeline.ts`",
    ]);
    expect(await refusal("toString")).toEqual([
      "unknown command `toString`",
      "`pipe --help` lists the commands",
    ]);
    expect(await refusal("help", "statsu")).toEqual(["unknown command `statsu`", "did you mean `status`?"]);
  });

  test("that is missing shows the commands and is a mistake; asked for, it is none", async () => {
    const nothing = await dispatched();
    expect(nothing.status).toBe(2);
    for (const words of [["--help"], ["-h"], ["help"]]) {
      expect(await dispatched(...words)).toEqual({ status: 0, printed: nothing.printed });
    }
    for (const { name, description } of declarations) {
      expect(nothing.printed).toContain(name);
      expect(nothing.printed).toContain(description);
    }
  });
});

describe("the help of a command", () => {
  for (const { name, flags, positionals, examples } of declarations) {
    test(`${name}: names every flag and positional as they are written, without escape sequences`, async () => {
      const { status, printed } = await dispatched(name, "--help");
      expect(await dispatched("help", name)).toEqual({ status, printed });
      expect(status).toBe(0);
      for (const flag of Object.keys(flags)) expect(printed).toContain(`--${flag}`);
      for (const positional of Object.keys(positionals)) expect(printed).toContain(positional.toUpperCase());
      for (const example of examples) expect(printed).toContain(`  ${example}\n`);
      expect(printed).not.toContain("\x1b");
      expect(printed).not.toContain("undefined");
      expect(printed).toEndWith("\n");
      expect(printed).not.toMatch(/[ \t]$/m);
    });
  }

  test("puts positionals before the flags, where no list can take them for its own", async () => {
    expect((await dispatched("run", "--help")).printed).toContain("\nUSAGE pipe run [PIPELINE] [OPTIONS]\n");
    expect((await dispatched("exec", "--help")).printed).toContain(
      "\nUSAGE pipe exec BLOCK [SAMPLE] [OPTIONS]\n",
    );
    expect((await dispatched("--help")).printed).not.toMatch(/[<>]/);
  });
});

describe("last words", () => {
  const said = (thrown: unknown, ...argv: readonly string[]) => lastWords(thrown, argv, false);

  test("of a refusal are its complaints, with the status of whose fault it is", () => {
    const one = diagnostic("x", "it is wrong", { hint: "mend it" });
    expect(said(refuse(one))).toEqual({ text: "error: it is wrong\n  hint: mend it\n", status: 2 });
    expect(said(unable(one)).status).toBe(3);
    expect([statusOfFault("user"), statusOfFault("environment")]).toEqual([2, 3]);
  });

  test("of a full disk say what to do, and are no bug", () => {
    const words = said(new FileError({ code: "ENOSPC", path: "/data/set/x", operation: "write" }));
    expect(words.status).toBe(3);
    expect(words.text).toStartWith("error: cannot write `/data/set/x`: no space or no inodes are left");
    expect(words.text).toContain("  hint: make room");
  });

  test("of anything else say that it is a bug in pipe, with version, command line, stack and causes", () => {
    const error = new TypeError("x is undefined", { cause: new Error("deep\x1b[2J") });
    const { text, status } = said(error, "run", "--data_path", "a b");
    expect(status).toBe(3);
    expect(text).toMatch(/^error: this is a bug in pipe \d+\.\d+\.\d+/);
    expect(text).toContain('command line: ["run","--data_path","a b"]');
    expect(text).toContain("x is undefined");
    expect(text).toContain("dispatch.test.ts");
    expect(text).toContain("caused by\n");
    expect(text).toContain("deep\\x1b[2J");
    expect(said("a text").text).toContain("thrown: a text");
  });

  test("have the colours that the command line asks for, however wrong it is otherwise", () => {
    expect(colourFlagIn(["run", "--color", "--nonsense", "--no-color"])).toBe(false);
    expect(colourFlagIn(["run", "--no_color", "--color"])).toBe(true);
    expect(colourFlagIn(["run", "--", "--color"])).toBeNull();
    const one = refuse(diagnostic("x", "m"));
    expect(lastWords(one, ["--color"], false).text).toContain("\x1b[");
    expect(lastWords(one, ["--no_color"], true).text).not.toContain("\x1b[");
  });
});
