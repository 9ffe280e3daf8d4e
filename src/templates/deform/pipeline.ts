// A dataset of deformed bodies with pictures and measurements.
//
//   pipe run --run_local --data_path data --num_samples 24
//
// Each sample gets a material and forces of its own (RandomScene), gives way to them until it rests (Deform), is
// measured (Measure) and drawn (Render). When all samples have ended, one picture shows them (ContactSheet).
// The body is in bunny.json; replace bunny.ts to use your own.
import { Pipeline } from "pipe";
import { ContactSheet } from "./contact-sheet.ts";
import { Deform } from "./deform.ts";
import { Measure } from "./measure.ts";
import { RandomScene } from "./random-scene.ts";
import { Render } from "./render.ts";

export default new Pipeline()
  .append(
    new RandomScene({
      youngsModulus: [5e3, 20e3], // Pa: soft organs
      poissonRatio: [0.35, 0.46],
      density: [1000, 1100], // kg/m³
      fixedBelow: [0.012, 0.03], // m above the ground
      forces: [1, 3], // how many
      newtons: [0.4, 2], // N
      heights: [0.04, 0.1], // m: not at the tips of the ears, where little force goes a long way
      patchRadius: [0.015, 0.03], // m
      ramp: [0.1, 0.4], // s
    }),
  )
  .append(
    new Deform({
      cellSize: 0.012, // m
      timeStep: 0.01, // s
      stepsPerFrame: 4,
      restSpeed: 0.002, // m/s
      maxFrames: 60,
    }),
  )
  .append(new Measure())
  .append(new Render({ width: 320, height: 240, pictures: 5 }))
  .append(new ContactSheet({ columns: 6 }))
  .addPlot({ kind: "histogram", value: "Measure_0.max_displacement", title: "Largest displacement (m)" })
  .addPlot({ kind: "scatter", x: "RandomScene_0.youngs_modulus", y: "Measure_0.mean_displacement" });
