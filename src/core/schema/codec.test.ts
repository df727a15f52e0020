import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodecError, CommandWriter, DEPTH_MAX } from './codec.ts';
import { CommandReader } from './codec-reader.ts';
import { readText, textRoom, writeText } from './codec-text.ts';
import {
  Kind,
  KIND_NAMES,
  type Command,
  type ContractCommand,
  type PositionCommand,
  type QualityCommand,
  type TransactionCommand,
} from './commands.ts';

interface Golden {
  readonly command: Command;
  readonly bytes: string;
}
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/commands-v1.json', import.meta.url), 'utf8'),
) as Golden[];
const position = golden.find(({ command }) => command.kind === Kind.position)!.command as PositionCommand;

function encode(command: Command): DataView {
  const writer = new CommandWriter();
  return new DataView(writer.bytes.buffer, 0, writer.write(command));
}
const decode = (view: DataView, reader = new CommandReader()): Command =>
  reader.decode(view, 0, view.byteLength);
const hexOf = (view: DataView): string => Buffer.from(view.buffer, 0, view.byteLength).toString('hex');

describe('the layout of version 1', () => {
  it('has a golden command of every kind', () => {
    expect([...new Set(golden.map(({ command }) => KIND_NAMES[command.kind]))].sort()).toEqual(
      KIND_NAMES.slice(1).sort(),
    );
  });

  it.each(golden)('kind $command.kind reads and writes the same bytes as ever', ({ command, bytes }) => {
    const buffer = Buffer.from(bytes, 'hex');
    expect(decode(new DataView(buffer.buffer, buffer.byteOffset, buffer.length))).toStrictEqual(command);
    expect(hexOf(encode(command))).toBe(bytes);
  });
});

describe('what is refused', () => {
  const broken = (change: (view: DataView) => void): (() => Command) => {
    const view = encode(position);
    change(view);
    return () => decode(view);
  };

  it.each([
    ['version', (view: DataView) => view.setUint8(0, 9), 'version 9 is none that this reader knows'],
    ['kind', (view: DataView) => view.setUint8(1, 20), 'kind 20 is none of 1 to 19'],
    ['kind 0', (view: DataView) => view.setUint8(1, 0), 'kind 0 is none'],
    ['flags', (view: DataView) => view.setUint8(2, 16), 'flags 16 make no sense'],
    ['previous without origin', (view: DataView) => view.setUint8(2, 2), 'flags 2 make no sense'],
    ['leg', (view: DataView) => view.setUint8(3, 3), 'leg 3 makes no sense'],
  ])('%s', (_name, change, message) => expect(broken(change)).toThrow(message));

  it('a quality that is none', () => {
    const quality = golden.find(({ command }) => command.kind === Kind.quality)!.command as QualityCommand;
    const view = encode(quality);
    view.setUint8(3, 6);
    expect(() => decode(view)).toThrow('quality 6 makes no sense');
    expect(() => encode({ ...quality, quality: 6 as 5 })).toThrow('quality 6 is none of 0 to 5');
  });

  it('a form that is none', () => {
    const contract = golden.find(({ command }) => command.kind === Kind.contract)!.command as ContractCommand;
    const view = encode(contract);
    view.setUint8(3, 3);
    expect(() => decode(view)).toThrow('form 3 makes no sense');
    expect(() => encode({ ...contract, form: 3 as 2 })).toThrow('form 3 is none of 0 to 2');
  });

  it('counts that cannot be, before making room for them', () => {
    const view = encode({ kind: Kind.marks, timeUs: position.timeUs, origin: null, marks: [], text: '' });
    view.setUint32(12, 0xffffffff, true);
    expect(() => decode(view)).toThrow('a count of 4294967295 does not fit');
  });

  it('values no command may hold', () => {
    expect(() => encode({ ...position, leg: 3 as 2 })).toThrow('a position command cannot be written: leg 3');
    expect(() => encode({ kind: 99, origin: null } as unknown as Command)).toThrow(CodecError);
  });

  it('transactions nested without end', () => {
    const nest = (depth: number): Command => ({
      kind: Kind.transaction,
      timeUs: position.timeUs,
      origin: null,
      rows: depth === 0 ? [] : [nest(depth - 1)],
    });
    expect(decode(encode(nest(DEPTH_MAX - 1)))).toStrictEqual(nest(DEPTH_MAX - 1));
    expect(() => encode(nest(DEPTH_MAX))).toThrow('more than 8 deep');
  });
});

describe('reuse', () => {
  it('fills the same objects again', () => {
    const reader = new CommandReader();
    const first = decode(encode(position), reader);
    const second = decode(encode({ ...position, size: -7 as PositionCommand['size'] }), reader);
    expect(second).toBe(first);
    expect((first as PositionCommand).size).toBe(-7);
  });

  it('hands the rows of one transaction different objects', () => {
    const reader = new CommandReader();
    const rows = [position, { ...position, account: 3 as PositionCommand['account'] }];
    const command: TransactionCommand = {
      kind: Kind.transaction,
      timeUs: position.timeUs,
      origin: null,
      rows,
    };
    for (let round = 0; round < 3; round++) expect(decode(encode(command), reader)).toStrictEqual(command);
    const first = (decode(encode(command), reader) as TransactionCommand).rows.slice();
    const second = (decode(encode(command), reader) as TransactionCommand).rows;
    expect([second[0] === first[0], second[1] === first[1]]).toEqual([true, true]);
    const fewer = { ...command, rows: rows.slice(1) };
    expect(decode(encode(fewer), reader)).toStrictEqual(fewer);
    expect(decode(encode(command), reader)).toStrictEqual(command);
  });

  it('leaves the text of marks out where it is not wanted', () => {
    const marks: Command = {
      kind: Kind.marks,
      timeUs: position.timeUs,
      origin: null,
      marks: [],
      text: 'mid of 1 and 2',
    };
    expect(decode(encode(marks), new CommandReader({ texts: false }))).toStrictEqual({ ...marks, text: '' });
  });
});

describe('text', () => {
  const bytesOf = (text: string): DataView => {
    const view = new DataView(new ArrayBuffer(textRoom(text)));
    return new DataView(view.buffer, 0, writeText(text, view, 0));
  };

  it('is the UTF-8 of the host', () => {
    for (const text of [
      '',
      'BTCUSDT',
      'ünïcödé',
      '漢字',
      '🚢 load line',
      'x'.repeat(10000),
      '🚢'.repeat(5000),
    ]) {
      const view = bytesOf(text);
      expect(Buffer.from(view.buffer, 4, view.byteLength - 4).toString()).toBe(text);
      expect(readText(view, 4, view.byteLength - 4)).toBe(text);
    }
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong three', [0xe0, 0x80, 0xaf]],
    ['an overlong four', [0xf0, 0x80, 0x80, 0xaf]],
    ['past the last code point', [0xf4, 0x90, 0x80, 0x80]],
    ['a continuation alone', [0x80]],
    ['a lead at the end', [0xe2, 0x82]],
    ['a pair in two halves', [0xed, 0xa0, 0xbd, 0xed, 0xb0, 0x80]],
    ['no lead', [0xff]],
  ])('refuses %s', (_name, bytes) => {
    const view = new DataView(new Uint8Array(bytes).buffer);
    expect(readText(view, 0, bytes.length)).toBeNull();
  });
});
