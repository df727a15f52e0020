import { expect, it } from 'vitest';
import { Random } from '../../../test/fuzz/random.ts';
import { AdlRanking } from '../schema/venue-commands.ts';
import { proRataShares, rankCandidates, rankPositions, type AdlCandidate } from './adl-rank.ts';

const RANKINGS = Object.values(AdlRanking);

/** Numbers whose scores collide, are all but equal, or are far apart. */
function candidateOf(random: Random, account: number): AdlCandidate {
  const scale = random.pick([4, 1000, 2 ** 50]);
  const near = random.pick([0, 1, 2]);
  const notional = Math.max(1, Math.floor(random.log(1, scale)));
  const worth = random.sign() * (random.chance(0.3) ? scale : notional);
  const cost = random.chance(0.5)
    ? worth + random.whole(-near, near)
    : Math.floor(random.log(1, scale)) * random.sign();
  return {
    account,
    leg: random.whole(0, 2),
    size: Math.sign(worth) * random.whole(1, 5),
    cost: cost + 0,
    notional: Math.abs(worth),
    equity: random.chance(0.1)
      ? random.whole(-2, 0)
      : random.chance(0.5)
        ? Math.abs(worth) + random.whole(0, 1)
        : Math.floor(random.log(1, scale)),
  };
}

/** The same candidate a number of times as large, or larger by so little that doubles see no difference. */
function likeOf(
  random: Random,
  { leg, size, cost, notional, equity }: AdlCandidate,
  account: number,
): AdlCandidate {
  const most = Math.max(Math.abs(cost), notional, Math.abs(equity));
  const times = random.whole(1, Math.max(1, Math.min(5, Math.floor(2 ** 52 / most))));
  return {
    account,
    leg,
    size,
    cost: cost * times + 0,
    notional: notional * times,
    equity: equity * times + random.pick([0, 0, 1]),
  };
}

/** As infinity, num > 0 with a den of 0. */
function scoreOf(candidate: AdlCandidate, ranking: AdlRanking): { num: bigint; den: bigint } {
  const size = BigInt(candidate.size);
  const notional = BigInt(candidate.notional);
  const cost = BigInt(candidate.cost);
  const basis = cost === 0n ? 1n : cost < 0n ? -cost : cost;
  const gain = (size > 0n ? notional : -notional) - cost;
  switch (ranking) {
    case AdlRanking.pro_rata:
      return { num: 0n, den: 1n };
    case AdlRanking.size:
      return { num: size < 0n ? -size : size, den: 1n };
    case AdlRanking.pnl_ratio:
      return { num: gain, den: basis };
    case AdlRanking.pnl_leverage: {
      const equity = candidate.equity > 0 ? BigInt(candidate.equity) : 0n;
      if (gain <= 0n) return { num: gain * equity, den: basis * notional };
      return equity === 0n ? { num: 1n, den: 0n } : { num: gain * notional, den: basis * equity };
    }
  }
}

function mayPrecede(a: AdlCandidate, b: AdlCandidate, ranking: AdlRanking): boolean {
  const [left, right] = [scoreOf(a, ranking), scoreOf(b, ranking)];
  const difference = left.num * right.den - right.num * left.den;
  if (difference !== 0n) return difference > 0n;
  return a.account === b.account ? a.leg <= b.leg : a.account < b.account;
}

it('is the order of exact scores, the same from whatever order they come in', () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = new Random(seed);
    const candidates: AdlCandidate[] = [];
    for (let left = random.whole(1, 24); left > 0; left--) {
      const account = random.whole(0, 30);
      const like = candidates.length > 0 && random.chance(0.5) ? random.pick(candidates) : null;
      candidates.push(like === null ? candidateOf(random, account) : likeOf(random, like, account));
    }
    for (const ranking of RANKINGS) {
      const ranked = rankCandidates(candidates, ranking);
      for (let at = 1; at < ranked.length; at++) {
        if (!mayPrecede(ranked[at - 1], ranked[at], ranking))
          throw new Error(`seed ${seed}, ranking ${ranking}: place ${at} is out of order`);
      }
      const keys = ranked.map(keyOf);
      expect(rankCandidates(candidates.toReversed(), ranking).map(keyOf)).toEqual(
        // Two that are the same in all that counts may stand for each other.
        keys,
      );
      const ranks = rankPositions(candidates, ranking);
      expect(ranks.toSorted((a, b) => a - b)).toEqual(candidates.map((_, at) => at + 1));
      for (const [at, candidate] of candidates.entries()) expect(ranked[ranks[at] - 1]).toBe(candidate);
    }
  }
});

/** Account, leg and score: what the order is made of. */
function keyOf(candidate: AdlCandidate): string {
  return `${candidate.account} ${candidate.leg}`;
}

it('shares in proportion add up, and none is a lot or more from its exact share', () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const random = new Random(seed);
    const sizes = Array.from({ length: random.whole(1, 12) }, () =>
      Math.floor(random.log(1, random.pick([4, 1000, 2 ** 45]))),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const wanted = Math.floor(random.unit() * total);
    const shares = proRataShares(sizes, wanted);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(wanted);
    const remainders: [bigint, boolean, number][] = [];
    for (const [at, size] of sizes.entries()) {
      expect(shares[at]).toBeLessThanOrEqual(size);
      const exact = BigInt(size) * BigInt(wanted);
      const floor = exact / BigInt(total);
      const extra = BigInt(shares[at]) - floor;
      expect(extra === 0n || extra === 1n).toBe(true);
      remainders.push([exact % BigInt(total), extra === 1n, at]);
    }
    // Whoever got one more has no smaller remainder than whoever did not; of equal ones the first got it.
    for (const [more, got, at] of remainders)
      for (const [less, gotToo, other] of remainders)
        if (got && !gotToo) expect(more > less || (more === less && at < other)).toBe(true);
  }
});
