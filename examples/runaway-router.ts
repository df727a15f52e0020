/**
 * A router that sends children of orders that are filled already, 1,500 a second over 150 symbols, as one did on 2012-08-01. A gate stops it three
 * times: by what their parents allow, by executions that repeat themselves, and by the firm's capital alone. Run it with `node
 * examples/runaway-router.ts` from a checkout; in a project of your own import from 'plimsoll'.
 */
import {
  DEFAULT_LEVELS,
  FIRM,
  Gate,
  GateKind,
  Kind,
  Limit,
  LimitLevel,
  Reason,
  REASON_NAMES,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
  Side,
  type Command,
  type GateCommand,
} from '../src/index.ts';

const SYMBOLS = 150;
const CHILDREN_A_SECOND = 1500;
const LOTS = 100;
const MARK = 34;
const CAPITAL = 20_000_000;
type Limits = Partial<Record<keyof typeof Limit, number>>;
type Tell = (command: object, timeUs?: number) => Reason;

/** What must be said is none, on purpose, but for what is said here. */
function valuesOf(required: readonly Limit[], limits: Limits): object[] {
  const stated = new Map<number, number | null>(required.map((limit) => [limit, null]));
  for (const [name, hard] of Object.entries(limits)) stated.set(Limit[name as keyof typeof Limit], hard);
  return [...stated].map(([limit, hard]) => ({ limit, hard, soft: null }));
}

/** A gate with one account and all symbols. Money is whole dollars, a lot at a tick is worth one. */
function open(limits: Limits): Tell {
  const gate = new Gate();
  const tell: Tell = (command, timeUs = 0) =>
    gate.apply({ ...command, timeUs, origin: null } as Command | GateCommand);
  tell({
    kind: Kind.settings,
    rules: 1,
    asset: 'USD',
    decimals: 0,
    inclusive: false,
    levels: DEFAULT_LEVELS,
  });
  const free = { num: 0, den: 1 };
  const grid = { tick: '1', lot: '1', markTick: '1', markUnit: 1, tickUnit: { num: 1, den: 1 } };
  const tiers = [{ floor: 0, mmr: { num: 1, den: 20 }, imr: { num: 1, den: 10 } }];
  const charges = { closeFee: free, basis: 0, orderMargin: 0, orderRate: free };
  for (let market = 0; market < SYMBOLS; market++) {
    tell({ kind: Kind.market, name: `S${market}`, ...grid, tiers, ...charges });
    tell({ kind: Kind.marks, marks: [{ market, price: MARK }], text: '' });
  }
  tell({ kind: Kind.account, name: 'router' });
  tell({ kind: Kind.transfer, account: 0, market: 0, leg: 0, isolated: false, amount: 1e12 });
  const firm = { group: FIRM, account: null, market: null };
  const each = valuesOf(REQUIRED_LIMITS, { window_us: 1e6, ...limits });
  const all = valuesOf(REQUIRED_FIRM_LIMITS, { traded_value_max: CAPITAL });
  const levels = [LimitLevel.account, LimitLevel.group];
  const sets = levels.map((level, at) => ({ ...firm, level, values: [each, all][at] }));
  tell({ kind: GateKind.limits, version: 1, author: 'risk', why: 'before the open', effectiveUs: 0, sets });
  return tell;
}

/** Ten seconds of children; each that is accepted is filled a dollar beyond the mark. The first of a symbol is wanted where it has a parent. */
function runAway(what: string, limits: Limits, hasParents: boolean): void {
  const tell = open(limits);
  let [sent, unwanted, value, lastUs, why] = [0, 0, 0, 0, Reason.accepted as Reason];
  for (let n = 0; n < 10 * CHILDREN_A_SECOND; n++) {
    const market = n % SYMBOLS;
    const side = market % 2 === 0 ? Side.bid : Side.ask;
    const parent = hasParents ? market + 1 : 0;
    const isWanted = hasParents && n < SYMBOLS;
    if (isWanted) tell({ kind: GateKind.parent, parent, account: 0, market, side, size: LOTS });
    const timeUs = Math.floor((n * 1e6) / CHILDREN_A_SECOND);
    const child = { account: 0, market, leg: 0, side, price: side === Side.bid ? MARK + 1 : MARK - 1 };
    const order = { ...child, type: 0, size: LOTS, reduceOnly: false, clientId: 0, parent };
    const reason = tell({ kind: GateKind.enter, ...order }, timeUs);
    if (reason !== Reason.accepted) why ||= reason;
    else {
      const trade = { ...child, name: '', lots: LOTS, fee: 0, trade: n + 1, order: ++sent };
      tell({ kind: GateKind.execution, ...trade }, timeUs);
      if (!isWanted) [unwanted, value, lastUs] = [unwanted + 1, value + LOTS * child.price, timeUs];
    }
  }
  console.log(`${what}: ${REASON_NAMES[why]}`);
  console.log(`  ${unwanted} unwanted children, the last after ${lastUs / 1e6} s; ${unwanted * LOTS} lost,`);
  console.log(`  ${value} if every price doubled or went to nothing, of a capital of ${CAPITAL}`);
}

runAway('Each child has a parent', { parent_required: 1 }, true);
runAway('Eight executions in a row halt the account in a market', { repeat_max: 8, repeat_us: 1e6 }, false);
runAway('Nothing but the capital of the firm', {}, false);
