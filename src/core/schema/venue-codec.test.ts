import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodecError } from './codec.ts';
import { CommandReader } from './codec-reader.ts';
import type { Command } from './commands.ts';
import { nameOfVenueKind, VenueCommandWriter } from './venue-codec.ts';
import { VenueCommandReader } from './venue-codec-reader.ts';
import { VENUE_KIND_NAMES, VenueKind, type OwnCommand, type PlaceCommand } from './venue-commands.ts';

interface Golden {
  readonly command: OwnCommand;
  readonly bytes: string;
}
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/venue-commands-v1.json', import.meta.url), 'utf8'),
) as Golden[];
const place = golden.find(({ command }) => command.kind === VenueKind.place)!.command as PlaceCommand;

function encode(command: Command | OwnCommand): DataView {
  const writer = new VenueCommandWriter();
  return new DataView(writer.bytes.buffer, 0, writer.write(command));
}
const decode = (view: DataView, reader = new VenueCommandReader()): Command | OwnCommand =>
  reader.decode(view, 0, view.byteLength);
const hexOf = (view: DataView): string => Buffer.from(view.buffer, 0, view.byteLength).toString('hex');

describe('the layout of version 1', () => {
  it('has a golden command of every kind', () => {
    expect(new Set(golden.map(({ command }) => nameOfVenueKind(command.kind)))).toEqual(
      new Set(VENUE_KIND_NAMES),
    );
  });

  it.each(golden)('kind $command.kind reads and writes the same bytes as ever', ({ command, bytes }) => {
    const buffer = Buffer.from(bytes, 'hex');
    expect(decode(new DataView(buffer.buffer, buffer.byteOffset, buffer.length))).toStrictEqual(command);
    expect(hexOf(encode(command))).toBe(bytes);
  });
});

describe('what is refused', () => {
  const broken = (change: (view: DataView) => void): (() => Command | OwnCommand) => {
    const view = encode(place);
    change(view);
    return () => decode(view);
  };

  it.each([
    ['version', (view: DataView) => view.setUint8(0, 9), 'version 9 is none that this reader knows'],
    ['kind above', (view: DataView) => view.setUint8(1, 81), 'kind 81 is none of 64 to 80'],
    ['kind between', (view: DataView) => view.setUint8(1, 63), 'kind 63 is none of 1 to'],
    ['flags', (view: DataView) => view.setUint8(2, 128), 'place command at byte 0 is malformed: flags 128'],
    ['previous without origin', (view: DataView) => view.setUint8(2, 2), 'flags 2 make no sense'],
    ['leg', (view: DataView) => view.setUint8(3, 3), 'leg 3 makes no sense'],
    [
      'trigger',
      (view: DataView) => view.setUint8(view.byteLength - 17, 0x21),
      'trigger 1 by 2 makes no sense',
    ],
  ])('%s', (_name, change, message) => expect(broken(change)).toThrow(message));

  it('a state that is none', () => {
    const view = encode(golden.find(({ command }) => command.kind === VenueKind.state)!.command);
    view.setUint8(3, 4);
    expect(() => decode(view)).toThrow('state command at byte 0 is malformed: its fourth byte, 4');
  });

  it('words that no byte holds', () => {
    expect(() => encode({ ...place, side: 2 as 1 })).toThrow(
      'a place command cannot be written: side 2 is none of 0 to 1',
    );
    expect(() => encode({ ...place, leg: Number.NaN as 1 })).toThrow('leg NaN is none of 0 to 2');
    expect(() => encode({ ...place, kind: 99 } as unknown as OwnCommand)).toThrow(CodecError);
  });

  it('by the reader of an engine alone: the journal of an exchange is not its own', () => {
    const view = encode(place);
    expect(() => new CommandReader().decode(view, 0, view.byteLength)).toThrow('kind 74 is none of 1 to');
  });
});

it('leaves the text of a state out where it is not wanted, and never that of an exemption', () => {
  const [state, exempt] = [VenueKind.state, VenueKind.exempt].map(
    (kind) => golden.find(({ command }) => command.kind === kind)!.command,
  );
  const reader = new VenueCommandReader({ texts: false });
  expect(decode(encode(state), reader)).toStrictEqual({ ...state, text: '' });
  expect(decode(encode(exempt), reader)).toStrictEqual(exempt);
});
