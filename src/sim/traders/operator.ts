/** Whoever runs the exchange: funding, bands, rules, states, exemptions, the fund's money, and the end of a market. */
import type { AccountRow, FundingIndex, MarkTicks, PriceTicks } from '../../core/num/units.ts';
import { Form, Kind, type Command } from '../../core/schema/commands.ts';
import { MarketState } from '../../core/schema/orders.ts';
import { Quality, Use, USES_ALL } from '../../core/schema/quality.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import type { Desk } from './desk.ts';
import { chance, pick, weighted, wholeLog } from './draw.ts';
import { drawLiquidation } from './world.ts';

/** `desk` is one of nobody's account; `settles`: markets come to an end. */
export function operatorCommands(desk: Desk, settles: boolean): (Command | OwnCommand)[] {
  const { random, view, money } = desk;
  const head = { timeUs: desk.nowUs, origin: null };
  const { book } = view.venue.engine;
  const market = desk.market();
  const plan = view.markets[market];
  const account = random.below(book.accounts.count) as AccountRow;
  const does = weighted(random, {
    funding: 40,
    bands: 5,
    state: 6,
    tiers: 5,
    listing: 5,
    quality: 6,
    lift: 3,
    exempt: 6,
    fund: 4,
    tick: 8,
    settlement: settles ? 0.5 : 0,
  });
  switch (does) {
    case 'funding': {
      // Now and then more than anybody can carry.
      const most = settles && chance(random, 0.03) ? 0.5 : 0.002;
      const rise =
        Math.round(view.lotValue(market) * 1e6 * random.between(-most, most)) + random.below(3) - 1;
      const index = (book.markets.fundingIndex(market) + rise) as FundingIndex;
      return [{ kind: Kind.funding, ...head, market, index }];
    }
    case 'bands': {
      const ticks = view.markTicks(market);
      const low = chance(random, 0.4)
        ? null
        : (Math.max(1, Math.round(ticks * random.between(0.9, 0.995))) as PriceTicks);
      const high = chance(random, 0.4)
        ? null
        : (Math.round(ticks * random.between(1.005, 1.1)) as PriceTicks);
      return [desk.say({ kind: VenueKind.bands, market, low, high })];
    }
    case 'state':
      return [
        desk.say({
          kind: VenueKind.state,
          market: chance(random, 0.2) ? null : market,
          state: pick(random, [MarketState.reduce_only, MarketState.halted]),
          text: 'drill',
        }),
      ];
    case 'tiers': {
      const tiers = plan.definition.tiers.map((tier) => ({
        ...tier,
        mmr: { num: tier.mmr.num, den: Math.max(1, Math.round(tier.mmr.den * pick(random, [1, 1, 0.7]))) },
      }));
      const effectiveUs = (desk.nowUs + pick(random, [0, 0, 1e6])) as typeof head.timeUs;
      return [
        {
          kind: Kind.tiers,
          ...head,
          market,
          tiers: tiers.map((tier) => ({ ...tier, imr: largerRate(tier.imr, tier.mmr) })),
          effectiveUs,
        },
      ];
    }
    case 'listing': {
      const { listing } = plan;
      if (listing === null) return [];
      const liquidation = drawLiquidation(random, plan.lots * view.lotValue(market));
      return [
        {
          ...listing,
          timeUs: desk.nowUs,
          liquidation,
          leverageMax: pick(random, [listing.leverageMax, 10, 100]),
          depthShare: pick(random, [null, null, { num: 10, den: 1 }]),
        },
      ];
    }
    case 'quality': {
      const isFine = chance(random, 0.5);
      const allows = isFine
        ? USES_ALL
        : pick(random, [USES_ALL - Use.liquidate, USES_ALL - Use.open, Use.show, USES_ALL - Use.settle]);
      const reference = Math.max(1, Math.round(view.mark(market) * random.between(0.98, 1.02))) as MarkTicks;
      return [
        {
          kind: Kind.quality,
          ...head,
          market,
          quality: isFine ? Quality.ok : Quality.stale,
          allows,
          mark: null,
          reference: chance(random, 0.5) ? reference : null,
          text: '',
        },
      ];
    }
    case 'lift':
      return view.markets.map(({ row }) => ({ kind: Kind.lift, ...head, market: row }));
    case 'exempt': {
      const known = [...view.exempt];
      const isBack = known.length > 0 && chance(random, 0.6);
      const text = chance(random, 0.9) ? 'a drill' : '';
      return [
        desk.say({
          kind: VenueKind.exempt,
          account: isBack ? pick(random, known) : account,
          exempt: !isBack,
          text,
        }),
      ];
    }
    case 'fund': {
      const kind = pick(random, [VenueKind.deposit, VenueKind.deposit, VenueKind.withdraw] as const);
      return [
        desk.say({
          kind,
          account: random.below(2) as AccountRow,
          asset: null,
          amount: wholeLog(random, 1, money),
        }),
      ];
    }
    case 'tick':
      return [desk.say({ kind: VenueKind.tick })];
    case 'settlement': {
      const traded = view.markets.filter(({ form }) => form !== Form.collateral);
      if (traded.length < 2 && chance(random, 0.7)) return [];
      const price = Math.max(1, Math.round(view.markTicks(market) * random.between(0.9, 1.1))) as PriceTicks;
      return [desk.say({ kind: VenueKind.settlement, market, price })];
    }
  }
}

/** All markets go on. */
export function reopening(desk: Desk): OwnCommand {
  return desk.say({ kind: VenueKind.state, market: null, state: MarketState.active, text: 'drill over' });
}

function largerRate(
  a: { num: number; den: number },
  b: { num: number; den: number },
): { num: number; den: number } {
  return a.num * b.den >= b.num * a.den ? a : b;
}
