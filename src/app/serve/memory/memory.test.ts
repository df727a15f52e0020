import { expect, it } from 'vitest';
import { Desk } from '../../../core/exchange/testing/desk.ts';
import { Exchange } from '../../../core/exchange/exchange.ts';
import { Kind } from '../../../core/schema/commands.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { Memory } from './memory.ts';

/** What is remembered of all that was asked of the desk. */
function memoryOf(desk: Desk): Memory {
  const exchange = new Exchange();
  const memory = new Memory(exchange);
  for (const command of desk.commands) memory.follow(command, exchange.apply(command) === Reason.accepted);
  return memory;
}

it('funding: what each of the last sixty intervals came to, the newest last', () => {
  const desk = new Desk();
  let index = 0;
  for (let interval = 1; interval <= 75; interval++) {
    desk.timeUs += 1_000_000;
    // A lot is worth 100: a rise of a dollar is one percent.
    index += interval * 1e4;
    desk.accept({ kind: Kind.funding, market: 0, index });
  }
  const [funding] = memoryOf(desk).funding;
  expect(funding!.shares).toHaveLength(60);
  expect(funding).toMatchObject({ share: 0.0075, everyUs: 1_000_000 });
  expect([funding!.shares[0], funding!.shares.at(-1)]).toEqual([0.0016, 0.0075]);
});
