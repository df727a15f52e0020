/**
 * What goes wrong, by seed. Each seed takes some kinds of faults and leaves others, so that each kind is also seen alone and
 * a common one does not hide a rare one.
 */
import { Random } from '../fuzz/random.ts';

/** Chances of a frame. */
export const FRAME_FAULTS = [
  'dropped',
  /** It and some that follow. */
  'burstDropped',
  /** At once, or some frames later. */
  'repeated',
  /** Behind some that follow it. */
  'overtaken',
  /** It and all that follow come late, in order. */
  'late',
  /** Nothing is heard on this connection any more. */
  'stalled',
  'disconnected',
  /** Something else in its place. */
  'garbage',
  /** Its beginning. */
  'cut',
] as const;

/** Chances of an answer to a request. */
export const ANSWER_FAULTS = [
  'tooMany',
  'banned',
  'serverError',
  'never',
  'slow',
  /** As the book was some time ago. */
  'old',
  'answerCut',
  'answerGarbage',
  'answerEmpty',
  'reset',
] as const;

export type FrameFault = (typeof FRAME_FAULTS)[number];
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

export interface Faults {
  readonly frame: Readonly<Record<FrameFault, number>>;
  readonly answer: Readonly<Record<AnswerFault, number>>;
  /** Chance of a try to connect. */
  readonly refused: number;
  /** Chance, every second, that the client's wall clock jumps by up to an hour. */
  readonly clockJumped: number;
  /** When the ids start over. */
  readonly resetsAtMs: readonly number[];
  /** Nothing goes wrong any more. What went wrong before may still show: a stalled connection stays so. */
  readonly untilMs: number;
}

/** Rare enough that something gets through. */
const FRAME_CHANCE = { low: 0.001, high: 0.06 };
const ANSWER_CHANCE = { low: 0.05, high: 0.4 };
/** Kinds that cost a connection or many frames are rarer. */
const HEAVY: ReadonlySet<FrameFault> = new Set(['burstDropped', 'stalled', 'disconnected']);

export function faultsOf(seed: number, untilMs: number): Faults {
  const random = new Random(seed);
  const chances = <Kind extends string>(
    kinds: readonly Kind[],
    { low, high }: { low: number; high: number },
  ): Record<Kind, number> =>
    Object.fromEntries(kinds.map((kind) => [kind, random.chance(0.4) ? random.log(low, high) : 0])) as Record<
      Kind,
      number
    >;
  const frame = chances(FRAME_FAULTS, FRAME_CHANCE);
  for (const kind of HEAVY) frame[kind] /= 5;
  return {
    frame,
    answer: chances(ANSWER_FAULTS, ANSWER_CHANCE),
    refused: random.chance(0.4) ? random.log(0.05, 0.6) : 0,
    clockJumped: random.chance(0.4) ? random.log(0.01, 0.2) : 0,
    resetsAtMs: Array.from({ length: random.chance(0.3) ? random.whole(1, 3) : 0 }, () =>
      random.whole(1, untilMs),
    ).sort((a, b) => a - b),
    untilMs,
  };
}

const none = <Kind extends string>(kinds: readonly Kind[]): Record<Kind, number> =>
  Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;

export const NO_FAULTS: Faults = {
  frame: none(FRAME_FAULTS),
  answer: none(ANSWER_FAULTS),
  refused: 0,
  clockJumped: 0,
  resetsAtMs: [],
  untilMs: 0,
};

/** Makes something else of a frame. */
export type Spoiler = (random: Random, text: string) => string;

/** Puts what it cannot be in the place of one of the fields of that name. */
export function spoiled(field: string): Spoiler {
  const said = new RegExp(`"${field}":("[^"]*"|[^",}\\]]+)`, 'g');
  return (random, text) => {
    const places = [...text.matchAll(said)];
    if (places.length === 0) return text;
    const { index, 0: found } = random.pick(places);
    const value = random.pick(['-1', '1e300', 'null', '"NaN"', '""', '[]', '-0', '0.5']);
    return `${text.slice(0, index)}"${field}":${value}${text.slice(index + found.length)}`;
  };
}

/** What takes the place of a frame or an answer: broken text, other people's messages, numbers that are none. */
export function garbage(random: Random, text: string, spoilers: readonly Spoiler[]): string {
  const at = random.whole(0, Math.max(0, text.length - 1));
  return random.pick<() => string>([
    () => '',
    () => 'garbage',
    () => '\u0000\ufffd\u0001',
    () => '[]',
    () => 'null',
    () => '{"stream":"x@y","data":{}}',
    () => '{"result":null,"id":1}',
    () => '{"error":{"code":2,"msg":"Invalid request"}}',
    () => text.replace(/"u":\d+/, '"u":-1'),
    () => text.replace(/"u":\d+/, '"u":1e300'),
    () => text.replace(/"u":(\d+)/, '"u":"$1"'),
    () => text.replace(/"U":\d+,/, ''),
    () => text.replace(/"pu":\d+,?/, ''),
    () => text.replace(/"lastUpdateId":\d+/, '"lastUpdateId":null'),
    () =>
      text.replace(/\[\["[^"]*"/, `[["${random.pick(['NaN', '-1', '1e300', '0', 'Infinity', '-0', ''])}"`),
    () => text.replace(/","\d+\.\d+"\]/, `","${random.pick(['NaN', '-1', '1e300', 'Infinity', ''])}"]`),
    () => text.replace(/"s":"\w+"/, '"s":"NOSUCHUSDT"'),
    () => `${text}${text}`,
    () => `${text.slice(0, at)}\u0000${text.slice(at + 1)}`,
    ...spoilers.map((spoil) => () => spoil(random, text)),
  ])();
}
