// Picks indexes in proportion to fixed weights, by binary search in their running sums.

import type { Random } from './random.js';

export class Weighted {
  private readonly sums: Float64Array;
  readonly total: number;

  constructor(weights: readonly number[]) {
    this.sums = new Float64Array(weights.length);
    let sum = 0;
    weights.forEach((weight, at) => {
      sum += weight;
      this.sums[at] = sum;
    });
    this.total = sum;
  }

  pick(random: Random): number {
    const target = random.unit() * this.total;
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
