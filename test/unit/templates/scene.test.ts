// Loads of a scene, and the record of a simulation.
import { describe, expect, test } from "bun:test";
import { historyFrom, historyText } from "../../../src/templates/deform/history.ts";
import { type Force, loadShare, nearestVertex, patchOf } from "../../../src/templates/deform/scene.ts";
import { distance } from "../../../src/templates/deform/vector.ts";
import { sphere } from "./shapes.ts";

const ball = sphere(0.05, 3);
const force: Force = { place: [0, 0.05, 0], radius: 0.02, direction: [0, -1, 0], newtons: 2, ramp: 0.4 };

test("a force grows from nothing to all of itself over its ramp, and stays", () => {
  expect([0, 0.2, 0.4, 9].map((time) => loadShare(force, time))).toEqual([0, 0.5, 1, 1]);
  for (let time = 0; time < 0.39; time += 0.01) {
    expect(loadShare(force, time + 0.01)).toBeGreaterThan(loadShare(force, time));
  }
});

describe("a patch", () => {
  test("shares out the whole force among the points within its radius, most to its middle", () => {
    const patch = patchOf(force, ball);
    expect(patch.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const far = (vertex: number): number => distance(ball.points[vertex] ?? [9, 9, 9], force.place);
    for (const { vertex } of patch) expect(far(vertex)).toBeLessThan(0.02);
    const inside = ball.points.filter((point) => distance(point, force.place) < 0.02);
    expect(patch).toHaveLength(inside.length);
    const strongest = patch.toSorted((a, b) => b.share - a.share)[0];
    expect(far(strongest?.vertex ?? -1)).toBeLessThan(0.008);
  });

  test("smaller than the mesh is fine is its nearest point", () => {
    const place = [0.001, 0.0502, 0.001] as const;
    const tiny = { ...force, place, radius: 1e-5 };
    expect(patchOf(tiny, ball)).toEqual([{ vertex: nearestVertex(ball, place), share: 1 }]);
  });
});

describe("history.csv", () => {
  const moments = [
    { frame: 0, time: 0, maxSpeed: 0, kineticEnergy: 0, elasticEnergy: 1e-31 },
    { frame: 1, time: 0.04, maxSpeed: 0.1234567890123, kineticEnergy: 1 / 3, elasticEnergy: 2e-4 },
  ];

  test("gives back the very same numbers", () => {
    expect(historyFrom(historyText(moments))).toEqual(moments);
  });

  test("is refused when a line is cut short or the heading is another", () => {
    const text = historyText(moments);
    expect(() => historyFrom(text.slice(0, text.lastIndexOf(",")))).toThrow("cut short");
    expect(() => historyFrom(text.replace("time_s", "time_ms"))).toThrow("history.csv");
    expect(() => historyFrom("")).toThrow("history.csv");
  });
});
