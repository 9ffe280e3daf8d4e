// Task numbers, smallest first. The number is the order of work, so nothing else is stored or compared.

export class TaskHeap {
  #items = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** -1 when empty. */
  peek(): number {
    return this.#size === 0 ? -1 : (this.#items[0] ?? -1);
  }
  push(task: number): void {
    if (this.#size === this.#items.length) {
      const wider = new Int32Array(this.#size * 2);
      wider.set(this.#items);
      this.#items = wider;
    }
    const items = this.#items;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] ?? 0;
      if (above <= task) break;
      items[at] = above;
      at = parent;
    }
    items[at] = task;
  }
  pop(): void {
    if (this.#size === 0) return;
    const items = this.#items;
    const size = --this.#size;
    const last = items[size] ?? 0;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (items[child + 1] ?? 0) < (items[child] ?? 0)) child++;
      const below = items[child] ?? 0;
      if (below >= last) break;
      items[at] = below;
      at = child;
    }
    items[at] = last;
  }
  /** In no particular order; for checks. */
  toArray(): number[] {
    return Array.from(this.#items.subarray(0, this.#size));
  }
}
