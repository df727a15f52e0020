/**
 * Every special value at every field of the four spot feeds. Where a field is read, what cannot be its value is reported with
 * the field's path and the frame; whatever is said, no event is out of range (`listener.ts` looks), and a book that is not
 * given up is one that the venue had.
 */
import { describe, expect, test } from 'vitest';
import { bybit } from './bybit.ts';
import { coinbase } from './coinbase.ts';
import { kraken } from './kraken.ts';
import { okx } from './okx.ts';
import { type FeedUnderTest, Play } from './play.ts';
import { replaced, type Scalar, scalarsIn } from './scalars.ts';

/** Never a price, a size, a time or a number of anything; as they stand in JSON. Some of them are no JSON. */
const NEVER = [
  '""',
  '" "',
  '"-1"',
  '-1',
  'NaN',
  '"NaN"',
  'Infinity',
  '"Infinity"',
  '-Infinity',
  '"-Infinity"',
  '1e300',
  '"1e300"',
  '-0',
  '"-0"',
  '"-0.0"',
  '5e-324',
  '"5e-324"',
  '0.0000000000000001',
  '"0.0000000000000001"',
  '9007199254740993000',
  '"9007199254740993000"',
  '"1,000"',
  '"1_000"',
  '"0x10"',
  '"+1"',
  '".5"',
  '"5."',
  'null',
  'true',
  '[]',
  '{}',
  '["1"]',
  '',
];
const ZERO = ['0', '"0"', '"0.0"'];
/** Where text is wanted, a number is not one, and the other way round. */
const BARE = ['1', '68000.1'];
const QUOTED = ['"1"', '"68000.1"'];

interface Read {
  readonly field: RegExp;
  readonly refused: readonly string[];
}
const price = (field: RegExp, ...more: string[]): Read => ({ field, refused: [...NEVER, ...ZERO, ...more] });
const size = (field: RegExp, ...more: string[]): Read => ({ field, refused: [...NEVER, ...more] });
const time = (field: RegExp): Read => ({ field, refused: [...NEVER, ...ZERO, ...BARE, ...QUOTED] });
const count = (field: RegExp): Read => ({ field, refused: [...NEVER, ...QUOTED, '0.5'] });
const word = (field: RegExp): Read => ({ field, refused: [...NEVER, ...ZERO, ...BARE, ...QUOTED] });

interface Table {
  readonly under: FeedUnderTest;
  /** The frames that say something about the market. */
  readonly says: RegExp;
  readonly reads: readonly Read[];
}

const TABLES: readonly (readonly [string, Table])[] = [
  [
    'OKX',
    {
      under: okx,
      says: /"data"/,
      reads: [
        price(/^data\[0\]\.(bids|asks)\[\d\]\[0\]$/, ...BARE),
        size(/^data\[0\]\.(bids|asks)\[\d\]\[1\]$/, '0', ...BARE),
        price(/\.px$/, ...BARE),
        price(/\.sz$/, ...BARE),
        time(/\.ts$/),
        count(/\.seqId$/),
        word(/^action$|^arg\.|\.side$|\.instId$/),
      ],
    },
  ],
  [
    'Bybit',
    {
      under: bybit,
      says: /"data"/,
      reads: [
        price(/^data\.[ab]\[\d\]\[0\]$/, ...BARE),
        size(/^data\.[ab]\[\d\]\[1\]$/, '0', ...BARE),
        price(/\.p$/, ...BARE),
        price(/\.v$/, ...BARE),
        time(/^cts$|\.T$/),
        count(/^data\.u$/),
        word(/^topic$|(^data|\])\.[sS]$/),
      ],
    },
  ],
  [
    'Coinbase',
    {
      under: coinbase,
      says: /"l2_data"|"type":"update","trades"/,
      reads: [
        price(/\.price_level$/, ...BARE),
        size(/\.new_quantity$/, '0', ...BARE),
        price(/\.price$/, ...BARE),
        price(/\.size$/, ...BARE),
        time(/^timestamp$/),
        count(/^sequence_num$/),
        word(/\.(type|product_id|side)$/),
      ],
    },
  ],
  [
    'Kraken',
    {
      under: kraken,
      says: /"(book|trade)","type"/,
      reads: [
        price(/\.price$/),
        size(/(bids|asks)\[\d\]\.qty$/),
        price(/^data\[0\]\.qty$/),
        time(/\.timestamp$/),
        count(/\.(checksum|trade_id)$/),
        word(/^type$|^channel$|\.(symbol|side)$/),
      ],
    },
  ],
];

interface Trial {
  readonly at: number;
  readonly scalar: Scalar;
  readonly value: string;
}

describe.each(TABLES)('%s', (_, { under, says, reads }) => {
  const { conversation } = under;
  const moments = new Set<string>();
  const undisturbed = new Play(under).open();
  for (const said of conversation)
    for (const book of undisturbed.say(said).listener.known()) moments.add(JSON.stringify(book));

  const trials: Trial[] = [];
  for (const [at, { frame }] of conversation.entries())
    if (says.test(frame))
      for (const scalar of scalarsIn(frame))
        for (const value of new Set([...NEVER, ...ZERO, ...BARE, ...QUOTED]))
          trials.push({ at, scalar, value });

  function play({ at, scalar, value }: Trial): { readonly frame: string; readonly played: Play } {
    const { connection } = conversation[at];
    const frame = replaced(conversation[at].frame, scalar, value);
    const played = new Play(under).open();
    played.say(...conversation.slice(0, at), { connection, frame }, ...conversation.slice(at + 1));
    return { frame, played };
  }

  test('every kind of field that is read occurs in the conversation', () => {
    for (const { field } of reads)
      expect([field, trials.some(({ scalar }) => field.test(scalar.path))]).toEqual([field, true]);
  });

  test('what a field cannot be is refused by its name, and costs at most its own book', () => {
    for (const { field, refused } of reads) {
      for (const trial of trials) {
        if (!field.test(trial.scalar.path) || !refused.includes(trial.value)) continue;
        const { frame, played } = play(trial);
        const named = played.listener.problems.find((problem) => problem.frame === frame)?.problem;
        const shown = `${trial.scalar.path} = ${trial.value}: ${named?.message}`;
        if (named?.code !== 'FEED_JSON') expect([shown, named?.field]).toEqual([shown, trial.scalar.path]);
        for (const book of played.listener.known())
          if (book.isLive) expect(moments).toContain(JSON.stringify(book));
      }
    }
  });

  test('no value at any field ends the feed or gets an event out that cannot be', () => {
    for (const trial of trials) {
      const { played } = play(trial);
      played
        .close()
        .open()
        .say(...conversation);
      expect(played.listener.known()).toEqual(undisturbed.listener.known());
    }
  });

  test.each([1000, 0.001])('a price times %f never gets a crossed book or quote out', (factor) => {
    for (const [at, { frame }] of conversation.entries()) {
      for (const scalar of scalarsIn(frame)) {
        const value = frame.slice(scalar.from, scalar.to);
        if (!/^"?\d+(\.\d+)?"?$/.test(value)) continue;
        const scaled = String(Number(value.replaceAll('"', '')) * factor);
        play({ at, scalar, value: value.startsWith('"') ? `"${scaled}"` : scaled });
      }
    }
  });
});
