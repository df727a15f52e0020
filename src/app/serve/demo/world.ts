/**
 * The exchange that the demo opens: four linear markets and one inverse, their rules, and a few dozen traders who keep its books alive. Stated in the
 * lines that `plimsoll exchange` takes, so that it is nothing that a user could not have.
 */
import type { MarketRow, MarkTicks, TimeUs } from '../../../core/num/units.ts';
import { markFromText } from '../../../core/num/grid.ts';
import { Form, Kind, type Command, type MarketCommand } from '../../../core/schema/commands.ts';
import { VenueKind, type ListingCommand, type OwnCommand } from '../../../core/schema/venue-commands.ts';
import { decodeVenueLine } from '../../../io/ingest/file/venue-decode.ts';
import { Registry } from '../../../io/ingest/file/registry.ts';
import { Random } from '../../../sim/random.ts';
import type { AnyCommand } from '../../../sim/traders/simulation.ts';
import type { Role, SimVenueMarket, World } from '../../../sim/traders/world.ts';

interface DemoMarket {
  readonly name: string;
  readonly tick: string;
  readonly lot: string;
  readonly price: string;
  readonly priceMax: string;
  /** Sizes of a usual order, of the largest, and of the largest position. */
  readonly usual: number;
  readonly sizeMax: string;
  readonly positionMax: string;
  /** Of an inverse market: what one contract is worth in the quote currency. */
  readonly contract?: string;
  readonly tiers: readonly (readonly [floor: string, mmr: string, imr: string])[];
  /** How large its moves are, beside those of the first. */
  readonly beta: number;
}

const MAJOR = [
  ['0', '0.005', '0.01'],
  ['250000', '0.01', '0.02'],
  ['2000000', '0.025', '0.05'],
  ['20000000', '0.05', '0.1'],
] as const;
const MINOR = [
  ['0', '0.01', '0.02'],
  ['100000', '0.02', '0.04'],
  ['1000000', '0.05', '0.1'],
] as const;

export const DEMO_MARKETS: readonly DemoMarket[] = [
  {
    name: 'BTC-PERP',
    tick: '0.1',
    lot: '0.001',
    price: '61800',
    priceMax: '400000',
    usual: 0.5,
    sizeMax: '200',
    positionMax: '4000',
    tiers: MAJOR,
    beta: 1,
  },
  {
    name: 'ETH-PERP',
    tick: '0.01',
    lot: '0.001',
    price: '2681.6',
    priceMax: '40000',
    usual: 8,
    sizeMax: '4000',
    positionMax: '40000',
    tiers: MAJOR,
    beta: 1.2,
  },
  {
    name: 'SOL-PERP',
    tick: '0.001',
    lot: '0.01',
    price: '155.25',
    priceMax: '4000',
    usual: 100,
    sizeMax: '50000',
    positionMax: '400000',
    tiers: MINOR,
    beta: 1.6,
  },
  {
    name: 'DOGE-PERP',
    tick: '0.00001',
    lot: '1',
    price: '0.10412',
    priceMax: '4',
    usual: 100_000,
    sizeMax: '50000000',
    positionMax: '400000000',
    tiers: MINOR,
    beta: 1.8,
  },
  {
    name: 'USDJPY-INV',
    tick: '0.1',
    lot: '1',
    price: '147.2',
    priceMax: '600',
    contract: '1000',
    usual: 400,
    sizeMax: '50000',
    positionMax: '200000',
    tiers: MAJOR,
    beta: 0.15,
  },
];

const DECIMALS = 6;
const UNIT = 10 ** DECIMALS;
const TRADER_MONEY = 200_000;
const MAKER_MONEY = 40_000_000;
const FUND = 250_000_000;
const ROLES: readonly (readonly [role: Role, count: number])[] = [
  ['maker', 20],
  ['noise', 14],
  ['momentum', 8],
  ['holder', 14],
];

export interface DemoWorld extends World {
  readonly registry: Registry;
}

/** `timeUs` is when all of it is said. */
export function demoWorld(seed: number, timeUs: number): DemoWorld {
  const random = new Random(seed, 21);
  const registry = new Registry();
  const setup: AnyCommand[] = [];
  const say = (line: Record<string, unknown>): Command | OwnCommand => {
    const command = decodeVenueLine(JSON.stringify(line), registry, timeUs as TimeUs, () => null);
    registry.learn(command);
    setup.push(command);
    return command;
  };
  say({ kind: 'settings', asset: 'USDT', decimals: DECIMALS });
  say({ kind: 'venue', gainHaircut: '0.5', fundFloor: '0', adl: 'pnl_leverage', ordersMax: 200 });
  const markets = DEMO_MARKETS.map((market, row) => sayMarket(market, row as MarketRow, say, registry));
  say({ kind: 'breaker', share: '1/1', least: 1_000_000_000 });
  say({ kind: 'deposit', account: 'insurance', amount: String(FUND) });
  const roles: (Role | null)[] = [null, null];
  for (const [role, count] of ROLES)
    for (let at = 0; at < count; at++) {
      const name = `${role}-${roles.length}`;
      roles.push(role);
      say({ kind: 'account', name });
      const money = role === 'maker' ? MAKER_MONEY : TRADER_MONEY * random.between(0.3, 2);
      say({ kind: 'deposit', account: name, amount: String(Math.round(money)) });
      if (role !== 'maker' && random.oneIn(5))
        say({
          kind: 'mode',
          account: name,
          market: markets[random.below(markets.length)].definition.name,
          isolated: true,
        });
      else if (role !== 'maker' && random.oneIn(8)) say({ kind: 'mode', account: name, hedge: true });
    }
  return {
    startUs: timeUs,
    markets,
    roles,
    setup,
    stepBp: 1,
    regime: 'calm',
    money: TRADER_MONEY * UNIT,
    registry,
  };
}

function sayMarket(
  market: DemoMarket,
  row: MarketRow,
  say: (line: Record<string, unknown>) => Command | OwnCommand,
  registry: Registry,
): SimVenueMarket {
  const { name, tick, lot, price, priceMax, usual, sizeMax, positionMax, contract } = market;
  const tiers = market.tiers.map(([floor, mmr, imr]) => ({ floor, mmr, imr }));
  const definition = say({ kind: 'market', name, tick, lot, tiers }) as MarketCommand;
  let value = 0;
  if (contract !== undefined) {
    const told = say({ kind: 'contract', market: name, form: 'inverse', value: contract });
    if (told.kind === Kind.contract) value = (told.value.num / told.value.den) * UNIT;
  }
  const grid = registry.gridAt(row);
  const firstMark = markFromText(price, grid) as MarkTicks;
  say({ kind: 'marks', marks: [{ market: name, price }], text: 'first' });
  const listing = say({
    kind: 'listing',
    market: name,
    makerFee: '0.0002',
    takerFee: '0.0005',
    priceMax,
    sizeMin: lot,
    sizeMax,
    positionMax,
    openInterestMax: `${positionMax}000`,
    collar: '0.03',
    band: '0.1',
    leverageMax: 100,
    liquidation: { policy: 'full', fee: '0.005' },
  }) as ListingCommand;
  return {
    row,
    definition,
    form: contract === undefined ? Form.linear : Form.inverse,
    value,
    firstMark,
    listing,
    lots: Math.round(usual / Number(lot)),
  };
}

/** Takes back what the traders of an earlier run left in the books: they do not know of it. */
export function takeBack(world: World, timeUs: number): AnyCommand[] {
  return world.roles.flatMap((role, account): AnyCommand[] =>
    role === null
      ? []
      : [
          {
            kind: VenueKind.cancel_all,
            timeUs: timeUs as TimeUs,
            origin: null,
            account: account as never,
            market: null,
          },
        ],
  );
}
