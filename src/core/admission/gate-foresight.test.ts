/** Reading ahead decides nothing, whatever it is told. */
import { expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { GATE_FORESIGHT_GROUP, GateForesight } from './gate-foresight.ts';
import { GateDesk } from './testing/desk.ts';

it('leaves the state as it is, for rows and orders that are there and that are not', () => {
  const desk = new GateDesk();
  const accounts = ['a', 'b', 'c'].map((name) => desk.account(name));
  const foresight = new GateForesight(desk.gate.state);
  const random = new Random(3);
  for (let n = 0; n < 50; n++) {
    const account = accounts[random.below(3)];
    const order = desk.enter(account, 1 + random.below(5), 100, { market: random.below(2) });
    if (random.below(2) === 0) desk.execute(account, 1, 100, { order });
    if (random.below(3) === 0) desk.done(order);
    const digest = desk.gate.digest();
    for (const command of desk.commands.slice(-GATE_FORESIGHT_GROUP - 3)) foresight.note(command);
    const head = { timeUs: 0 as never, origin: null };
    foresight.note({ ...head, kind: 140, account: 99 as never, order: 12_345, clientId: 0 });
    foresight.note({ ...head, kind: 142, order: -1 });
    foresight.look();
    foresight.look();
    expect(desk.gate.digest()).toBe(digest);
  }
});
