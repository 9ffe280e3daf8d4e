import { describe, expect, test } from "bun:test";
import { checkTemplate, expand, literalTemplate, parseTemplate } from "../../../src/core/placeholder.ts";

const context = {
  sample: {
    id: 42,
    path: "/data/000042",
    config: { Scene_0: { size: 0.25, name: 'li"ver $(rm) {x}', force: [1, 2], on: true, none: null } },
    statistics: { Mesh_0: { nodes: 1000 } },
  },
  dataset: { path: "/data" },
};

const text = (template: string): unknown => {
  const expanded = expand(template, context);
  return expanded.kind === "text" ? expanded.text : expanded;
};

describe("a placeholder becomes its value:", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{sample.id}", "42"],
    ["--id={sample.id};", "--id=42;"],
    ["{sample.path}/mesh.stl", "/data/000042/mesh.stl"],
    ["{dataset.path}", "/data"],
    ["{sample.config.Scene_0.size}", "0.25"],
    ["{sample.config.Scene_0.name}", 'li"ver $(rm) {x}'],
    ["{sample.config.Scene_0.force}", "[1,2]"],
    ["{sample.config.Scene_0.force.1}", "2"],
    ["{sample.config.Scene_0.on}/{sample.config.Scene_0.none}", "true/null"],
    ["{sample.statistics.Mesh_0.nodes}", "1000"],
    ["{{sample.id}}", "{sample.id}"],
    ["{{{sample.id}}}", "{42}"],
    ["awk '{{print $1}}'", "awk '{print $1}'"],
    ["", ""],
    ["plain", "plain"],
  ];
  for (const [template, expected] of cases) {
    test(`${JSON.stringify(template)} gives ${JSON.stringify(expected)}`, () =>
      expect(text(template)).toBe(expected));
  }
});

test("a value that the sample does not have is named, with those that it has in its place", () => {
  expect(text("x {sample.config.Scene_0.sise}")).toEqual({
    kind: "no-such-value",
    placeholder: "{sample.config.Scene_0.sise}",
    known: ["size", "name", "force", "on", "none"].map((key) => `{sample.config.Scene_0.${key}}`),
  });
  expect(text("{sample.config.Mesh_0.nodes}")).toMatchObject({ known: ["{sample.config.Scene_0}"] });
});

test("what an object inherits is no value", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    expect(text(`{sample.config.Scene_0.${name}}`)).toMatchObject({ kind: "no-such-value" });
    expect(text(`{sample.config.Scene_0.name.${name}}`)).toMatchObject({ kind: "no-such-value" });
  }
});

describe("known to be wrong before anything runs:", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["{sample.id", { kind: "unclosed", at: 0 }],
    ["a{b{c}", { kind: "unclosed", at: 1 }],
    ["a}b", { kind: "unopened", at: 1 }],
    ["{}", { kind: "empty", at: 0 }],
    ["{sample.idd}", { kind: "unknown", source: "{sample.idd}", nearest: "{sample.id}" }],
    ["{smaple.id}", { kind: "unknown", source: "{smaple.id}", nearest: "{sample.id}" }],
    ["{sample.id.x}", { kind: "unknown", source: "{sample.id.x}", nearest: "{sample.id}" }],
    ["{id}", { kind: "unknown", source: "{id}", nearest: null }],
    ["{print $1}", { kind: "unknown", source: "{print $1}", nearest: null }],
    ["{sample.config..x}", { kind: "unknown", source: "{sample.config..x}", nearest: "{sample.config}" }],
    ["{sample.config}", { kind: "no-value-named", source: "{sample.config}" }],
    ["{sample.config.Scene_0}", { kind: "no-value-named", source: "{sample.config.Scene_0}" }],
    [
      "{sample.config.Scene_1.x}",
      { kind: "no-earlier-block", source: "{sample.config.Scene_1.x}", block: "Scene_1", nearest: "Scene_0" },
    ],
  ];
  for (const [template, expected] of cases) {
    test(template, () => {
      expect(checkTemplate(template, { scope: "sample", earlier: ["Scene_0", "Mesh_0"] })).toEqual([
        expect.objectContaining(expected),
      ]);
    });
  }

  test("a sample where there is none", () => {
    for (const scope of ["dataset", "persistent"] as const) {
      expect(checkTemplate("{sample.id} {dataset.path}", { scope, earlier: [] })).toEqual([
        { kind: "no-sample-here", source: "{sample.id}", scope },
      ]);
    }
  });

  test("every mistake of a text", () => {
    expect(checkTemplate("{a}{sample.id}{b}", { scope: "sample", earlier: [] })).toHaveLength(2);
  });
});

test("any text can be meant as itself", () => {
  for (const given of ["", "{", "}", "{}", "{{", "}{", "{sample.id}", "{{x}}", "a{b}c}}d"]) {
    const template = parseTemplate(literalTemplate(given));
    expect(template).toEqual({ kind: "template", pieces: [{ kind: "text", text: given }] });
  }
});
