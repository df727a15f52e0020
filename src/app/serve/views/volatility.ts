/** How much a market's mark moves in an hour, from its last minutes: the root of the mean square of moves from one ten seconds to the next. */
import type { Served } from './served.ts';

const CANDLES = 90;
const CANDLES_LEAST = 6;
const STEPS_PER_HOUR = 360;

export class Volatility {
  readonly #served: Served;

  constructor(served: Served) {
    this.#served = served;
  }

  /** As a share of the mark; null while too little was seen. */
  hourly(market: number): number | null {
    const rows = this.#served.memory.candlesOf(market).last('10s', CANDLES);
    if (rows.length < CANDLES_LEAST) return null;
    let sum = 0;
    let count = 0;
    for (let at = 1; at < rows.length; at++) {
      if (rows[at - 1].markClose <= 0) continue;
      const move = rows[at].markClose / rows[at - 1].markClose - 1;
      sum += move * move;
      count++;
    }
    return count < CANDLES_LEAST - 1 ? null : Math.sqrt((sum / count) * STEPS_PER_HOUR);
  }
}
