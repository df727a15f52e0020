/**
 * S12, a router that runs away: it made 212 parents into children, they are filled, and it goes on to send children of them, 1,500 a second over 150
 * symbols, buying in one and selling in the next. What stops it, after how long, and what it can cost at most.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { HaltState } from '../../src/core/schema/gate-commands.ts';
import { Side } from '../../src/core/schema/side.ts';
import { Desk } from './desk.ts';
import { fastGate } from './subjects.ts';

const SYMBOLS = 150;
const PARENTS = 212;
const CHILDREN_A_SECOND = 1500;
const CHILDREN_OF_A_PARENT = 10;
const SECOND = 1_000_000;
const CHILD_LOTS = 100;
const MARK = 34;
/** What a child pays beyond the mark. */
const SPREAD = 1;
/** Set before the day begins: what the firm can bear. */
const CAPITAL = 20_000_000;

const symbol = (at: number): string => `S${at % SYMBOLS}`;
const sideOf = (at: number): Side => ((at % SYMBOLS) % 2 === 0 ? Side.bid : Side.ask);

interface Damage {
  /** Children that went out although nobody wanted them. */
  sent: number;
  /** When the last of them did, after the first was made. */
  stoppedUs: number;
  /** Of all that was traded in them. */
  value: number;
  /** What they cost at once. */
  loss: number;
  /** Of the first child that was refused. */
  reason: string;
  /** Of the gate, at that child. */
  notices: readonly string[];
}

/** Sends unwanted children for so long. What is accepted is filled at once. */
function runAway(desk: Desk, seconds: number, parentOf: (at: number) => number): Damage {
  const damage: Damage = { sent: 0, stoppedUs: 0, value: 0, loss: 0, reason: 'accepted', notices: [] };
  const startUs = desk.timeUs;
  for (let at = 0; at < seconds * CHILDREN_A_SECOND; at++) {
    desk.timeUs = startUs + Math.floor((at * SECOND) / CHILDREN_A_SECOND);
    const reason = send(desk, at, parentOf(at));
    if (reason === 'accepted') {
      damage.sent++;
      damage.stoppedUs = desk.timeUs - startUs;
      damage.value += CHILD_LOTS * priceOf(sideOf(at));
      damage.loss += CHILD_LOTS * SPREAD;
    } else if (damage.reason === 'accepted') {
      damage.reason = reason;
      damage.notices = desk.notices;
    }
  }
  return damage;
}

function priceOf(side: Side): number {
  return side === Side.bid ? MARK + SPREAD : MARK - SPREAD;
}

function send(desk: Desk, at: number, parent: number): string {
  const side = sideOf(at);
  const price = priceOf(side);
  const order = side === Side.bid ? 'buy' : 'sell';
  const reason = desk[order]('router', symbol(at), CHILD_LOTS, price, { parent });
  if (reason === 'accepted')
    desk.filled('router', symbol(at), side, CHILD_LOTS, price, { order: desk.last.order });
  return reason;
}

function print(what: string, { sent, stoppedUs, value, loss, reason }: Damage): void {
  const ms = (stoppedUs / 1000).toFixed(1);
  console.log(
    `S12, ${what}: ${sent} unwanted children in ${ms} ms, then ${reason}. Lost at once: ${loss}; ` +
      `if every price doubled or went to nothing: ${value}; capital: ${CAPITAL}`,
  );
}

describe('incident S12', () => {
  let desk: Desk;

  beforeEach(() => {
    desk = new Desk(fastGate());
    for (let at = 0; at < SYMBOLS; at++) desk.market(symbol(at), MARK);
    desk.account('router', 1e12);
    desk.account('other');
    desk.limit({ total: true }, { traded_value_max: CAPITAL });
  });

  /** Every child that somebody wanted. */
  function trade(): void {
    for (let parent = 1; parent <= PARENTS; parent++) {
      desk.parent(parent, 'router', symbol(parent), sideOf(parent), CHILDREN_OF_A_PARENT * CHILD_LOTS);
      for (let child = 0; child < CHILDREN_OF_A_PARENT; child++)
        expect(send(desk, parent, parent)).toBe('accepted');
    }
  }

  it('children of filled parents: none goes out, and the router is halted at the first', () => {
    desk.limit({}, { parent_required: 1 });
    trade();
    const damage = runAway(desk, 5, (at) => (at % SYMBOLS === 0 ? SYMBOLS : at % SYMBOLS));
    print('parents known', damage);
    expect(damage).toMatchObject({ sent: 0, loss: 0, reason: 'parent_exceeded' });
    expect(damage.notices).toEqual(['parent_exceeded', 'halted']);
    // It sold there: what buys it back is a reduction.
    expect(desk.sell('router', 'S1', 1, MARK)).toBe('halted');
    expect(desk.buy('router', 'S1', 1, MARK)).toBe('accepted');
    desk.parent(PARENTS + 1, 'other', 'S1', Side.bid, 1);
    expect(desk.buy('other', 'S1', 1, MARK, { parent: PARENTS + 1 })).toBe('accepted');
  });

  it('children of no parent, where one is asked for: none goes out', () => {
    desk.limit({}, { parent_required: 1 });
    const damage = runAway(desk, 1, () => 0);
    expect(damage).toMatchObject({ sent: 0, reason: 'parent_missing' });
  });

  it('fills that come late or never make no difference: what was sent counts', () => {
    desk.limit({}, { parent_required: 1 });
    desk.parent(1, 'router', 'S1', Side.ask, 10 * CHILD_LOTS);
    const sendOne = (): string => desk.sell('router', 'S1', CHILD_LOTS, MARK, { parent: 1 });
    for (let child = 0; child < 10; child++) expect(sendOne()).toBe('accepted');
    expect(sendOne()).toBe('parent_exceeded');
  });

  it('no parents at all: executions that repeat themselves stop it, symbol by symbol', () => {
    desk.limit({}, { repeat_max: 8, repeat_us: SECOND });
    const damage = runAway(desk, 5, () => 0);
    print('executions counted', damage);
    expect(damage).toMatchObject({ sent: 8 * SYMBOLS, reason: 'halted' });
    expect(damage.stoppedUs).toBeLessThanOrEqual(SECOND);
    expect(damage.value).toBeLessThanOrEqual(CAPITAL);
  });

  it('a limit on orders slows it down to what was set', () => {
    desk.limit({}, { orders_max: 200 });
    const damage = runAway(desk, 3, () => 0);
    print('orders counted', damage);
    expect(damage.reason).toBe('order_rate');
    // A window counts for its length and up to a slice more: each second has its 200 and no more.
    expect(damage.sent).toBeLessThanOrEqual(3 * 200);
    expect(damage.sent).toBeGreaterThan(2 * 200);
  });

  it('nothing else set: the capital of the firm ends it, to the dollar, for everybody', () => {
    const damage = runAway(desk, 10, () => 0);
    print('capital alone', damage);
    expect(damage.reason).toBe('capital');
    expect(damage.value).toBeLessThanOrEqual(CAPITAL);
    expect(damage.value).toBeGreaterThan(CAPITAL - CHILD_LOTS * (MARK + SPREAD));
    expect(damage.loss).toBeLessThan(CAPITAL);
    expect(desk.buy('other', 'S1', CHILD_LOTS, MARK)).toBe('capital');
  });

  it('a kill stops everything new, and everything that works can be cancelled', () => {
    const working = Array.from({ length: 300 }, (_, at) => {
      expect(desk.buy('router', symbol(at), CHILD_LOTS, MARK - 1)).toBe('accepted');
      return desk.last.order;
    });
    desk.halt({ group: 'firm' }, HaltState.halted);
    for (const account of ['router', 'other']) expect(desk.buy(account, 'S7', 1, MARK)).toBe('halted');
    for (const order of working) {
      expect(desk.cancel('router', order)).toBe('accepted');
      desk.done(order);
    }
    expect(desk.cancel('router', working[0])).toBe('order_unknown');
  });

  describe('an account that is in nobody’s controls', () => {
    it('its first execution is an alarm, and its orders are refused: unknown, and once it is opened, halted', () => {
      const trade = (): string => desk.filled(null, 'S1', Side.bid, CHILD_LOTS, MARK, { name: 'error-33' });
      expect(trade()).toBe('accepted');
      expect(desk.last.notices).toMatchObject([{ name: 'error-33', lots: CHILD_LOTS }]);
      expect(desk.notices).toEqual(['unknown_account']);
      expect(desk.stranger('S1', 1, MARK)).toBe('account_unknown');
      trade();
      desk.account('error-33');
      expect(desk.buy('error-33', 'S1', 1, MARK)).toBe('halted');
    });
  });
});
