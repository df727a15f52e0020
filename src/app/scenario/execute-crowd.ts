/**
 * Statements that stand for many commands. Everything drawn is drawn from the seed that the statement names, and by arithmetic that is
 * the same on every machine; what was done is noted in the report.
 */
import { decay, logRatio } from '../../core/num/elementary.ts';
import { markToText, type Grid } from '../../core/num/grid.ts';
import type { MarketRow, MarkTicks, PriceTicks, TimeUs } from '../../core/num/units.ts';
import { Kind } from '../../core/schema/commands.ts';
import { TimeInForce } from '../../core/schema/orders.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueKind } from '../../core/schema/venue-commands.ts';
import { Random } from '../../sim/random.ts';
import { crowdName } from './parse-crowd.ts';
import { meet, openAccount, placeOrder, plainOrder } from './place.ts';
import type { CrowdStatement, LadderStatement, PathStatement } from './statements.ts';
import type { World } from './world.ts';

/** Between two anchors marks lie on a straight line in the logarithm of the price; anchors are met exactly. */
export function applyPath(world: World, { everyUs, markets }: PathStatement): void {
  const ways = markets.map(({ market, anchors }) => {
    const { row, grid } = world.market(market);
    const from = markNow(world, row);
    if (from <= 0) throw world.fail(market, `${market.text} has no mark yet that its path could begin at`);
    const marks: MarkTicks[] = [];
    let start: number = from;
    for (const { price, overUs } of anchors) {
      const end = world.mark(price, grid);
      const steps = overUs / everyUs;
      for (let step = 1; step < steps; step++) marks.push(between(start, end, step / steps));
      marks.push(end);
      start = end;
    }
    return { market: row, grid, from: from as MarkTicks, marks };
  });
  const steps = Math.max(...ways.map(({ marks }) => marks.length));
  for (let step = 0; step < steps; step++) {
    world.timeUs = (world.timeUs + everyUs) as TimeUs;
    const marks = ways.map(({ market, marks: way }) => ({
      market,
      price: way[Math.min(step, way.length - 1)],
    }));
    if (world.apply({ kind: Kind.marks, marks, text: '' }) !== Reason.accepted) return;
  }
  for (const { market, grid, from, marks } of ways) {
    const [begin, end] = [markToText(from, grid), markToText(marks[marks.length - 1], grid)];
    const low = markToText(Math.min(from, ...marks) as MarkTicks, grid);
    const high = markToText(Math.max(from, ...marks) as MarkTicks, grid);
    world.log.notes.push(
      `${world.marketName(market)} ${begin} to ${end} in ${marks.length} marks, log-linear between the anchors (low ${low}, high ${high})`,
    );
  }
}

/** Notional by a truncated Pareto law, leverage log-uniform; each trades with the same other side at one price. */
export function applyCrowd(world: World, said: CrowdStatement): void {
  const { row, grid } = world.market(said.market);
  const price = world.price(said.price, grid);
  const random = new Random(said.seed, 1);
  const [least, most, exponent] = [said.least, said.most, said.exponent].map(({ text }) => Number(text));
  const [leverageLeast, leverageMost] = [said.leverageLeast, said.leverageMost].map(({ text }) =>
    Number(text),
  );
  const lotUnits = (price * grid.tickUnit.num) / grid.tickUnit.den;
  const units = 10 ** world.decimals;
  let long = 0;
  let short = 0;
  for (let number = 1; number <= said.count; number++) {
    const name = crowdName(said.prefix, number);
    const notional = pareto(random, least, most, exponent);
    const leverage =
      leverageLeast *
      Math.min(growth(random.unit() * logRatio(leverageLeast, leverageMost)), leverageMost / leverageLeast);
    const lots = Math.max(1, Math.floor((notional * units) / lotUnits));
    const isLong = said.side === 'long' || (said.side === 'both' && number % 2 === 1);
    // In hundredths, so that people can read it.
    const deposit = Math.max(1, Math.ceil((lots * lotUnits * 100) / (leverage * units))) * (units / 100);
    openAccount(world, name);
    const account = world.accountRow(name);
    const paid = world.apply({
      kind: VenueKind.deposit,
      account,
      asset: null,
      amount: Math.ceil(deposit),
    });
    if (paid !== Reason.accepted) return;
    const signed = isLong ? lots : -lots;
    if (!meet(world, said.market, name, said.against.text, signed, price, said.price)) return;
    if (isLong) long += lots;
    else short += lots;
  }
  const text = (lots: number): string => `${Math.round((lots * lotUnits) / units)} ${world.asset}`;
  world.log.notes.push(
    `${said.count} accounts in ${world.marketName(row)}, seed ${said.seed}: notional Pareto ${exponent} from ${least} to ${most}, leverage log-uniform ${leverageLeast} to ${leverageMost}; long ${text(long)}, short ${text(short)}`,
  );
}

export function applyLadder(world: World, said: LadderStatement): void {
  const { row, grid } = world.market(said.market);
  const middle =
    said.around === null ? ticksOfMark(markNow(world, row), grid) : world.price(said.around, grid);
  if (middle <= 0) throw world.fail(said.market, `${said.market.text} has no mark yet: say "around PRICE"`);
  const lots: number = world.lots(said.size, grid);
  const account = said.account.text;
  const { step } = said;
  world.apply({ kind: VenueKind.cancel_all, account: world.accountRow(account), market: row });
  for (let level = 1; level <= said.levels; level++) {
    const away = (middle * step.num * level) / step.den;
    const bid = Math.floor(middle - away);
    const ask = Math.ceil(middle + away);
    const orders = [
      ...(said.sides !== 'asks' && bid > 0
        ? [plainOrder(world, account, said.market, lots, bid as PriceTicks, TimeInForce.gtc)]
        : []),
      ...(said.sides !== 'bids'
        ? [plainOrder(world, account, said.market, -lots, ask as PriceTicks, TimeInForce.gtc)]
        : []),
    ];
    for (const order of orders) if (placeOrder(world, order, null) === 0) return;
  }
}

function markNow(world: World, market: MarketRow): number {
  return world.exchange.engine.book.markets.mark(market);
}

function ticksOfMark(mark: number, { markUnit, tickUnit }: Grid): number {
  return Math.round((mark * markUnit * tickUnit.den) / tickUnit.num);
}

function between(from: number, to: number, share: number): MarkTicks {
  const ratio = logRatio(from, to);
  return Math.max(
    1,
    Math.round(ratio < 0 ? from * decay(-ratio * share) : from * growth(ratio * share)),
  ) as MarkTicks;
}

/** e^x for x of 0 or more. */
function growth(x: number): number {
  return 1 / decay(x);
}

/** The chance of more than x is (least / x)^exponent, cut off at `most`. */
function pareto(random: Random, least: number, most: number, exponent: number): number {
  if (least === most) return least;
  const kept = 1 - random.unit() * (1 - decay(exponent * logRatio(least, most)));
  return Math.min(most, least * growth(logRatio(kept, 1) / exponent));
}
