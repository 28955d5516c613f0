// Names as small integers, so that days fit into typed arrays. Ids depend on the order of arrival: nothing that is judged may depend
// on them, only on the names behind them.

export class Names {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [];
  private sorted = new Int32Array(0);

  /** The id of a name, given on first sight. */
  idOf(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    this.ids.set(text, id);
    this.texts.push(text);
    return id;
  }

  /** The id of a name seen before, else −1. */
  find(text: string): number {
    return this.ids.get(text) ?? -1;
  }

  textOf(id: number): string {
    return this.texts[id] ?? '';
  }

  /** All ids, ascending by the names behind them. */
  ascending(): Int32Array {
    const { texts } = this;
    if (this.sorted.length !== texts.length) {
      const ids = Int32Array.from(texts.keys());
      this.sorted = ids.sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
    }
    return this.sorted;
  }

  /** Ids are 0 … size − 1. */
  get size(): number {
    return this.texts.length;
  }
}

/** One set of names for all frames of a world. */
export interface FrameNames {
  readonly actors: Names;
  readonly sellers: Names;
  readonly actions: Names;
}

export const createNames = (): FrameNames => ({ actors: new Names(), sellers: new Names(), actions: new Names() });
