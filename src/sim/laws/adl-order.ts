/** Who is deleveraged first: the highest score, recomputed in fractions of whole numbers, of those who could pay. */
import type { Engine } from '../../core/engine/engine.ts';
import { INSURANCE } from '../../core/exchange/ledger.ts';
import { Level } from '../../core/schema/levels.ts';
import { Side } from '../../core/schema/side.ts';
import { AdlRanking } from '../../core/schema/venue-commands.ts';
import { openBuckets, positionsOf } from '../holdings.ts';
import { demand } from './law.ts';
import { equityOf, lossAt, notionalOf } from './margin-law.ts';

export interface AdlRow {
  readonly id: number;
  /** Who cannot be closed otherwise, and whether that is long. */
  readonly account: number;
  readonly isLong: boolean;
  readonly against: number;
  readonly againstLeg: number;
  readonly market: number;
  readonly price: number;
  readonly rank: number;
}

interface Standing {
  readonly account: number;
  readonly leg: number;
  /** A score of num / den; den 0: above all others. */
  readonly num: bigint;
  readonly den: bigint;
  readonly isOut: boolean;
}

const HOUSE_MAX = 1;

export class AdlOrder {
  readonly #engine: Engine;
  /** Ranks that were used, by liquidation, market, side and who is closed, within this cut: the fund closes anew what it took. */
  readonly #used = new Map<string, number>();
  /** What is being closed (`keyOf`). */
  readonly #begun = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A cut ends. */
  clear(): void {
    this.#used.clear();
    this.#begun.clear();
  }

  /** Whether some of it was closed in this cut already. */
  isGoingOn(id: number, account: number, market: number): boolean {
    return this.#begun.has(keyOf(id, account, market));
  }

  judge(row: AdlRow, ranking: AdlRanking): void {
    const { id, account, market, isLong, against, againstLeg, rank, price } = row;
    this.#begun.add(keyOf(id, account, market));
    const isFirst = this.#used.size === 0;
    const key = `${id}:${market}:${isLong}:${account}`;
    const before = this.#used.get(key) ?? 0;
    this.#used.set(key, rank);
    if (ranking === AdlRanking.pro_rata) return;
    demand(rank > before, () => `liquidation ${id}: rank ${rank} was deleveraged after rank ${before}`);
    // Ranks are those of the beginning of a round: later ones have been changed by the first.
    if (!isFirst) return;
    const standings = this.#standings(market, !isLong, ranking, price);
    const chosen = standings.find(({ account, leg }) => account === against && leg === againstLeg);
    demand(chosen !== undefined, () => `liquidation ${id}: account ${against} has nothing on the other side`);
    for (const other of standings)
      demand(
        other.isOut || !isAbove(other, chosen!),
        () =>
          `liquidation ${id}: account ${against} (${chosen!.num} / ${chosen!.den}) is deleveraged before account ${other.account} (${other.num} / ${other.den})`,
      );
  }

  /** Who could not pay for a single lot at `price` is out. */
  #standings(market: number, areLong: boolean, ranking: AdlRanking, price: number): Standing[] {
    const engine = this.#engine;
    const { buckets, markets } = engine.book;
    const found: Standing[] = [];
    const side = areLong ? Side.ask : Side.bid;
    const lossOfLot = lossAt(engine, market, side, 1n, price);
    for (const bucket of openBuckets(engine)) {
      const account = buckets.account(bucket);
      if (account <= HOUSE_MAX) continue;
      for (const { market: held, leg, size, cost } of positionsOf(engine, bucket)) {
        if (held !== market || markets.sign(held) * size > 0 !== areLong) continue;
        const notional = notionalOf(engine, market, BigInt(size));
        const gain = (size > 0 ? notional : -notional) - BigInt(cost);
        const equity = equityOf(engine, bucket);
        const [num, den] = scoreOf(ranking, { size, cost, notional, gain, equity });
        const isOut = buckets.level(bucket) >= Level.liquidatable || equity < lossOfLot;
        found.push({ account, leg, num, den, isOut });
      }
    }
    return found;
  }
}

/** A bucket is closed as a whole, what the fund holds market by market. */
function keyOf(id: number, account: number, market: number): string {
  return account === INSURANCE ? `${id}:${market}` : `${id}`;
}

function scoreOf(
  ranking: AdlRanking,
  {
    size,
    cost,
    notional,
    gain,
    equity,
  }: {
    readonly size: number;
    readonly cost: number;
    readonly notional: bigint;
    readonly gain: bigint;
    readonly equity: bigint;
  },
): readonly [bigint, bigint] {
  if (ranking === AdlRanking.size) return [BigInt(Math.abs(size)), 1n];
  const basis = BigInt(Math.max(1, Math.abs(cost)));
  if (ranking === AdlRanking.pnl_ratio) return [gain, basis];
  const own = equity > 0n ? equity : 0n;
  return gain > 0n ? [gain * notional, basis * own] : [gain * own, basis * notional];
}

function isAbove(a: Standing, b: Standing): boolean {
  const left = a.num * b.den;
  const right = b.num * a.den;
  if (left !== right) return left > right;
  return a.account < b.account || (a.account === b.account && a.leg < b.leg);
}
