/**
 * The same explanation derived again by the reference, and compared number by number. What the explanation claims beyond
 * the state (prices, what would have been enough) is put to the reference as commands: a mark, a deposit, a smaller position.
 *
 * The reference sees the whole journal, but of other accounts only that they were opened: nothing of theirs can reach
 * this one. A command that is left out stands as an empty transaction of the same time and origin.
 */
import type {
  AccountRow,
  FundingIndex,
  MarketRow,
  MarkTicks,
  QuoteMicros,
  SizeLots,
  TimeUs,
} from '../../core/num/units.ts';
import { Form, Kind, type Command, type Leg } from '../../core/schema/commands.ts';
import type { LevelChange } from '../../core/schema/events.ts';
import { Level, LEVEL_NAMES } from '../../core/schema/levels.ts';
import { MARK_MAX } from '../../core/num/units.ts';
import type { BucketReport, PositionReport } from '../../reference/inspect.ts';
import { Reference } from '../../reference/reference.ts';
import type { PriceAnswer } from '../../core/margin/liquidation-price.ts';
import { releasedBasis, type BucketFacts, type PositionFacts } from './facts.ts';
import type { EngineRecords } from './records.ts';
import type { Episode } from './walk.ts';

export interface Verification {
  readonly agrees: boolean;
  /** Numbers that were compared. */
  readonly compared: number;
  readonly differences: readonly {
    readonly what: string;
    readonly engine: string;
    readonly reference: string;
  }[];
}

export interface Claims {
  readonly account: number;
  /** How many commands of the engine were applied. */
  readonly applied: number;
  readonly timeUs: number;
  readonly buckets: readonly BucketFacts[];
  readonly episodes: readonly Episode[];
  readonly inclusive: boolean;
}

export async function verifyExplanation(
  records: EngineRecords,
  claims: Claims,
  onProgress: (done: number, total: number) => void,
): Promise<Verification> {
  const comparison = new Comparison();
  const reference = new Reference();
  const episodes: ReferenceEpisode[] = [];
  let applied = 0;
  await records.read({
    visit: ({ sequence, command }) => {
      const { levels } = reference.apply(restrict(command, claims.account));
      noteEpisodes(episodes, levels, sequence, claims.account);
      if (++applied === claims.applied) compareState(comparison, reference, claims);
      if (sequence % 16_384 === 0) onProgress(sequence, records.last);
    },
  });
  compareEpisodes(comparison, claims.episodes, episodes);
  // The hypotheses change the state, so they are put to a reference that goes no further than the cut.
  const hypothetical = new Reference();
  applied = 0;
  await records.read({
    visit: ({ command }) => {
      hypothetical.apply(restrict(command, claims.account));
      return ++applied < claims.applied ? undefined : false;
    },
  });
  for (const bucket of claims.buckets) testClaims(comparison, hypothetical, claims, bucket);
  return comparison.result();
}

/** The command as far as it can concern the account; a copy, for the reference keeps what it is given. */
function restrict(command: Command, account: number): Command {
  if (command.kind === Kind.transaction)
    return {
      ...structuredClone(command),
      rows: structuredClone(command.rows.filter((row) => concerns(row, account))),
    };
  if (concerns(command, account)) return structuredClone(command);
  return {
    kind: Kind.transaction,
    timeUs: command.timeUs,
    origin: structuredClone(command.origin),
    rows: [],
  };
}

function concerns(command: Command, account: number): boolean {
  return !('account' in command) || command.account === account;
}

class Comparison {
  compared = 0;
  readonly differences: { what: string; engine: string; reference: string }[] = [];

  same(what: string, engine: bigint | number | string, reference: bigint | number | string): void {
    this.compared++;
    if (String(engine) !== String(reference))
      this.differences.push({ what, engine: String(engine), reference: String(reference) });
  }

  holds(what: string, isTrue: boolean): void {
    this.same(what, 'true', String(isTrue));
  }

  result(): Verification {
    return { agrees: this.differences.length === 0, compared: this.compared, differences: this.differences };
  }
}

function compareState(to: Comparison, reference: Reference, { account, buckets }: Claims): void {
  const reported = reference.inspect(account)?.buckets ?? [];
  to.same('number of buckets', buckets.length, reported.length);
  for (const bucket of buckets) {
    const other = find(reported, bucket);
    if (other === undefined) {
      to.holds(`${bucket.name} exists`, false);
      continue;
    }
    const at = (what: string): string => `${bucket.name}.${what}`;
    to.same(at('level'), LEVEL_NAMES[bucket.level], LEVEL_NAMES[other.level]);
    to.same(at('collateral'), bucket.collateral, other.collateral);
    to.same(at('equity'), bucket.equity, other.equity);
    to.same(at('maintenanceMargin'), bucket.maintenance, other.maintenance);
    to.same(at('accruedFunding'), bucket.accrued, other.accruedFunding);
    to.same(at('orderCharge'), bucket.charge, other.orderCharge);
    to.same(
      at('orders'),
      bucket.orders.length,
      other.orders.reduce((sum, { count }) => sum + count, 0),
    );
    to.same(at('positions'), bucket.positions.length, other.positions.length);
    for (const { market, charge } of bucket.charges)
      to.same(
        at(`orderCharges[${market}]`),
        charge,
        other.orders.find((each) => each.market === market)?.charge ?? 'none',
      );
    for (const position of bucket.positions) {
      const found = other.positions.find(
        (each) => each.market === position.market && each.leg === position.leg,
      );
      if (found === undefined) to.holds(at(`positions[${position.market}] exists`), false);
      else comparePosition(to, at(`positions[${found.marketName}]`), position, found);
    }
  }
}

function comparePosition(to: Comparison, at: string, ours: PositionFacts, other: PositionReport): void {
  to.same(`${at}.size`, ours.size, other.size);
  to.same(`${at}.costBasis`, ours.cost, other.costBasis);
  to.same(`${at}.mark`, ours.mark, other.mark);
  to.same(`${at}.unrealizedPnl`, ours.unrealized, other.unrealizedPnl);
  to.same(`${at}.fundingIndex.entry`, ours.fundingAtEntry, other.entryIndex);
  to.same(`${at}.accruedFunding`, ours.accrued, other.accruedFunding);
  to.same(`${at}.marginOn`, ours.base, other.notional);
  to.same(`${at}.tier`, ours.tier, other.tier);
  to.same(`${at}.tier.floor`, ours.line.floor, other.tierFloor);
  to.holds(`${at}.tier.mmr`, equalFractions(big(ours.line.mmr), other.mmr));
  to.holds(`${at}.tier.cum`, equalFractions({ num: ours.line.cut, den: ours.line.den }, other.cum));
  to.holds(`${at}.maintenanceMarginUnrounded`, equalFractions(ours.unrounded, other.maintenanceUnrounded));
  to.same(`${at}.maintenanceMargin`, ours.maintenance, other.maintenance);
}

interface ReferenceEpisode {
  readonly key: string;
  readonly start: number;
  end: number | null;
}

function noteEpisodes(
  episodes: ReferenceEpisode[],
  levels: readonly LevelChange[],
  sequence: number,
  account: number,
): void {
  for (const change of levels) {
    if (change.account !== account) continue;
    const key = keyOf(change);
    const open = episodes.find((episode) => episode.key === key && episode.end === null);
    if (change.to >= Level.liquidatable) {
      if (open === undefined) episodes.push({ key, start: sequence, end: null });
    } else if (open !== undefined) {
      open.end = sequence;
    }
  }
}

function compareEpisodes(
  to: Comparison,
  ours: readonly Episode[],
  others: readonly ReferenceEpisode[],
): void {
  to.same('liquidatable.times', ours.length, others.length);
  for (const [at, episode] of ours.entries()) {
    const other = others[at];
    if (other === undefined) continue;
    to.same(
      `liquidatable.episodes[${at}]`,
      `${keyOf(episode)} ${episode.start.sequence} ${episode.end?.sequence ?? 'open'}`,
      `${other.key} ${other.start} ${other.end ?? 'open'}`,
    );
  }
}

/** Prices, the top-up and the reductions, each at its boundary: there it holds, one unit before it does not. */
function testClaims(to: Comparison, reference: Reference, claims: Claims, bucket: BucketFacts): void {
  const { account, inclusive } = claims;
  const head = { timeUs: claims.timeUs as TimeUs, origin: null };
  const now = (): { equity: bigint; maintenance: bigint } =>
    find(reference.inspect(account)?.buckets ?? [], bucket) ?? { equity: 0n, maintenance: 0n };
  const isLiquidatable = (): boolean => {
    const { equity, maintenance } = now();
    return equity < maintenance || (inclusive && maintenance > 0n && equity === maintenance);
  };
  const isBankrupt = (): boolean => now().equity < 0n;
  const mark = (market: number, price: bigint | number): void => {
    reference.apply({
      kind: Kind.marks,
      ...head,
      marks: [{ market: market as MarketRow, price: Number(price) as MarkTicks }],
      text: '',
    });
  };
  const place = {
    account: account as AccountRow,
    market: bucket.market as MarketRow,
    leg: bucket.leg as Leg,
    isolated: bucket.isolated,
  };
  const collateral = (amount: bigint): Command => ({
    kind: Kind.collateral,
    ...head,
    ...place,
    amount: Number(amount) as QuoteMicros,
  });

  for (const { market, mark: present, liquidation, bankruptcy } of bucket.positions) {
    const test = (name: string, answer: PriceAnswer, isIt: () => boolean): void => {
      const holdsAt = (price: number): boolean => {
        mark(market, price);
        return isIt();
      };
      const what = `${bucket.name}.positions[${market}].${name}`;
      if (answer.price === null) {
        to.holds(
          `${what} none`,
          answer.reason !== 'no_price_is_bad_enough' || (!holdsAt(1) && !holdsAt(MARK_MAX)),
        );
      } else {
        const { price } = answer;
        const beside = [price - 1, price + 1].filter((other) => other >= 1 && other <= MARK_MAX);
        to.holds(`${what} ${price}`, holdsAt(price) && beside.some((other) => !holdsAt(other)));
      }
      mark(market, present);
    };
    test('liquidationPrice', liquidation, isLiquidatable);
    test('bankruptcyPrice', bankruptcy, isBankrupt);
  }
  if (bucket.topUp === null) return;
  const liquidatableWith = (command: Command): boolean => {
    reference.apply(command);
    return isLiquidatable();
  };
  to.holds(
    `${bucket.name}.saved.topUp`,
    !liquidatableWith(collateral(bucket.collateral + bucket.topUp)) &&
      liquidatableWith(collateral(bucket.collateral + bucket.topUp - 1n)),
  );
  reference.apply(collateral(bucket.collateral));
  for (const position of bucket.positions) {
    if (position.reduction === null) continue;
    const { lots } = position.reduction;
    const size = position.size < 0n ? -position.size : position.size;
    const what = `${bucket.name}.saved.reductions[${position.market}]`;
    const closing = (count: bigint): boolean =>
      liquidatableWith(closed(position, bucket, count, place, head));
    if (lots === null) to.holds(`${what} none`, closing(size));
    else to.holds(what, !closing(lots) && (lots === 1n || closing(lots - 1n)));
    reference.apply({
      kind: Kind.transaction,
      ...head,
      rows: [
        positionOf(position, bucket, position.size, position.cost, position.fundingAtEntry, head, account),
        collateral(bucket.collateral),
      ],
    });
  }
}

/** Closing `count` lots at the mark without fees, stated as what it leaves. */
function closed(
  position: PositionFacts,
  bucket: BucketFacts,
  count: bigint,
  place: { account: AccountRow; market: MarketRow; leg: Leg; isolated: boolean },
  head: { timeUs: TimeUs; origin: null },
): Command {
  const signed = position.size < 0n ? -count : count;
  // An inverse position is closed as inside: turned round.
  const sign = position.form === Form.inverse ? -1n : 1n;
  const released = releasedBasis({ cost: sign * position.cost, size: position.size }, count);
  const collateral = bucket.collateral + position.accrued + sign * signed * position.lotValue - released;
  return {
    kind: Kind.transaction,
    ...head,
    rows: [
      positionOf(
        position,
        bucket,
        position.size - signed,
        position.cost - sign * released,
        null,
        head,
        place.account,
      ),
      { kind: Kind.collateral, ...head, ...place, amount: Number(collateral) as QuoteMicros },
    ],
  };
}

function positionOf(
  position: PositionFacts,
  bucket: BucketFacts,
  size: bigint,
  cost: bigint,
  funding: bigint | null,
  head: { timeUs: TimeUs; origin: null },
  account: number,
): Command {
  return {
    kind: Kind.position,
    ...head,
    account: account as AccountRow,
    market: position.market as MarketRow,
    leg: position.leg as Leg,
    isolated: bucket.isolated,
    size: Number(size) as SizeLots,
    costBasis: Number(cost) as QuoteMicros,
    fundingIndex: funding === null ? null : (Number(funding) as FundingIndex),
  };
}

interface Place {
  readonly isolated: boolean;
  readonly market: number;
  readonly leg: number;
}

function find(reports: readonly BucketReport[], bucket: Place): BucketReport | undefined {
  return reports.find((report) => keyOf(report) === keyOf(bucket));
}

function keyOf({ isolated, market, leg }: Place): string {
  return isolated ? `isolated ${market} ${leg}` : 'cross';
}

function equalFractions(a: { num: bigint; den: bigint }, b: { num: bigint; den: bigint }): boolean {
  return a.num * b.den === b.num * a.den;
}

function big({ num, den }: { num: number; den: number }): { num: bigint; den: bigint } {
  return { num: BigInt(num), den: BigInt(den) };
}
