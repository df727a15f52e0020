/** What happens when the gate itself is wrong: the order is refused, nothing is reserved, and others are decided as if nothing had been. */
import { expect, it } from 'vitest';
import { Gate } from '../../src/core/admission/gate.ts';
import { findAll } from '../../src/core/gate/checks.ts';
import { Desk } from './desk.ts';
import { fastGate } from './subjects.ts';

const BROKEN_AT = 13;

/** A gate of which a check breaks, after others have found something, at orders of so many lots. */
function brokenGate(): Gate {
  return new Gate({
    checks(candidate, findings) {
      findAll(candidate, findings);
      if (candidate.size === BROKEN_AT) throw new RangeError('a check that is wrong');
    },
  });
}

it('refuses what it cannot decide, and reserves nothing of it', () => {
  const gate = brokenGate();
  const whole = new Desk(fastGate());
  const broken = new Desk(fastGate(gate));
  for (const desk of [whole, broken]) {
    desk.market('BTC', 100);
    desk.account('alice');
    desk.limit({}, { position_max: 20, orders_max: 3, order_value_max: [null, 100] });
  }
  for (let at = 0; at < 5; at++) {
    expect(broken.buy('alice', 'BTC', BROKEN_AT, 100)).toBe('gate_failed');
    expect([broken.last.findings, broken.last.order]).toEqual([[], 0]);
  }
  for (const size of [15, 6, 4, 1, 1]) {
    expect(broken.buy('alice', 'BTC', size, 100)).toBe(whole.buy('alice', 'BTC', size, 100));
    expect(broken.last).toEqual(whole.last);
  }
  expect(broken.last.findings.map(({ reason }) => reason)).toContain('order_rate');
});
