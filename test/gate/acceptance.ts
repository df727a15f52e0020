/**
 * What a gate must do, as a risk officer would say it: one suite, run by every gate there is (`acceptance.test.ts`). Each case is named after
 * the rule that it pins.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { HaltState, ShortRule } from '../../src/core/schema/gate-commands.ts';
import { GroupKind } from '../../src/core/schema/gate-limits.ts';
import { Side } from '../../src/core/schema/side.ts';
import { Desk, type AnyGate } from './desk.ts';

const SECOND = 1_000_000;

export function testGate(make: () => AnyGate): void {
  let desk: Desk;

  beforeEach(() => {
    desk = new Desk(make());
    desk.market('BTC', 100);
    desk.market('ETH', 10);
    desk.account('alice');
    desk.account('bob');
  });

  describe('working orders count', () => {
    it('GATE-001: two orders that fit alone and not together are one accepted and one refused', () => {
      desk.limit({}, { position_max: 10 });
      expect(desk.buy('alice', 'BTC', 6, 100)).toBe('accepted');
      const first = desk.last.order;
      expect(desk.buy('alice', 'BTC', 5, 99)).toBe('position_max');
      expect(desk.last.findings).toMatchObject([{ which: 'position_max', limit: 10, value: 11 }]);
      expect(desk.buy('alice', 'BTC', 4, 99)).toBe('accepted');
      // A cancel that was asked for is not one that happened.
      expect(desk.cancel('alice', first)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 99)).toBe('position_max');
      desk.done(first);
      expect(desk.buy('alice', 'BTC', 6, 99)).toBe('accepted');
    });

    it('GATE-002: sales do not make room for purchases, nor the other way round', () => {
      desk.limit({}, { position_max: 10 });
      expect(desk.buy('alice', 'BTC', 10, 99)).toBe('accepted');
      expect(desk.sell('alice', 'BTC', 10, 101)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 99)).toBe('position_max');
      expect(desk.sell('alice', 'BTC', 1, 101)).toBe('position_max');
    });

    it('GATE-003: a fill moves room from the order to the position, and makes none', () => {
      desk.limit({}, { position_max: 10 });
      desk.buy('alice', 'BTC', 10, 100);
      const { order } = desk.last;
      desk.filled('alice', 'BTC', Side.bid, 4, 100, { order });
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('position_max');
      desk.done(order);
      expect(desk.buy('alice', 'BTC', 7, 100)).toBe('position_max');
      expect(desk.buy('alice', 'BTC', 6, 100)).toBe('accepted');
    });

    it('GATE-004: until a venue confirms a replace, the larger of both counts', () => {
      desk.limit({}, { position_max: 10 });
      desk.buy('alice', 'BTC', 8, 100);
      const { order } = desk.last;
      expect(desk.replace('alice', order, 11, 100)).toBe('position_max');
      expect(desk.replace('alice', order, 2, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 3, 100)).toBe('position_max');
      expect(desk.replace('alice', order, 3, 100)).toBe('replace_waits');
      desk.confirm(order);
      expect(desk.buy('alice', 'BTC', 8, 100)).toBe('accepted');
    });

    it('GATE-005: a replace that the venue refuses leaves the order as it was', () => {
      desk.limit({}, { position_max: 10 });
      desk.buy('alice', 'BTC', 8, 100);
      const { order } = desk.last;
      desk.replace('alice', order, 2, 100);
      desk.confirm(order, false);
      expect(desk.buy('alice', 'BTC', 3, 100)).toBe('position_max');
      expect(desk.buy('alice', 'BTC', 2, 100)).toBe('accepted');
    });
  });

  describe('what reduces passes', () => {
    it('GATE-006: who is over a limit may come back, by as much as is held and no more', () => {
      desk.holds('alice', 'BTC', 20, 100);
      desk.limit({}, { position_max: 10 });
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('position_max');
      expect(desk.sell('alice', 'BTC', 12, 100)).toBe('accepted');
      // Eight are left to reduce: a ninth would open, once the others are sold.
      expect(desk.sell('alice', 'BTC', 9, 100)).toBe('position_max');
      expect(desk.sell('alice', 'BTC', 8, 100)).toBe('accepted');
    });

    it('GATE-007: halted, without a mark, beyond every limit: a reduction and a cancel pass all the same', () => {
      desk.market('NEW', null);
      desk.holds('alice', 'BTC', 5, 100);
      desk.buy('alice', 'ETH', 3, 10);
      const { order } = desk.last;
      desk.limit({}, { order_size_max: 0, orders_max: 0, order_value_max: 0, gross_max: 0, working_max: 0 });
      desk.halt({ group: 'firm' }, HaltState.halted);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('halted');
      expect(desk.sell('alice', 'BTC', 5, 100)).toBe('accepted');
      expect(desk.cancel('alice', order)).toBe('accepted');
    });

    it('GATE-008: a slip in the price is one on the way out as well', () => {
      desk.limit({}, { collar_mark: 50_000 });
      desk.holds('alice', 'BTC', 5, 100);
      expect(desk.sell('alice', 'BTC', 5, 94)).toBe('collar_mark');
      expect(desk.sell('alice', 'BTC', 5, 95)).toBe('accepted');
      expect(desk.buy('bob', 'BTC', 1, 106)).toBe('collar_mark');
      expect(desk.last.findings).toMatchObject([{ limit: 50_000, value: 60_000 }]);
      expect(desk.buy('bob', 'BTC', 1, 105)).toBe('accepted');
      expect(desk.buy('bob', 'BTC', 1, 1)).toBe('accepted');
    });

    it('GATE-009: reduce-only is true or it is refused', () => {
      expect(desk.sell('alice', 'BTC', 1, 100, { reduceOnly: true })).toBe('nothing_to_reduce');
      desk.holds('alice', 'BTC', 5, 100);
      expect(desk.sell('alice', 'BTC', 6, 100, { reduceOnly: true })).toBe('nothing_to_reduce');
      expect(desk.sell('alice', 'BTC', 5, 100, { reduceOnly: true })).toBe('accepted');
      expect(desk.sell('alice', 'BTC', 1, 100, { reduceOnly: true })).toBe('nothing_to_reduce');
    });
  });

  describe('closed where it fails', () => {
    it('GATE-010: what nobody said is no permission, and none on purpose is one', () => {
      const bare = new Desk(make(), true);
      bare.market('BTC', 100);
      bare.account('alice');
      expect(bare.buy('alice', 'BTC', 1, 100)).toBe('limit_missing');
      expect(bare.last.findings[0].which).toBe('order_size_max');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
    });

    it('GATE-011: without a mark nothing opens', () => {
      desk.market('NEW', null);
      expect(desk.buy('alice', 'NEW', 1, 100)).toBe('price_not_valid');
      expect(desk.buy('alice', 'NEW', 1, 'market')).toBe('price_not_valid');
      desk.mark('NEW', 100);
      expect(desk.buy('alice', 'NEW', 1, 100)).toBe('accepted');
    });

    it('GATE-012: everything that is wrong is said at once, warnings with it', () => {
      desk.limit(
        {},
        { order_size_max: 5, order_value_max: [null, 900], gross_max: 500, collar_mark: 10_000 },
      );
      desk.describe('BTC', { restricted: true });
      expect(desk.buy('alice', 'BTC', 10, 110)).toBe('market_restricted');
      expect(desk.reasons).toEqual([
        'market_restricted',
        'order_size',
        '(order_value)',
        'collar_mark',
        'gross_value',
      ]);
    });

    it('GATE-013: money has to be there for margin with every order, and for what is lost at once', () => {
      desk.account('carol', 1000);
      expect(desk.buy('carol', 'BTC', 60, 100)).toBe('accepted');
      expect(desk.buy('carol', 'BTC', 41, 100)).toBe('initial_margin');
      expect(desk.last.findings).toMatchObject([{ limit: 1000, value: 1010 }]);
      // 100 lots need 1000; four dollars above the mark on 40 lots would be lost at once.
      expect(desk.buy('carol', 'BTC', 40, 104)).toBe('initial_margin');
      expect(desk.buy('carol', 'BTC', 40, 100)).toBe('accepted');
    });

    it('GATE-014: what cannot be read is refused alone', () => {
      expect(desk.buy('alice', 'BTC', 0, 100)).toBe('number_invalid');
      expect(desk.buy('alice', 'BTC', -1, 100)).toBe('number_invalid');
      expect(desk.buy('alice', 'BTC', NaN, 100)).toBe('number_invalid');
      expect(desk.buy('alice', 'BTC', 1, 0)).toBe('order_invalid');
      expect(desk.last.findings).toEqual([]);
      expect(desk.buy('alice', 'BTC', 1, 100, { clientId: 7 })).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100, { clientId: 7 })).toBe('client_id_taken');
    });
  });

  describe('how often', () => {
    it('GATE-015: so many orders in the window, wherever it begins; refused ones do not count', () => {
      desk.limit({}, { orders_max: 3 });
      for (let at = 0; at < 3; at++) {
        expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
        desk.wait(SECOND / 4);
      }
      for (let at = 0; at < 10; at++) expect(desk.buy('alice', 'BTC', 1, 100)).toBe('order_rate');
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('accepted');
      // The first is a second ago, and counts. A slice later it does not: one is free, and one only.
      desk.wait(SECOND / 4);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('order_rate');
      desk.wait(SECOND / 16);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('order_rate');
    });

    it('GATE-016: value, too, and a market order is worth what it may pay at worst', () => {
      desk.limit({}, { order_rate_value_max: 2050, collar_mark: 50_000 });
      expect(desk.buy('alice', 'BTC', 10, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 10, 'market')).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 1)).toBe('value_rate');
      expect(desk.last.findings).toMatchObject([{ limit: 2050, value: 2051 }]);
    });

    it('GATE-017: the same order again is a mistake for a while', () => {
      desk.limit({}, { duplicate_us: 10_000 });
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
      desk.wait(9999);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('duplicate_order');
      expect(desk.buy('alice', 'BTC', 2, 100)).toBe('accepted');
      desk.wait(1);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
    });

    it('GATE-018: who cancels all the time opens nothing new, and may still cancel', () => {
      desk.limit({}, { cancels_max: 1 });
      desk.buy('alice', 'BTC', 1, 100);
      const { order } = desk.last;
      expect(desk.cancel('alice', order)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
      expect(desk.cancel('alice', order)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('cancel_rate');
      expect(desk.cancel('alice', order)).toBe('accepted');
    });
  });

  describe('groups', () => {
    beforeEach(() => {
      desk.account('carol');
      desk.group('desk-a', GroupKind.desk, 'alice', 'bob');
      desk.group('venue-x', GroupKind.venue, 'alice', 'carol');
    });

    it('GATE-019: a desk is limited as the sum of its accounts, whoever sends', () => {
      desk.limit({ group: 'desk-a', market: 'BTC', total: true }, { group_long_max: 10 });
      expect(desk.buy('alice', 'BTC', 6, 100)).toBe('accepted');
      expect(desk.buy('carol', 'BTC', 50, 100)).toBe('accepted');
      expect(desk.buy('bob', 'BTC', 5, 100)).toBe('group_position');
      expect(desk.last.findings).toMatchObject([{ value: 11, limit: 10, scope: desk.groupOf('desk-a') }]);
      expect(desk.buy('bob', 'BTC', 4, 100)).toBe('accepted');
    });

    it('GATE-020: one order is refused by its venue, its desk and the firm, and says all three', () => {
      desk.limit({ group: 'desk-a', total: true }, { group_gross_value_max: 900 });
      desk.limit({ group: 'venue-x', total: true }, { group_gross_value_max: 800 });
      desk.limit({ total: true }, { group_gross_value_max: 700 });
      expect(desk.buy('alice', 'BTC', 10, 100)).toBe('group_gross');
      expect(desk.last.findings.map(({ reason, scope }) => [reason, scope])).toEqual([
        ['group_gross', 0],
        ['group_gross', desk.groupOf('desk-a')],
        ['venue_exposure', desk.groupOf('venue-x')],
      ]);
    });

    it('GATE-021: what the firm may trade in a day is set beforehand; the next day begins anew', () => {
      desk.limit({ total: true }, { traded_value_max: 1000 });
      desk.buy('alice', 'BTC', 6, 100);
      desk.filled('alice', 'BTC', Side.bid, 6, 100, { order: desk.last.order });
      expect(desk.buy('bob', 'BTC', 5, 100)).toBe('capital');
      expect(desk.buy('bob', 'BTC', 4, 100)).toBe('accepted');
      desk.done(desk.last.order);
      desk.newDay();
      expect(desk.buy('bob', 'BTC', 10, 100)).toBe('accepted');
    });
  });

  describe('limits', () => {
    it('GATE-022: the special stands before the general', () => {
      desk.limit({}, { order_size_max: 5 });
      desk.limit({ market: 'BTC' }, { order_size_max: 4 });
      desk.limit({ account: 'alice' }, { order_size_max: 8 });
      desk.limit({ account: 'alice', market: 'ETH' }, { order_size_max: 9 });
      const mostOf = (account: string, market: string, price: number): number => {
        for (let size = 1; ; size++)
          if (desk.buy(account, market, size, price) !== 'accepted') return size - 1;
      };
      expect(mostOf('bob', 'ETH', 10)).toBe(5);
      expect(mostOf('bob', 'BTC', 100)).toBe(4);
      expect(mostOf('alice', 'BTC', 100)).toBe(8);
      expect(mostOf('alice', 'ETH', 10)).toBe(9);
    });

    it('GATE-023: a version holds from its time on, follows the one before, and says who and why', () => {
      desk.limit({}, { order_size_max: 5 });
      desk.limit({}, { order_size_max: 2 }, desk.timeUs + 60 * SECOND);
      expect(desk.buy('alice', 'BTC', 5, 100)).toBe('accepted');
      desk.wait(60 * SECOND);
      expect(desk.buy('alice', 'BTC', 3, 100)).toBe('order_size');
      const next = desk.limitsCommand({}, { order_size_max: 9 });
      expect(desk.ask({ ...next, version: 2 })).toBe('version_invalid');
      expect(desk.ask({ ...next, author: '' })).toBe('unexplained');
      expect(desk.ask({ ...next, why: '' })).toBe('unexplained');
      expect(desk.buy('alice', 'BTC', 3, 100)).toBe('order_size');
      expect(desk.ask(next)).toBe('accepted');
      expect(desk.notices).toEqual(['limits_active']);
      expect(desk.buy('alice', 'BTC', 9, 100)).toBe('accepted');
    });

    it('GATE-024: two people may grant more for a while, one may not', () => {
      desk.limit({}, { order_size_max: 5 });
      const until = desk.timeUs + 60 * SECOND;
      expect(desk.grant('alice', 'order_size_max', 9, until, 'Rita Risk')).toBe('grant_invalid');
      expect(desk.grant('alice', 'order_size_max', 9, desk.timeUs)).toBe('grant_invalid');
      expect(desk.buy('alice', 'BTC', 9, 100)).toBe('order_size');
      expect(desk.grant('alice', 'order_size_max', 9, until)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 9, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 10, 100)).toBe('order_size');
      expect(desk.buy('bob', 'BTC', 6, 100)).toBe('order_size');
      desk.wait(60 * SECOND);
      expect(desk.notices).toEqual(['grant_ended']);
      expect(desk.buy('alice', 'BTC', 6, 100)).toBe('order_size');
    });
  });

  describe('halts', () => {
    it('GATE-025: by account, market, account in a market and firm; the worst counts, and no time ends one', () => {
      desk.halt({ account: 'alice', market: 'BTC' }, HaltState.reduce_only);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('reduce_only');
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('accepted');
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('accepted');
      desk.halt({ market: 'BTC' }, HaltState.halted);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('halted');
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('halted');
      desk.wait(30 * 86_400 * SECOND);
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('halted');
      expect(desk.release({ market: 'BTC' })).toBe('accepted');
      expect(desk.release({ market: 'BTC' })).toBe('halt_unknown');
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('reduce_only');
      desk.halt({ group: 'firm' }, HaltState.halted);
      expect(desk.buy('bob', 'ETH', 1, 10)).toBe('halted');
    });

    it('GATE-026: a loss halts the account, and only its end lets a person release it; money that came is no gain', () => {
      desk.limit({}, { loss_max: 1000 });
      desk.holds('alice', 'BTC', 100, 100);
      desk.newDay();
      desk.mark('BTC', 90);
      desk.wait(1);
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('accepted');
      desk.mark('BTC', 89);
      desk.wait(1);
      expect(desk.notices).toEqual(['halted']);
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('halted');
      expect(desk.reasons).toEqual(['halted', 'loss']);
      expect(desk.release({ account: 'alice' })).toBe('halt_condition_holds');
      desk.deposit('alice', 5000);
      expect(desk.release({ account: 'alice' })).toBe('halt_condition_holds');
      expect(desk.sell('alice', 'BTC', 100, 89)).toBe('accepted');
      desk.mark('BTC', 95);
      desk.wait(1);
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('halted');
      expect(desk.release({ account: 'alice' })).toBe('accepted');
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('accepted');
    });

    it('GATE-027: executions that repeat themselves halt the account in that market', () => {
      desk.limit({}, { repeat_max: 3, repeat_us: SECOND });
      const fill = (side: Side): string => desk.filled('alice', 'BTC', side, 1, 100);
      fill(Side.bid);
      fill(Side.bid);
      fill(Side.ask);
      fill(Side.bid);
      fill(Side.bid);
      desk.wait(SECOND);
      fill(Side.bid);
      fill(Side.bid);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
      fill(Side.bid);
      expect(desk.notices).toEqual(['halted']);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('halted');
      expect(desk.buy('alice', 'ETH', 1, 10)).toBe('accepted');
      expect(desk.release({ account: 'alice', market: 'BTC' })).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
    });
  });

  describe('executions', () => {
    it('GATE-028: a trade counts once, however often it is told', () => {
      desk.limit({}, { position_max: 10 });
      expect(desk.filled('alice', 'BTC', Side.bid, 6, 100, { trade: 77 })).toBe('accepted');
      expect(desk.filled('alice', 'BTC', Side.bid, 6, 100, { trade: 77 })).toBe('duplicate_execution');
      expect(desk.filled('alice', 'BTC', Side.bid, 1, 90, { trade: 77 })).toBe('duplicate_execution');
      expect(desk.buy('alice', 'BTC', 5, 100)).toBe('position_max');
      expect(desk.buy('alice', 'BTC', 4, 100)).toBe('accepted');
    });

    it('GATE-029: it is remembered through the next day', () => {
      desk.filled('alice', 'BTC', Side.bid, 1, 100, { trade: 77 });
      desk.newDay();
      expect(desk.filled('alice', 'BTC', Side.bid, 1, 100, { trade: 77 })).toBe('duplicate_execution');
      expect(desk.filled('alice', 'BTC', Side.ask, 1, 100, { trade: 77 })).toBe('accepted');
      desk.newDay();
      expect(desk.filled('alice', 'BTC', Side.bid, 1, 100, { trade: 77 })).toBe('accepted');
      expect(desk.filled('alice', 'BTC', Side.ask, 1, 100, { trade: 77 })).toBe('duplicate_execution');
    });

    it('GATE-030: more than an order had left counts all the same, and is an alarm', () => {
      desk.limit({}, { position_max: 10 });
      desk.buy('alice', 'BTC', 2, 100);
      desk.filled('alice', 'BTC', Side.bid, 9, 100, { order: desk.last.order });
      expect(desk.last.notices).toMatchObject([{ lots: 7 }]);
      expect(desk.notices).toEqual(['overfill']);
      expect(desk.buy('alice', 'BTC', 2, 100)).toBe('position_max');
    });

    it('GATE-031: a trade of an account that nobody knows is an alarm, and what follows is refused', () => {
      expect(desk.filled(null, 'BTC', Side.bid, 9, 100, { name: 'power-peg' })).toBe('accepted');
      expect(desk.notices).toEqual(['unknown_account']);
      expect(desk.filled(null, 'BTC', Side.bid, 9, 100, { name: '' })).toBe('name_invalid');
      desk.account('power-peg');
      expect(desk.buy('power-peg', 'BTC', 1, 100)).toBe('halted');
      expect(desk.release({ account: 'power-peg' })).toBe('accepted');
      expect(desk.buy('power-peg', 'BTC', 1, 100)).toBe('accepted');
    });
  });

  describe('rules of a market', () => {
    it('GATE-032: no sale short beyond what was located, none at all where it is banned', () => {
      desk.describe('BTC', { short: ShortRule.locate });
      desk.holds('alice', 'BTC', 5, 100);
      expect(desk.sell('alice', 'BTC', 6, 100)).toBe('locate_missing');
      expect(desk.last.findings).toMatchObject([{ limit: 0, value: 1 }]);
      desk.locate('alice', 'BTC', 3, desk.timeUs + SECOND);
      expect(desk.sell('alice', 'BTC', 8, 100)).toBe('accepted');
      expect(desk.sell('alice', 'BTC', 1, 100)).toBe('locate_missing');
      desk.done(1);
      desk.wait(SECOND);
      expect(desk.sell('alice', 'BTC', 8, 100)).toBe('locate_missing');
      desk.describe('BTC', { short: ShortRule.banned });
      expect(desk.sell('alice', 'BTC', 6, 100)).toBe('short_banned');
      expect(desk.sell('alice', 'BTC', 5, 100)).toBe('accepted');
    });

    it('GATE-033: no order meets another of the same account', () => {
      desk.limit({}, { self_trade: 1 });
      desk.sell('alice', 'BTC', 1, 101);
      expect(desk.buy('alice', 'BTC', 1, 101)).toBe('self_trade');
      expect(desk.buy('bob', 'BTC', 1, 101)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('accepted');
      expect(desk.sell('alice', 'BTC', 1, 100)).toBe('self_trade');
    });

    it('GATE-034: sector, issuer and share of one market, at what could be held', () => {
      desk.describe('BTC', { sector: 'coins', issuer: 'nobody' });
      desk.describe('ETH', { sector: 'coins', issuer: 'somebody' });
      desk.limit({}, { sector_value_max: 1500, issuer_value_max: 1200 });
      expect(desk.buy('alice', 'BTC', 12, 100)).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('issuer_value');
      expect(desk.buy('alice', 'ETH', 31, 10)).toBe('sector_value');
      expect(desk.buy('alice', 'ETH', 30, 10)).toBe('accepted');
      desk.limit({}, { market_share_max: 800_000, share_floor: 1000 });
      expect(desk.buy('bob', 'BTC', 10, 100)).toBe('accepted');
      expect(desk.buy('bob', 'BTC', 1, 100)).toBe('market_share');
    });
  });

  describe('children and parents', () => {
    it('GATE-035: children together are never more than their parent, filled or not', () => {
      desk.limit({}, { parent_required: 1 });
      desk.parent(5, 'alice', 'BTC', Side.bid, 10);
      expect(desk.buy('alice', 'BTC', 1, 100)).toBe('parent_missing');
      expect(desk.buy('alice', 'BTC', 1, 100, { parent: 6 })).toBe('parent_unknown');
      expect(desk.sell('alice', 'BTC', 1, 100, { parent: 5 })).toBe('parent_unknown');
      expect(desk.buy('alice', 'BTC', 6, 100, { parent: 5 })).toBe('accepted');
      const first = desk.last.order;
      desk.filled('alice', 'BTC', Side.bid, 2, 100, { order: first });
      desk.done(first);
      // Two are filled: eight are left.
      expect(desk.buy('alice', 'BTC', 8, 100, { parent: 5 })).toBe('accepted');
      expect(desk.notices).toEqual([]);
      expect(desk.buy('alice', 'BTC', 1, 100, { parent: 5 })).toBe('parent_exceeded');
      expect(desk.last.findings).toMatchObject([{ limit: 10, value: 11 }]);
      expect(desk.notices).toEqual(['parent_exceeded', 'halted']);
      desk.parent(6, 'alice', 'BTC', Side.bid, 10);
      expect(desk.buy('alice', 'BTC', 1, 100, { parent: 6 })).toBe('halted');
      expect(desk.release({ account: 'alice' })).toBe('accepted');
      expect(desk.buy('alice', 'BTC', 1, 100, { parent: 6 })).toBe('accepted');
    });
  });
}
