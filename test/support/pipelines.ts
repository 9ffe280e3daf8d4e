// Small pipelines that several tests run.

/** Three blocks that use everything a sample offers: random numbers, files in series, values of earlier blocks. */
export const measuring = `import { DatasetBlock, Pipeline, PipelineBlock, SampleIssue, type DataSample, type Dataset } from "pipe";

class Scene extends PipelineBlock {
  async run(sample: DataSample) {
    sample.setConfig("stiffness", sample.random.uniform(3e3, 3e4));
    sample.setConfig("name", sample.random.choice(["liver", "kidney", "spleen"]));
    sample.setConfig("frames", sample.random.integer(1, 5));
  }
}

class Simulate extends PipelineBlock {
  async run(sample: DataSample) {
    const frames = Number(sample.config.Scene_0?.frames);
    for (let frame = 0; frame < frames; frame++) {
      await sample.write(sample.file("surface.txt", { frame }), [sample.random.normal(), sample.random.shuffle([1, 2, 3])].join(" "));
    }
    sample.log("frames " + frames);
    sample.addStatistic("frames", frames);
    if (sample.id % 7 === 3) throw new SampleIssue("did not converge");
  }
  validateSample(sample: DataSample) { return sample.id % 7 === 5 ? "displacement too large" : true; }
}

class Measure extends PipelineBlock {
  async run(sample: DataSample) {
    const files = await sample.files("surface_f*.txt");
    sample.addStatistic("files", files);
    sample.addStatistic("first", await sample.read(files[0] ?? ""));
  }
}

class Summary extends DatasetBlock {
  async run(dataset: Dataset) {
    const ids: number[] = [];
    for (const sample of dataset.samples) ids.push(sample.id);
    await dataset.write("summary.json", { ids });
  }
}

export default new Pipeline().append(new Scene()).append(new Simulate()).append(new Measure()).append(new Summary());
`;
