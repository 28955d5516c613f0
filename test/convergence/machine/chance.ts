// Chance from a seed, so that a test's people are the same on every machine and every day.

export interface Chance {
  /** uniform in [0, 1) */
  uniform(): number;
  /** whole number in [0, below) */
  below(below: number): number;
  poisson(mean: number): number;
  gamma(shape: number, scale: number): number;
  pick<T>(items: readonly T[]): T;
}

export function chance(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(uniform() * limit);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /** Marsaglia and Tsang (2000). */
  const gamma = (shape: number, scale: number): number => {
    if (shape < 1) return gamma(shape + 1, scale) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
    }
  };
  /** Multiplication of uniforms, in parts small enough not to underflow (Knuth). */
  const poisson = (mean: number): number => {
    let count = 0;
    for (let left = mean; left > 0; left -= 20) {
      const limit = Math.exp(-Math.min(left, 20));
      for (let product = uniform(); product > limit; product *= uniform()) count++;
    }
    return count;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  return { uniform, below, poisson, gamma, pick };
}
