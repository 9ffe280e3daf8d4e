// What `pipe doctor` found, in words and as JSON: place by place, each finding with the line to change.

import type { Finding, Verdict } from "../core/finding.ts";
import type { Json } from "../core/json.ts";
import { count } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { printable } from "./printable.ts";
import { sayPlace } from "./say-diagnostic.ts";
import { shownPath } from "./say-failure.ts";

export interface DoctorReport {
  readonly dataset: string;
  readonly pipeline: string | null;
  readonly executor: { readonly name: string; readonly kind: string };
  readonly places: readonly DoctorPlace[];
}

/** A place where tasks run, or the way there. */
export interface DoctorPlace {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** A folder with the traces of what went wrong; null where there is none. */
  readonly kept: string | null;
  /** What was measured there, for programs. */
  readonly facts: Readonly<Record<string, Json>>;
}

/** The worst that was found. */
export function worst(report: DoctorReport): Verdict {
  const found = new Set(report.places.flatMap(({ findings }) => findings.map(({ verdict }) => verdict)));
  return fromWorst.find((verdict) => found.has(verdict)) ?? "ok";
}

const fromWorst = ["unable", "fail", "warn", "ok"] as const;

export interface SayOptions {
  readonly colours: boolean;
  /** `all`: what is well is explained, too. */
  readonly detail: "problems" | "all";
  /** Paths below it are shown relative to it. */
  readonly workingFolder: string;
}

/** Several lines without a newline at the end. */
export function sayDoctor(report: DoctorReport, options: SayOptions): string {
  const colours = palette(options.colours);
  return [
    ...report.places.flatMap(({ name, findings, kept }, at) => [
      ...(at === 0 ? [] : [""]),
      colours.strong(printable(name)),
      ...findings.flatMap((one) => findingLines(one, options, colours)),
      ...(kept === null
        ? []
        : [colours.faint(`        the job's script and what it printed: ${printable(kept)}`)]),
    ]),
    "",
    lastLine(report, colours),
  ].join("\n");
}

function findingLines(
  one: Finding,
  { detail, workingFolder }: SayOptions,
  colours: Palette,
): readonly string[] {
  const well = one.verdict === "ok";
  const all = detail === "all";
  const place =
    one.place === null || well
      ? ""
      : ` ${colours.faint(`(${sayPlace({ ...one.place, file: shownPath(one.place.file, workingFolder) })})`)}`;
  const notes = well && !all ? [] : one.notes;
  return [
    `  ${mark(one.verdict, colours)}  ${printable(one.message)}${place}`,
    ...notes.flatMap((note) => note.split("\n")).map((line) => colours.faint(`          ${printable(line)}`)),
    ...(one.hint === null ? [] : [`        ${colours.hint("hint:")} ${printable(one.hint)}`]),
  ];
}

function mark(verdict: Verdict, colours: Palette): string {
  switch (verdict) {
    case "ok":
      return colours.good("ok  ");
    case "warn":
      return colours.warning("warn");
    case "fail":
    case "unable":
      return colours.error("fail");
  }
}

function lastLine(report: DoctorReport, colours: Palette): string {
  const verdicts = report.places.flatMap(({ findings }) => findings.map(({ verdict }) => verdict));
  const failed = verdicts.filter((verdict) => verdict === "fail" || verdict === "unable").length;
  const warned = verdicts.filter((verdict) => verdict === "warn").length;
  const warnings = warned === 0 ? "" : `, ${count(warned, "warning")}`;
  if (failed > 0) return colours.error(`${count(failed, "check")} failed${warnings}`);
  const what =
    report.pipeline === null ? "`pipe run` has no pipeline here yet; all else is well" : "all is well";
  return warned > 0 ? colours.warning(`${what}${warnings}`) : colours.good(what);
}

export function doctorJson(report: DoctorReport): Readonly<Record<string, Json>> {
  return {
    dataset: report.dataset,
    pipeline: report.pipeline,
    executor: report.executor.name,
    kind: report.executor.kind,
    verdict: worst(report),
    places: report.places.map(({ name, findings, facts, kept }) => ({
      place: name,
      ...facts,
      kept,
      findings: findings.map(({ code, verdict, message, notes, hint, place }) => ({
        ...{ code, verdict, message, notes: [...notes], hint },
        file: place?.file ?? null,
        line: place?.line ?? null,
      })),
    })),
  };
}
