import { describe, expect, it } from 'vitest';
import type { InstrumentRow, QuoteEvent } from '../../../../core/price/venue-event.ts';
import type { TimeUs } from '../../../../core/num/units.ts';
import type { FeedConnection, FeedLimits, FeedSink } from '../feed.ts';
import { problemAt } from '../../problem.ts';
import { LIVE_DEFAULTS, LiveFeed, type LiveOptions } from './live-feed.ts';
import { requestOf, ScriptedFeed } from './testing/scripted-feed.ts';
import { VirtualWorld, type Network } from './testing/virtual-world.ts';
import type { HttpAnswer, HttpRequest, SocketListener } from './world.ts';

const SILENT: FeedSink = { event: () => {}, problem: () => {} };

/** A server that does as the test says. */
class Server implements Network {
  readonly clients: { url: string; listener: SocketListener; received: string[]; hasLeft: boolean }[] = [];
  readonly requests: { atMs: number; request: HttpRequest; answer: (answer: HttpAnswer) => void }[] = [];
  readonly openedAtMs: number[] = [];
  /** What becomes of those who knock. */
  door: 'open' | 'shut' | 'silent' = 'open';
  readonly #world: VirtualWorld;

  constructor(world: VirtualWorld) {
    this.#world = world;
    world.network = this;
  }

  get last(): SocketListener {
    return this.clients.at(-1)!.listener;
  }

  connect(url: string, listener: SocketListener): { received(text: string): void; left(): void } {
    const client = { url, listener, received: [] as string[], hasLeft: false };
    this.clients.push(client);
    this.openedAtMs.push(this.#world.elapsedMs());
    if (this.door === 'open') listener.opened();
    if (this.door === 'shut') listener.closed('connection refused');
    return { received: (text) => client.received.push(text), left: () => (client.hasLeft = true) };
  }

  request(request: HttpRequest, answer: (answer: HttpAnswer) => void): void {
    this.requests.push({ atMs: this.#world.elapsedMs(), request, answer });
  }

  answer(at: number, body: string, status = 200, retryAfter: string | null = null): void {
    this.requests[at].answer({ status, body, retryAfter });
  }
}

function start(
  connections?: readonly Partial<FeedConnection>[],
  limits?: FeedLimits,
  options: Partial<LiveOptions> = {},
  random = () => 1,
) {
  const world = new VirtualWorld(random);
  const server = new Server(world);
  const feed = new ScriptedFeed(connections, limits);
  const live = new LiveFeed(() => feed, SILENT, world, { ...LIVE_DEFAULTS, ...options });
  return { world, server, feed, live };
}

describe('connections', () => {
  it('are opened, greeted in order, and bring frames with the time of receipt', () => {
    const { world, server, feed, live } = start([{ hello: ['one', 'two'] }]);
    live.start();
    world.pass(1_500);
    server.last.frame('first');
    world.pass(0.25);
    server.last.frame('second');
    expect(server.clients.map(({ url, received }) => [url, received])).toEqual([
      ['wss://venue.example/stream?streams=a', ['one', 'two']],
    ]);
    expect(feed.heard).toEqual(['opened public', 'public: first', 'public: second']);
    expect(feed.receivedUs.map((us) => us - 1_700_000_000_000_000)).toEqual([1_500_000, 1_500_250]);
    expect(live.statistics().connections).toMatchObject([
      { name: 'public', isOpen: true, reconnects: 0, frames: 2, characters: 11, trouble: null },
    ]);
  });

  it('are pinged as often as the venue wants', () => {
    const { world, server, live } = start([{ ping: { text: 'ping', everyMs: 1_000 }, silenceMs: 3_500 }]);
    live.start();
    world.pass(3_400);
    expect(server.clients[0].received).toEqual(['ping', 'ping', 'ping']);
    world.pass(10_000);
    expect(server.clients[0].received).toHaveLength(3);
  });

  it('are opened anew when nothing is heard, and not before', () => {
    const { world, server, feed, live } = start();
    live.start();
    world.pass(4_999);
    server.last.frame('here');
    world.pass(4_999);
    expect(feed.heard).toEqual(['opened public', 'public: here']);
    world.pass(1);
    expect(feed.heard.slice(2)).toEqual(['closed public']);
    expect(server.clients[0].hasLeft).toBe(true);
    server.clients[0].listener.frame('too late');
    world.pass(1_000);
    expect(feed.heard.slice(2)).toEqual(['closed public', 'opened public']);
    expect(live.statistics().connections).toMatchObject([
      { isOpen: true, reconnects: 1, silences: 1, trouble: 'nothing heard for 5000 ms' },
    ]);
  });

  it('wait longer with every failure, up to a limit, and then with jitter', () => {
    const { world, server, feed, live } = start();
    server.door = 'shut';
    live.start();
    world.pass(130_000);
    const waits = server.openedAtMs.slice(1).map((atMs, index) => atMs - server.openedAtMs[index]);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(feed.heard).toEqual([]);
    expect(live.statistics().connections).toMatchObject([
      { isOpen: false, refusals: 9, trouble: 'connection refused' },
    ]);
    const other = start(undefined, undefined, {}, () => 0.25);
    other.server.door = 'shut';
    other.live.start();
    other.world.pass(2_000);
    expect(other.server.openedAtMs).toEqual([0, 250, 750, 1_750]);
  });

  it('are not hammered where the server takes them in only to throw them out', () => {
    const { world, server, live } = start();
    live.start();
    for (let time = 0; time < 60_000; time += 100) {
      world.pass(100);
      if (live.statistics().connections[0].isOpen) server.last.closed('no');
    }
    expect(server.clients.length).toBeLessThan(9);
  });

  it('forgive what was before once they have stood for a while', () => {
    const { world, server, live } = start([{ silenceMs: 1e6 }]);
    server.door = 'shut';
    live.start();
    world.pass(20_000);
    server.door = 'open';
    world.pass(100_000);
    server.openedAtMs.length = 0;
    const lostAtMs = world.elapsedMs();
    server.last.closed('going away');
    world.pass(5_000);
    expect(server.openedAtMs).toEqual([lostAtMs + 1_000]);
  });

  it('are given up where they never open', () => {
    const { world, server, live } = start();
    server.door = 'silent';
    live.start();
    world.pass(10_999);
    expect(server.clients).toHaveLength(1);
    expect(server.clients[0].hasLeft).toBe(true);
    world.pass(1);
    expect(server.clients).toHaveLength(2);
    expect(live.statistics().connections[0].trouble).toBe('not open after 10000 ms');
  });

  it('carry what the feed sends, after a frame and when it is due without one', () => {
    const { world, server, feed, live } = start([{ name: 'a' }, { name: 'b' }]);
    live.start();
    world.pass(10);
    const message = (connection: string, text: string) => ({ connection, text });
    feed.messages = [
      { fromUs: 0, message: message('b', 'now') },
      { fromUs: world.nowUs() + 2_500_000, message: message('a', 'later') },
    ];
    server.last.frame('tick');
    world.pass(0);
    expect(server.clients.map(({ received }) => received)).toEqual([[], ['now']]);
    world.pass(2_400);
    expect(server.clients[0].received).toEqual([]);
    world.pass(1_100);
    expect(server.clients[0].received).toEqual(['later']);
  });

  it('can be had from elsewhere', () => {
    const { world, server, feed, live } = start(undefined, undefined, {
      socketBase: 'ws://127.0.0.1:9000',
      httpBase: 'http://127.0.0.1:9001/',
    });
    feed.due = [requestOf('a')];
    live.start();
    world.pass(0);
    expect(server.clients[0].url).toBe('ws://127.0.0.1:9000/stream?streams=a');
    expect(server.requests[0].request.url).toBe('http://127.0.0.1:9001/api?id=a');
  });
});

describe('requests', () => {
  it('are asked when they are due, and answered', () => {
    const { world, server, feed, live } = start();
    feed.due = [requestOf('terms')];
    live.start();
    world.pass(1);
    feed.due = [requestOf('book')];
    server.last.frame('gap');
    world.pass(1);
    expect(server.requests.map(({ request }) => request.url)).toEqual([
      'https://venue.example/api?id=terms',
      'https://venue.example/api?id=book',
    ]);
    server.answer(1, '{}');
    server.answer(0, '[]');
    expect(feed.heard.slice(2)).toEqual(['answer book: {}', 'answer terms: []']);
    expect(live.statistics().requests).toMatchObject({ sent: 2, answered: 2, failed: 0, weightUsed: 2 });
  });

  it('never spend more than the allowance in any window', () => {
    const { world, server, feed, live } = start(undefined, { weight: 10, windowMs: 1_000 });
    feed.due = Array.from({ length: 30 }, (_, each) => requestOf(String(each), 3));
    live.start();
    for (let time = 0; time < 12_000; time += 10) {
      world.pass(10);
      server.requests.forEach((_, at) => server.answer(at, 'x'));
    }
    const times = server.requests.map(({ atMs }) => atMs);
    expect(times).toHaveLength(30);
    for (const from of times)
      expect(times.filter((atMs) => atMs >= from && atMs < from + 1_000).length).toBeLessThanOrEqual(3);
    // And waste nothing: three a second.
    expect(times[29]).toBeLessThan(10_000);
  });

  it('of more weight than a window holds go out alone', () => {
    const { world, server, feed, live } = start(undefined, { weight: 10, windowMs: 1_000 });
    feed.due = [requestOf('small'), requestOf('huge', 50), requestOf('next')];
    live.start();
    world.pass(2_500);
    expect(server.requests.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000]);
  });

  it.each([
    ['429 and seconds', 429, '7', 7_000],
    ['418 and seconds', 418, '120', 120_000],
    ['a date', 429, 'Tue, 14 Nov 2023 22:13:30 GMT', 10_000],
    ['no time', 429, null, 60_000],
    ['no sensible time', 429, 'soon', 60_000],
    ['no time at all', 429, '0', 1_000],
  ])('that were too many are asked again when told: %s', (_, status, retryAfter, waitMs) => {
    const { world, server, feed, live } = start();
    feed.due = [requestOf('a')];
    live.start();
    world.pass(0);
    server.answer(0, 'too many', status, retryAfter);
    feed.due = [requestOf('b')];
    server.last.frame('tick');
    world.pass(waitMs - 1);
    expect(server.requests).toHaveLength(1);
    expect(live.statistics().requests).toMatchObject({ refused: 1, waiting: 2, restMs: 1 });
    world.pass(1);
    server.answer(1, '{}');
    world.pass(0);
    expect(server.requests.map(({ request }) => request.url.at(-1))).toEqual(['a', 'a', 'b']);
    expect(feed.heard.filter((line) => line.startsWith('answer'))).toEqual(['answer a: {}']);
  });

  it.each([
    ['an error of the server', (server: Server) => server.answer(0, 'oops', 503), 'a: status 503'],
    ['no connection', (server: Server) => server.answer(0, 'connection reset', 0), 'a: connection reset'],
    ['nothing', () => {}, 'a: no answer after 10000 ms'],
  ])('that got %s are unanswered, and the next waits a while', (_, act, trouble) => {
    const { world, server, feed, live } = start([{ silenceMs: 1e6 }]);
    feed.due = [requestOf('a')];
    live.start();
    world.pass(0);
    act(server);
    world.pass(server.requests.length > 1 ? 0 : 10_000);
    expect(feed.heard.at(-1)).toBe('answer a: null');
    expect(live.statistics().requests).toMatchObject({ failed: 1, trouble });
    server.answer(0, 'too late');
    expect(feed.heard.at(-1)).toBe('answer a: null');
  });

  it('that always fail are not asked faster and faster', () => {
    const { world, server, feed, live } = start([{ silenceMs: 1e9 }]);
    feed.due = [requestOf('a')];
    live.start();
    for (let time = 0; time < 300_000; time += 500) {
      world.pass(500);
      server.requests.forEach((_, at) => server.answer(at, 'oops', 500));
      feed.due = server.requests.length > 0 ? [requestOf('a')] : [];
      server.last.frame('tick');
    }
    expect(live.statistics().requests.waiting).toBeLessThanOrEqual(1_001);
    expect(server.requests.length).toBeLessThan(16);
  });
});

describe('stopping', () => {
  it('leaves nothing open, whatever was under way', async () => {
    const { world, server, feed, live } = start([{ name: 'open' }, { name: 'opening' }, { name: 'waiting' }]);
    feed.due = Array.from({ length: 10 }, (_, each) => requestOf(String(each)));
    let knocks = 0;
    server.connect = function connect(url, listener) {
      knocks += 1;
      server.door = knocks === 1 ? 'open' : knocks === 2 ? 'silent' : 'shut';
      return Server.prototype.connect.call(server, url, listener);
    };
    live.start();
    world.pass(10);
    expect(live.statistics().connections.map(({ isOpen }) => isOpen)).toEqual([true, false, false]);
    await live.stop();
    expect(feed.heard.at(-1)).toBe('closed open');
    expect(world.leftOpen).toEqual({ sockets: 0, requests: 0, timers: 0 });
    world.pass(1e6);
    expect(server.clients).toHaveLength(3);
    expect(server.requests).toHaveLength(4);
  });
});

describe('statistics', () => {
  it('tell age and clock skew of what was heard, and count problems', () => {
    const world = new VirtualWorld(() => 0);
    world.network = { connect: () => ({ received: () => {}, left: () => {} }), request: () => {} };
    const seen: unknown[] = [];
    let sink: FeedSink = SILENT;
    const live = new LiveFeed(
      (given) => {
        sink = given;
        return new ScriptedFeed();
      },
      { event: (event) => seen.push(event), problem: (problem) => seen.push(problem) },
      world,
    );
    const quote = (skewUs: number): QuoteEvent => ({
      kind: 'quote',
      instrument: 1 as InstrumentRow,
      eventUs: (world.nowUs() - skewUs) as TimeUs,
      receivedUs: world.nowUs(),
      updateId: null,
      bid: 1,
      bidSize: 1,
      ask: 2,
      askSize: 1,
    });
    expect(live.statistics()).toMatchObject({ venue: 'scripted', skew: null, instruments: [] });
    for (const skewUs of [900, -50, 700]) sink.event(quote(skewUs));
    // The venue gave no time.
    sink.event(quote(0));
    sink.event({
      kind: 'lost',
      instrument: 0 as InstrumentRow,
      eventUs: world.nowUs(),
      receivedUs: world.nowUs(),
      why: 'gap',
    });
    sink.problem(problemAt('CAPTURE_JSON', 'public', 1, 'no JSON'), '{');
    world.clockJumpUs = -3_600_000_000;
    world.pass(250);
    expect(live.statistics()).toMatchObject({
      skew: { leastUs: -50, medianUs: 700 },
      instruments: [{ instrument: 1, events: 4, ageMs: 250 }],
      problems: 1,
    });
    expect([...live.statistics().problemsByCode]).toEqual([['CAPTURE_JSON', 1]]);
    expect(seen).toHaveLength(6);
    // After a jump of our clock the old skews are soon forgotten.
    for (let each = 0; each < 256; each++) sink.event(quote(-1_000));
    expect(live.statistics().skew).toEqual({ leastUs: -1_000, medianUs: -1_000 });
  });
});
