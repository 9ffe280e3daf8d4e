// Last block, over the whole dataset: one picture that shows every sample.
import { type Dataset, DatasetBlock, type ValuesByBlock } from "pipe";
import { ink, millimetres } from "./colours.ts";
import { blankImage, type Image, paste, reduced, textHeight, write } from "./image.ts";
import { fromPng, toPng } from "./png.ts";
import { at } from "./vector.ts";

/** Writes `contact_sheet.png`: the last picture of every valid sample with its ID and its largest displacement. */
export class ContactSheet extends DatasetBlock {
  constructor(readonly options: { readonly columns: number }) {
    super();
  }

  override async run(dataset: Dataset<ValuesByBlock, { Measure_0: { max_displacement: number } }>) {
    const cards = dataset.samples.map((sample): Card => {
      const pictures = sample.files("picture_f*.png");
      const last = fromPng(sample.read(at(pictures, pictures.length - 1), "bytes"));
      const largest = millimetres(sample.statistics.Measure_0.max_displacement);
      return { thumbnail: reduced(last, 2), label: `#${String(sample.id).padStart(6, "0")}  ${largest} mm` };
    });
    if (cards.length > 0) dataset.write("contact_sheet.png", toPng(sheet(cards, this.options.columns)));
    dataset.log(`${cards.length} samples on the contact sheet`);
  }
}

export interface Card {
  readonly thumbnail: Image;
  readonly label: string;
}

/** The cards in rows, each with its label below. All thumbnails have to be of the first one's size. */
export function sheet(cards: readonly Card[], columns: number): Image {
  const { width, height } = at(cards, 0).thumbnail;
  const across = Math.min(columns, cards.length);
  const down = Math.ceil(cards.length / across);
  const [stepX, stepY] = [width + gap, height + gap + labelHeight];
  const image = blankImage(gap + across * stepX, gap + down * stepY, [255, 255, 255]);
  cards.forEach(({ thumbnail, label }, i) => {
    const [left, top] = [gap + (i % across) * stepX, gap + Math.floor(i / across) * stepY];
    paste(image, thumbnail, [left, top]);
    write(image, label, [left + 2, top + height + 4], ink);
  });
  return image;
}

/** Pixels. */
const gap = 8;
const labelHeight = textHeight + 4;
