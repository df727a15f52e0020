/**
 * One market, one long, and a mark that falls: the engine says at which price the account changes its level, and what it
 * would take. Run it with `node examples/watch-an-account.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  DEFAULT_LEVELS,
  Engine,
  gridOf,
  isGrid,
  Kind,
  Leg,
  LEVEL_NAMES,
  liquidationPrice,
  MarginBasis,
  markFromText,
  markToText,
  moneyFromText,
  OrderMargin,
  Reason,
  REASON_NAMES,
  type Command,
} from '../src/index.ts';

const grid = gridOf({ tick: '0.1', lot: '0.001', decimals: 6 });
if (!isGrid(grid)) throw new Error(grid.problem);

const engine = new Engine();
let timeUs = 0;
/** What a command says beyond its time; none of these comes from a numbered stream. */
function tell(command: object): void {
  const decision = engine.apply({ ...command, timeUs: ++timeUs, origin: null } as Command);
  if (decision.reason !== Reason.accepted) throw new Error(REASON_NAMES[decision.reason]);
  for (const { from, to } of decision.levels) console.log(`  ${LEVEL_NAMES[from]} -> ${LEVEL_NAMES[to]}`);
}

tell({ kind: Kind.settings, rules: 1, asset: 'USDT', decimals: 6, inclusive: false, levels: DEFAULT_LEVELS });
tell({
  kind: Kind.market,
  name: 'BTC-PERP',
  ...grid,
  basis: MarginBasis.mark,
  orderMargin: OrderMargin.none,
  tiers: [{ floor: 0, mmr: { num: 1, den: 250 }, imr: { num: 1, den: 125 } }],
  closeFee: { num: 0, den: 1 },
  orderRate: { num: 0, den: 1 },
});
const bucket = { account: 0, market: 0, leg: Leg.net, isolated: false };
tell({ kind: Kind.marks, marks: [{ market: 0, price: markFromText('50000', grid) }], text: '' });
tell({ kind: Kind.account, name: 'long-1' });
tell({ kind: Kind.transfer, ...bucket, amount: moneyFromText('1000', 6) });
tell({ kind: Kind.position, ...bucket, size: 100, costBasis: moneyFromText('5000', 6), fundingIndex: null });

const answer = liquidationPrice(engine.book, engine.thresholds!, engine.book.cross[0], 0);
console.log(`liquidatable at a mark of ${markToText(answer.price as never, grid)}`);

for (const mark of ['45000', '40240', '40200', '40161', '40160.5', '40000', '39999.9']) {
  console.log(`mark ${mark}`);
  tell({ kind: Kind.marks, marks: [{ market: 0, price: markFromText(mark, grid) }], text: '' });
}
