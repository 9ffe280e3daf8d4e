// Two blocks: one chooses what is different from sample to sample, the other computes something from it.
//
//   pipe run --run_local --data_path data --num_samples 10
//
// Each sample becomes a folder in `data`; data/statistics.csv has a line for each of them.
import { type DataSample, Pipeline, PipelineBlock, SampleIssue } from "pipe";

/** What each sample is: chosen at random, the same for the same sample on any machine. */
export class RandomThrow extends PipelineBlock {
  run(sample: DataSample) {
    sample.setConfig("angle", sample.random.uniform(10, 80)); // degrees above the ground
    sample.setConfig("speed", sample.random.uniform(5, 25)); // m/s
  }
}

/** The path of a ball without friction, as a table, and how far it flies. */
export class Fly extends PipelineBlock {
  constructor(readonly options: { gravity: number; timeStep: number; farthest: number }) {
    super();
  }

  run(sample: DataSample<{ RandomThrow_0: { angle: number; speed: number } }>) {
    const { gravity, timeStep, farthest } = this.options;
    const { angle, speed } = sample.config.RandomThrow_0;
    const across = speed * Math.cos((angle * Math.PI) / 180); // m/s
    const up = speed * Math.sin((angle * Math.PI) / 180); // m/s

    const lines = ["time,x,height"]; // s, m, m
    let time = 0;
    for (; time <= (2 * up) / gravity; time += timeStep) {
      lines.push([time, across * time, up * time - (gravity * time ** 2) / 2].join(","));
    }
    sample.write("flight.csv", `${lines.join("\n")}\n`);

    const distance = (2 * across * up) / gravity; // m
    // An issue stops this sample and is counted; the others go on.
    if (distance > farthest) throw new SampleIssue("flew out of the field");
    sample.addStatistic("distance", distance);
    sample.log(`landed after ${time.toFixed(2)} s`);
  }
}

export default new Pipeline()
  .append(new RandomThrow())
  .append(new Fly({ gravity: 9.81, timeStep: 0.05, farthest: 60 }), { time: "1m" })
  .addPlot({
    kind: "scatter",
    x: "RandomThrow_0.angle",
    y: "Fly_0.distance",
    title: "Distance (m) by angle (°)",
  });
