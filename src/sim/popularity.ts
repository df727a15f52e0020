/** Which market a draw falls on: each as likely as the next, or by Zipf's law (the k-th with weight 1 / k). */
import type { Random } from './random.ts';

export type Popularity = 'uniform' | 'zipf';

/** Walker's alias method: one fraction and one comparison for a draw, whatever the weights. */
export class Chooser {
  readonly #count: number;
  readonly #limits: Float64Array;
  readonly #others: Uint32Array;

  constructor(count: number, popularity: Popularity) {
    this.#count = count;
    this.#limits = new Float64Array(count).fill(1);
    this.#others = Uint32Array.from({ length: count }, (_, index) => index);
    if (popularity === 'uniform') return;
    const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1));
    let sum = 0;
    for (const weight of weights) sum += weight;
    const scaled = weights.map((weight) => (weight * count) / sum);
    const small = scaled.flatMap((weight, index) => (weight < 1 ? [index] : []));
    const large = scaled.flatMap((weight, index) => (weight < 1 ? [] : [index]));
    while (small.length > 0 && large.length > 0) {
      const under = small.pop()!;
      const over = large[large.length - 1];
      this.#limits[under] = scaled[under];
      this.#others[under] = over;
      scaled[over] -= 1 - scaled[under];
      if (scaled[over] < 1) small.push(large.pop()!);
    }
  }

  draw(random: Random): number {
    const place = random.unit() * this.#count;
    const index = Math.floor(place);
    return place - index < this.#limits[index] ? index : this.#others[index];
  }
}
