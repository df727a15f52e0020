/**
 * `plimsoll prices --venue` against venues on this machine: a perpetual and a spot market that say what they say with the time
 * of now, and a third that is not there. What was recorded is replayed to the same prices.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeWorld } from '../../src/io/ingest/venues/live/node-world.ts';
import { NO_FAULTS } from '../mock-venue/faults.ts';
import { MockVenue } from '../mock-venue/mock-venue.ts';
import type { ScenarioFrame, VenueScript } from '../mock-venue/scenario.ts';
import { serve, type MockServer } from '../mock-venue/server.ts';
import { binanceProtocol } from '../mock-venue/venues/binance.ts';
import { documentOf, run, temporaryFolder } from './run-cli.ts';

const DURATION_MS = 120_000;
const EVERY_MS = 50;
/** Nobody listens there. */
const DEAD = 'ws://127.0.0.1:9,http://127.0.0.1:9';

/** The same prices again and again: what the command makes of them does not depend on when it came. */
function scenario(frameOf: (id: number, ms: number) => readonly (readonly [string, object])[]): VenueScript {
  const startMs = Date.now();
  const frames: ScenarioFrame[] = [];
  for (let atMs = 0; atMs < DURATION_MS; atMs += EVERY_MS) {
    for (const [stream, data] of frameOf(atMs / EVERY_MS + 1, startMs + atMs))
      frames.push({ atMs, stream, text: JSON.stringify({ stream, data }) });
  }
  return {
    durationMs: DURATION_MS,
    frames,
    protocol: binanceProtocol('usdm', 'BTCUSDT', () => '{}'),
  };
}

const perpetual = (): VenueScript =>
  scenario((u, ms) => [
    [
      'btcusdt@bookTicker',
      { e: 'bookTicker', u, s: 'BTCUSDT', b: '49990.0', B: '1', a: '49990.2', A: '1', T: ms, E: ms },
    ],
    [
      'btcusdt@markPrice@1s',
      {
        e: 'markPriceUpdate',
        E: ms,
        s: 'BTCUSDT',
        p: '49991.50000000',
        i: '50000.25000000',
        P: '49991.0',
        r: '0.00012500',
        T: Math.ceil(ms / 28_800_000) * 28_800_000,
      },
    ],
  ]);
const spot = (): VenueScript =>
  scenario((u) => [
    ['btcusdt@bookTicker', { u, s: 'BTCUSDT', b: '50000.00', B: '1', a: '50000.02', A: '1' }],
  ]);

/** Every second one frame among the others that nobody can use. */
const broken = (): VenueScript =>
  scenario((u) => [
    [
      'btcusdt@bookTicker',
      { u, s: 'BTCUSDT', b: u % 20 === 0 ? 'NaN' : '50000.00', B: '1', a: '50000.02', A: '1' },
    ],
  ]);

const servers: MockServer[] = [];
const urls: string[] = [];
beforeAll(async () => {
  for (const make of [perpetual, spot, broken]) {
    const server = await serve(new MockVenue(make(), NO_FAULTS, 1, new NodeWorld()));
    servers.push(server);
    urls.push(`ws://${server.host},http://${server.host}`);
  }
});
afterAll(async () => {
  for (const server of servers) await server.stop();
});

const args = (...more: string[]): string[] => [
  ...'prices --venue binance --markets BTC --index binance-spot,okx --min-sources 1 --base-url'.split(' '),
  `binance=${urls[0]}`,
  `binance-spot=${urls[1]}`,
  `okx=${DEAD}`,
  ...more,
];

interface Document {
  readonly markets: readonly Record<string, unknown>[];
  readonly venues: readonly Record<string, unknown>[];
}

describe('prices --venue', () => {
  test('prices a market, says what the venue says, and what is not reached and tried again', async () => {
    const ran = await run(args('--seconds', '4', '--json'));
    const document = documentOf(ran) as unknown as Document;
    expect(document.markets).toEqual([
      expect.objectContaining({
        market: 'BTC',
        venue: 'binance',
        rule: 'binance-2025-09-18',
        index: '50000.01',
        quality: 'ok',
        published: expect.objectContaining({
          mark: '49991.5',
          index: '50000.25',
          fundingRate: '0.000125',
        }) as unknown,
      }),
    ]);
    const sources = document.markets[0]['sources'] as { venue: string; status: string; ageUs: number }[];
    expect(sources.map(({ venue, status }) => [venue, status])).toEqual([
      ['binance-spot', 'used'],
      ['okx', 'never'],
    ]);
    expect(document.venues.map(({ venue, state }) => [venue, state])).toEqual([
      ['binance', 'open'],
      ['binance-spot', 'open'],
      ['okx', 'unreachable'],
    ]);
    expect(document.venues[2]).toMatchObject({ frames: 0, trouble: expect.any(String) as string });
    expect(document.venues[2]['tries']).toBeGreaterThan(0);
  });

  test('for people it says the same, in lines and a table', async () => {
    const { stdout } = await run(args('--seconds', '3', '--every', '1', '--plain'));
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3}Z BTC \| index 50000\.01 mark \d/m);
    expect(stdout).toMatch(/^okx +not reached \(.*\), (next try in \d+\.\d s|trying now), \d+ tries/m);
    expect(stdout).toMatch(/^ {2}binance says {2}mark 49991\.5, index 50000\.\d, funding 0\.0125%/m);
  });

  test('what was recorded gives the same prices again', async () => {
    const folder = temporaryFolder();
    const live = documentOf(
      await run(args('--seconds', '3', '--json', '--record', folder)),
    ) as unknown as Document;
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect(files.some((file) => /binance-public-\d{8}T\d{6}Z\.gz$/.test(file))).toBe(true);
    const replayed = documentOf(
      await run(['prices', '--replay', ...files, '--min-sources', '1', '--json']),
    ) as unknown as Document;
    const facts = ({ index, mark, last, rule, quality, published }: Record<string, unknown>): unknown => [
      index,
      mark,
      last,
      rule,
      quality,
      (published as { mark: string }).mark,
    ];
    expect(replayed.markets.map(facts)).toEqual(live.markets.map(facts));
  });

  test('frames that cannot be used are kept as they came, and the recording gives the same again', async () => {
    const folder = temporaryFolder();
    const recorded = join(folder, 'recorded');
    const kept = join(folder, 'live.ndjson');
    const live = args('--seconds', '3', '--json', '--record', recorded, '--quarantine', kept);
    const ran = await run(
      live.map((word) => (word === `binance-spot=${urls[1]}` ? `binance-spot=${urls[2]}` : word)),
    );
    expect(ran.code).toBe(1);
    const lines = readFileSync(kept, 'utf8').trimEnd().split('\n');
    const document = documentOf(ran);
    expect(lines).toHaveLength(document['problems'] as number);
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const entry of entries)
      expect(entry).toMatchObject({
        venue: 'binance-spot',
        connection: 'stream',
        code: 'FEED_NUMBER',
        field: 'b',
        value: 'NaN',
        frame: expect.stringMatching(/^\{"stream":"btcusdt@bookTicker","data":\{.*"b":"NaN"/) as string,
        isCut: false,
      });
    expect(document['latestProblems']).toMatchObject(
      entries.slice(-10).map(({ time, frame }) => ({ time, frame })),
    );
    const again = join(folder, 'replayed.ndjson');
    const files = readdirSync(recorded).map((name) => join(recorded, name));
    await run(['prices', '--replay', ...files, '--min-sources', '1', '--json', '--quarantine', again]);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(kept, 'utf8'));
  });

  test('Ctrl-C ends it in good order, with what there was', async () => {
    const ran = await run(args('--json', '--every', '1'), {
      during: (child) => {
        let isSent = false;
        child.stdout!.on('data', (text: string) => {
          if (isSent || !text.includes('"type":"price"')) return;
          isSent = true;
          child.kill('SIGINT');
        });
      },
    });
    const documents = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(documents.at(-1)!.type).toBe('summary');
    expect(ran.signal).toBe(null);
  });

  test('where no venue is reached it says so, and fails', async () => {
    const ran = await run([
      ...'prices --venue binance --index okx --seconds 1 --markets BTC --base-url'.split(' '),
      `binance=${DEAD}`,
      `okx=${DEAD}`,
    ]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('no venue was heard');
    expect(ran.stdout).toContain('BTC: stale, good for nothing');
  });
});
