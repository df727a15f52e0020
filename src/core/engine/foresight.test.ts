import { expect, it } from 'vitest';
import { CommandWriter } from '../schema/codec.ts';
import { subjectOf, type Subject } from '../schema/codec-subject.ts';
import { Kind, type Command } from '../schema/commands.ts';
import { generateBook } from '../../sim/book.ts';
import { Engine } from './engine.ts';
import { Foresight, FORESIGHT_GROUP } from './foresight.ts';

const book = [...generateBook({ accounts: 300, markets: 8, book: 'edge', popularity: 'zipf', seed: 7 })];
/** The rows of the book's transactions too, which its orders are among. */
const rows = book.flatMap((command): readonly Command[] =>
  command.kind === Kind.transaction ? command.rows : [],
);
const orders = rows.filter(({ kind }) => kind === Kind.order);
const commands = [...book, ...rows];

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
  expect(orders.length).toBeGreaterThan(0);
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
