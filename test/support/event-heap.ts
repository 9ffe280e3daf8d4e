// What is still to happen in a simulated world, earliest first; what is due at the same moment comes in the order
// in which it was asked for, so that a history depends on its seed and on nothing else.

export interface Due {
  readonly at: number;
  readonly act: () => void;
}

interface Entry extends Due {
  readonly order: number;
}

export class EventHeap {
  readonly #items: Entry[] = [];
  #order = 0;

  push(at: number, act: () => void): void {
    const entry = { at, act, order: this.#order++ };
    const items = this.#items;
    let index = items.length;
    items.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = entry;
  }

  pop(): Due | null {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined) return null;
    if (items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = items[child];
      if (below === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        child++;
        below = right;
      }
      if (!isBefore(below, last)) break;
      items[index] = below;
      index = child;
    }
    items[index] = last;
    return first;
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
