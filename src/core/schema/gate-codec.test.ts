import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodecError } from './codec.ts';
import type { Command } from './commands.ts';
import { GateCommandReader } from './gate-codec-reader.ts';
import { GateCommandWriter, nameOfGateKind } from './gate-codec.ts';
import { GATE_KIND_NAMES, GateKind, type EnterCommand, type GateCommand } from './gate-commands.ts';
import { VenueCommandReader } from './venue-codec-reader.ts';

interface Golden {
  readonly command: GateCommand;
  readonly bytes: string;
}
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/gate-commands-v1.json', import.meta.url), 'utf8'),
) as Golden[];
const oneOf = (kind: GateKind): GateCommand => golden.find(({ command }) => command.kind === kind)!.command;
const enter = oneOf(GateKind.enter) as EnterCommand;

function encode(command: Command | GateCommand): DataView {
  const writer = new GateCommandWriter();
  return new DataView(writer.bytes.buffer, 0, writer.write(command));
}
const decode = (view: DataView): Command | GateCommand =>
  new GateCommandReader().decode(view, 0, view.byteLength);
const hexOf = (view: DataView): string => Buffer.from(view.buffer, 0, view.byteLength).toString('hex');

describe('the layout of version 1', () => {
  it('has a golden command of every kind', () => {
    expect(new Set(golden.map(({ command }) => nameOfGateKind(command.kind)))).toEqual(
      new Set(GATE_KIND_NAMES),
    );
  });

  it.each(golden)('kind $command.kind reads and writes the same bytes as ever', ({ command, bytes }) => {
    const buffer = Buffer.from(bytes, 'hex');
    expect(decode(new DataView(buffer.buffer, buffer.byteOffset, buffer.length))).toStrictEqual(command);
    expect(hexOf(encode(command))).toBe(bytes);
  });
});

describe('what is refused', () => {
  const broken = (kind: GateKind, change: (view: DataView) => void): (() => Command | GateCommand) => {
    const view = encode(oneOf(kind));
    change(view);
    return () => decode(view);
  };

  it.each([
    ['version', 'enter', 0, 9, 'version 9 is none that this reader knows'],
    ['kind above', 'enter', 1, 146, 'kind 146 is none of 128 to 145'],
    ['kind between', 'enter', 1, 70, 'kind 70 is none of 1 to'],
    ['flags', 'enter', 2, 128, 'enter command at byte 0 is malformed: flags 128'],
    ['previous without origin', 'enter', 2, 2, 'flags 2 make no sense'],
    ['leg', 'enter', 3, 3, 'its fourth byte, 3, makes no sense'],
    ['words of enter that are none', 'enter', 3, 16, 'its fourth byte, 16, makes no sense'],
    ['words of execution that are none', 'execution', 3, 8, 'its fourth byte, 8, makes no sense'],
    ['state', 'halt', 3, 3, 'halt command at byte 0 is malformed: its fourth byte, 3'],
    ['level of a set', 'limits', 32, 2, 'a set of level 2 with flags 1 makes no sense'],
    ['limit', 'limits', 46, 200, 'limit 200 is none that this reader knows'],
    ['values of a limit', 'limits', 47, 4, 'a limit with flags 4 makes no sense'],
    ['more sets than there are bytes', 'limits', 30, 200, 'too soon'],
  ] as const)('%s', (_name, kind, at, byte, message) => {
    expect(broken(GateKind[kind], (view) => view.setUint8(at, byte))).toThrow(message);
  });

  it('words that no byte holds', () => {
    expect(() => encode({ ...enter, side: 2 as 1 })).toThrow(
      'a enter command cannot be written: side 2 is none of 0 to 1',
    );
    expect(() => encode({ ...enter, leg: Number.NaN as 1 })).toThrow('leg NaN is none of 0 to 2');
    expect(() => encode({ ...enter, kind: 199 } as unknown as GateCommand)).toThrow(CodecError);
  });

  it('by the reader of an exchange: the journal of a gate is not its own', () => {
    const view = encode(enter);
    expect(() => new VenueCommandReader().decode(view, 0, view.byteLength)).toThrow('kind 138 is none of 64');
  });
});
