/** A replica that is told what an engine was asked and what that decided: where the two are not the same, it is counted. */
import { expect, test } from 'vitest';
import { Exchange } from '../../core/exchange/exchange.ts';
import { Desk } from '../../core/exchange/testing/desk.ts';
import { Kind } from '../../core/schema/commands.ts';
import { DecisionHash } from './decision-hash.ts';
import type { SliceMessage } from './messages.ts';
import { Replica } from './replica.ts';
import { SliceWriter } from './slice-writer.ts';

type Asked = Desk['commands'][number];

/** A long that comes near its liquidation by the last command. */
function story(): Asked[] {
  const desk = new Desk();
  for (const name of ['long', 'short']) desk.account(name, 1000);
  desk.trade('long', 'short', 100, 100);
  desk.mark(92);
  return desk.commands;
}

/** What an engine says that was asked all of it: a slice for each command, which says it as `told` makes it; null is lost. */
function slicesOf(
  asked: readonly Asked[],
  told: (command: Asked, at: number) => Asked | null,
): SliceMessage[] {
  const exchange = new Exchange();
  const hashes = new DecisionHash();
  const writer = new SliceWriter();
  return asked.flatMap((command, at) => {
    hashes.note(exchange, exchange.apply(command));
    const hash = hashes.take();
    const said = told(command, at);
    if (said === null) return [];
    writer.add(said);
    const { length, count } = writer;
    const { sequence } = exchange;
    const nothing = { sentAtMs: 0, numbers: null, gate: null };
    return [{ kind: 'slice', bytes: writer.take(), length, count, sequence, hash, ...nothing }];
  });
}

/** After each slice, how many differed so far. */
async function differing(slices: readonly SliceMessage[]): Promise<number[]> {
  const counts: number[] = [];
  const replica = new Replica(
    () => {},
    () => void counts.push(replica.differing),
  );
  replica.begin(null);
  for (const slice of slices) replica.take(slice);
  await expect.poll(() => counts.length).toBe(slices.length);
  expect(replica.compared).toBe(slices.length);
  return counts;
}

const asked = story();
const last = asked.length - 1;

test('of an engine that decided the same, none differs', async () => {
  expect(await differing(slicesOf(asked, (command) => command))).toEqual(asked.map(() => 0));
});

test('of one whose mark was another, so that another level was reported, that one does', async () => {
  const slices = slicesOf(asked, (command, at) =>
    at === last && command.kind === Kind.marks
      ? { ...command, marks: [{ market: 0, price: 100 }] as never }
      : command,
  );
  expect((await differing(slices)).slice(-2)).toEqual([0, 1]);
});

test('of one of which a command did not arrive, the next does', async () => {
  const slices = slicesOf(asked, (command, at) => (at === last - 1 ? null : command));
  expect((await differing(slices)).slice(-2)).toEqual([0, 1]);
});
