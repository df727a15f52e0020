/**
 * What every venue's feed must do, whatever the venue. One line for each in `feeds.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import { type FeedUnderTest, Play } from './play.ts';

const GARBAGE = [
  '',
  ' ',
  '{',
  '}',
  '{"',
  'null',
  'true',
  '0',
  '-0',
  'NaN',
  '[]',
  '[[]]',
  '{}',
  '"text"',
  '\u0000',
  '\ufeff{}',
  '<html>502 Bad Gateway</html>',
  '{"__proto__":{"channel":"book"}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '9'.repeat(10_000),
];

export function feedConformance(name: string, under: FeedUnderTest): void {
  const { instruments, conversation } = under;
  const rows = instruments.map((_, row) => row);
  const started = () => new Play(under).open();

  describe(`${name}: a feed`, () => {
    test('says how it is to be connected', () => {
      const { feed } = new Play(under);
      expect(feed.connections.length).toBeGreaterThan(0);
      expect(new Set(feed.connections.map((connection) => connection.name)).size).toBe(
        feed.connections.length,
      );
      for (const { url, hello, ping, silenceMs } of feed.connections) {
        expect(new URL(url).protocol).toBe('wss:');
        expect(hello.every((text) => text.length > 0)).toBe(true);
        expect(ping === null || (ping.text.length > 0 && ping.everyMs >= 1000)).toBe(true);
        expect(silenceMs).toBeGreaterThanOrEqual(1000);
        expect(silenceMs).toBeLessThanOrEqual(120_000);
      }
      const said = feed.connections.map(({ url, hello }) => url + hello.join('')).join('');
      for (const { symbol } of instruments) expect(said.toLowerCase()).toContain(symbol.toLowerCase());
    });

    test('asks only for what the limits allow, and for each thing once', () => {
      const { feed, nowUs } = new Play(under);
      for (const connection of feed.connections) feed.opened(connection.name, nowUs);
      const requests = feed.requests();
      expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
      for (const { url, weight, method, body } of requests) {
        expect(new URL(url).protocol).toBe('https:');
        expect(weight).toBeGreaterThan(0);
        expect(weight).toBeLessThanOrEqual(feed.limits.weight);
        expect(body === null).toBe(method === 'GET');
      }
      expect(feed.requests()).toEqual([]);
      expect(feed.sends?.(nowUs) ?? []).toEqual([]);
    });

    test('understands the whole conversation, and every book is whole at its end', () => {
      const { listener, sent } = started().say(...conversation);
      expect(listener.problems).toEqual([]);
      expect(sent).toEqual([]);
      for (const row of rows) {
        const book = [...listener.books].find(([instrument]) => instrument === row)?.[1];
        expect(book?.isLive).toBe(true);
        expect(book?.bids.size).toBeGreaterThan(0);
        expect(book?.asks.size).toBeGreaterThan(0);
      }
      expect(listener.of('trade').length).toBeGreaterThan(0);
    });

    test('loses every instrument when the connections close, and has all of it again after another opening', () => {
      const play = started().say(...conversation);
      const known = play.listener.known();
      const before = play.listener.events.length;
      play.close();
      const lost = play.listener.events.slice(before);
      for (const row of rows)
        expect(lost).toContainEqual(
          expect.objectContaining({ kind: 'lost', instrument: row, why: 'disconnected' }),
        );
      expect([...play.listener.books.values()].some(({ isLive }) => isLive)).toBe(false);
      play.open().say(...conversation);
      expect(play.listener.known()).toEqual(known);
    });

    test('names each frame of garbage, wherever it comes, and goes on', () => {
      const known = started()
        .say(...conversation)
        .listener.known();
      for (const [at, { connection }] of conversation.entries()) {
        for (const frame of GARBAGE) {
          const play = started()
            .say(...conversation.slice(0, at))
            .say({ connection, frame });
          const named = play.listener.problems.filter((problem) => problem.frame === frame);
          expect([frame, named.length > 0]).toEqual([frame, true]);
          expect(named[0].problem.message.length).toBeLessThan(1000);
          play
            .close()
            .open()
            .say(...conversation);
          expect(play.listener.known()).toEqual(known);
        }
      }
    });

    test('is not put off by frames cut anywhere', () => {
      for (const [at, { connection, frame }] of conversation.entries()) {
        const step = Math.max(1, Math.floor(frame.length / 60));
        for (let length = 1; length < frame.length; length += step) {
          const cut = frame.slice(0, length);
          const { listener } = started()
            .say(...conversation.slice(0, at))
            .say({ connection, frame: cut })
            .say(...conversation.slice(at + 1));
          expect(listener.problems.some((problem) => problem.frame === cut)).toBe(true);
        }
      }
    });

    test('changes nothing when any beginning is heard twice', () => {
      for (let length = 1; length <= conversation.length; length++) {
        const beginning = conversation.slice(0, length);
        const play = started().say(...beginning);
        const known = play.listener.known();
        const trades = play.listener.of('trade').length;
        play.say(...beginning);
        expect(play.listener.known()).toEqual(known);
        expect(play.listener.of('trade').length).toBe(trades);
        expect(play.listener.problems).toEqual([]);
      }
    });

    test.skipIf(!under.showsGaps)(
      'never takes a book with a frame missing for a whole one (skipped where a venue numbers nothing)',
      () => {
        const play = started();
        const moments = new Set<string>();
        for (const said of conversation)
          for (const book of play.say(said).listener.known()) moments.add(JSON.stringify(book));
        for (let at = 0; at < conversation.length; at++) {
          const rest = conversation.filter((_, index) => index !== at);
          for (const book of started()
            .say(...rest)
            .listener.known())
            if (book.isLive) expect(moments).toContain(JSON.stringify(book));
        }
      },
    );

    test('hears of instruments that it was not asked for without taking them for its own', () => {
      const others = instruments.map((instrument) => ({ ...instrument, symbol: `${instrument.symbol}X` }));
      const play = new Play({ ...under, instruments: others }).open().say(...conversation);
      expect(play.listener.events.filter(({ kind }) => kind !== 'lost')).toEqual([]);
      expect(play.listener.problems.length).toBeGreaterThan(0);
    });
  });
}
