/** Random commands about the quality of prices, and about the breaker. */
import { Kind } from '../../src/core/schema/commands.ts';
import { Quality, Use, USES_ALL } from '../../src/core/schema/quality.ts';
import type { Reference } from '../../src/reference/reference.ts';
import type { Fields } from './corrupt.ts';
import type { Random } from './random.ts';

/**
 * Mostly what a feed would say, at times whatever can be said; a held market is rather given back than held again. `near` is a
 * price some share away from the market's mark.
 */
export function qualityFields(
  random: Random,
  reference: Reference,
  near: (market: number, share: number) => number,
): Fields {
  const market = anyMarket(random, reference);
  const present = reference.inspectMarket(market);
  const isHeld = present !== null && (present.allows & Use.liquidate) === 0;
  const quality = random.chance(isHeld ? 0.5 : 0.2)
    ? Quality.ok
    : random.pick(Object.values<number>(Quality));
  const usual = quality === Quality.ok ? USES_ALL : Use.show + Use.value + random.pick([0, Use.settle]);
  const isMarked = random.chance(quality === Quality.implausible ? 0.2 : 0.5);
  return {
    kind: Kind.quality,
    market,
    quality,
    allows: random.chance(0.8) ? usual : random.whole(0, USES_ALL),
    mark: isMarked ? near(market, random.log(1e-4, 0.2)) : null,
    reference: random.chance(0.7) ? near(market, random.log(1e-4, 0.5)) : null,
    text: '',
  };
}

/** Rather of a market that is tripped. */
export function liftFields(random: Random, reference: Reference): Fields {
  const rows = Array.from({ length: reference.marketCount }, (_, at) => at);
  const tripped = rows.filter((at) => reference.inspectMarket(at)!.isTripped);
  const isAny = tripped.length === 0 || random.chance(0.1);
  return { kind: Kind.lift, market: isAny ? anyMarket(random, reference) : random.pick(tripped) };
}

export function breakerFields(random: Random): Fields {
  const [num, den] = random.pick([
    [0, 1],
    [0, 1],
    [1, 20],
    [1, 4],
    [1, 3],
    [1, 2],
    [999_999_999, 1_000_000_000],
    [1, 1],
  ]);
  return { kind: Kind.breaker, share: { num, den }, least: random.pick([1, 1, 1, 2, 8]) };
}

function anyMarket(random: Random, reference: Reference): number {
  return random.whole(0, Math.max(0, reference.marketCount - 1));
}
