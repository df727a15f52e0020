/**
 * An exchange in one process: a long is liquidated, first into the book, then by the insurance fund, and at last against the short with the highest
 * rank. Run it with `node examples/run-an-exchange.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  AdlRanking,
  ClosePolicy,
  DEFAULT_LEVELS,
  Exchange,
  Kind,
  PLAIN_ORDER,
  Reason,
  REASON_NAMES,
  Side,
  VenueKind,
  type Command,
  type OwnCommand,
} from '../src/index.ts';

const exchange = new Exchange();
const free = { num: 0, den: 1 };
const whole = { num: 1, den: 1 };
const SHOWN = new Set(['liquidation', 'trade', 'takeover', 'adl', 'liquidation_end']);
let timeUs = 0;
function tell(command: object): void {
  const reason = exchange.apply({ ...command, timeUs: ++timeUs, origin: null } as Command | OwnCommand);
  if (reason !== Reason.accepted) throw new Error(REASON_NAMES[reason]);
  for (const { event, ...fields } of exchange.events.all())
    if (SHOWN.has(event)) console.log(`  ${event} ${JSON.stringify(fields)}`);
}
const account = (name: string, deposit: number): number => {
  tell({ kind: Kind.account, name });
  const row = exchange.engine.book.accounts.count - 1;
  tell({ kind: VenueKind.deposit, account: row, asset: null, amount: deposit });
  return row;
};
const order = (account: number, side: Side, size: number, price: number): void =>
  tell({
    ...PLAIN_ORDER,
    account,
    market: 0,
    side,
    size,
    price,
  });
const mark = (price: number): void => {
  console.log(`mark ${price}`);
  tell({ kind: Kind.marks, marks: [{ market: 0, price }], text: '' });
};

// Money is whole dollars, a lot at a tick is worth one, maintenance is 2 % and initial margin 4 %.
tell({ kind: Kind.settings, rules: 1, asset: 'USD', decimals: 0, inclusive: false, levels: DEFAULT_LEVELS });
const rules = { gainHaircut: free, fundFloor: 0, notionalMax: null, ordersMax: 100 };
tell({ kind: VenueKind.venue, adl: AdlRanking.pnl_leverage, ...rules });
const grid = { tick: '1', lot: '1', markTick: '1', markUnit: 1, tickUnit: whole };
const tiers = [{ floor: 0, mmr: { num: 1, den: 50 }, imr: { num: 1, den: 25 } }];
const charges = { closeFee: free, basis: 0, orderMargin: 0, orderRate: free };
tell({ kind: Kind.market, name: 'BTC-PERP', ...grid, tiers, ...charges });
const fees = { makerFee: free, takerFee: free };
const sizes = {
  sizeMin: 1,
  sizeMax: 10_000,
  positionMax: 10_000,
  openInterestMax: 1_000_000,
  leverageMax: 25,
};
const prices = {
  priceMax: 1_000_000,
  collar: { num: 1, den: 10 },
  band: { num: 1, den: 2 },
  depthShare: null,
};
const close = {
  policy: ClosePolicy.full,
  share: whole,
  threshold: 0,
  cooldownUs: 0,
  buffer: whole,
  fee: free,
};
const halt = { haltMove: null, haltWindowUs: 0, liquidation: close };
tell({ kind: VenueKind.listing, market: 0, ...fees, ...sizes, ...prices, ...halt });
mark(100);
tell({ kind: VenueKind.deposit, account: 0, asset: null, amount: 100 });
const long = account('long', 500);
const short = account('short', 100_000);
const maker = account('maker', 100_000);
order(short, Side.ask, 100, 100);
order(long, Side.bid, 100, 100);
order(maker, Side.bid, 30, 96);
for (const price of [97, 96, 90]) mark(price);
