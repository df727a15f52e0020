import { expect, it } from 'vitest';
import type { AccountRow, MarketRow, PriceTicks, SizeLots } from '../num/units.ts';
import { CommandWriter } from '../schema/codec.ts';
import { subjectOf, type Subject } from '../schema/codec-subject.ts';
import { Kind, Leg, type Command } from '../schema/commands.ts';
import { generateBook } from '../../sim/book.ts';
import { Engine } from './engine.ts';
import { Foresight, FORESIGHT_GROUP } from './foresight.ts';

const book = [...generateBook({ accounts: 300, markets: 8, book: 'edge', popularity: 'zipf', seed: 7 })];
const orders = Array.from({ length: 200 }, (_, index) => ({
  kind: Kind.order,
  timeUs: book.at(-1)!.timeUs,
  origin: null,
  account: ((index * 7) % 300) as AccountRow,
  market: (index % 8) as MarketRow,
  leg: Leg.net,
  isolated: index % 3 === 0,
  id: 1 + (index % 60),
  size: (index % 4) as SizeLots,
  price: 100 as PriceTicks,
}));
const commands: readonly Command[] = [...book, ...orders];

function encoded(writer: CommandWriter, index: number): { view: DataView; length: number } {
  const length = writer.write(commands[index]);
  return { view: new DataView(writer.bytes.buffer), length };
}

it('knows whom an encoded command is about', () => {
  const writer = new CommandWriter();
  const subject: Subject = { account: -1, order: -1 };
  for (const [index, command] of commands.entries()) {
    const { view, length } = encoded(writer, index);
    const isOfBucket = 'account' in command;
    expect(subjectOf(view, 0, length, subject)).toBe(isOfBucket);
    if (!isOfBucket) continue;
    const order = command.kind === Kind.order ? command.id : 0;
    expect(subject).toEqual({ account: command.account, order });
  }
});

it('reads ahead without a trace, whatever it is shown', () => {
  const plain = new Engine();
  const engine = new Engine();
  const foresight = new Foresight(engine.book);
  const writer = new CommandWriter();
  const garbage = new DataView(new Uint8Array(64).fill(255).buffer);
  for (const [index, command] of commands.entries()) {
    for (let at = index; at < Math.min(index + FORESIGHT_GROUP + 3, commands.length); at++) {
      const { view, length } = encoded(writer, at);
      foresight.note(view, 0, at % 5 === 0 ? length - 30 : length);
    }
    for (let kind = 0; kind < 256; kind += 5) {
      garbage.setUint8(1, kind);
      foresight.note(garbage, 0, 64);
      foresight.note(garbage, 0, 3);
    }
    foresight.look();
    engine.apply(command);
    plain.apply(command);
  }
  expect(engine.digest()).toBe(plain.digest());
});
