/** The signals and indicators of `plimsoll prices`, on a basis that returns to its mean as can be worked out by hand. */
import { beforeAll, describe, expect, test } from 'vitest';
import { START_MS, writeCaptures } from './prices-files.ts';
import { documentOf, run, temporaryFolder, write } from './run-cli.ts';

interface Signal {
  readonly kind: string;
  readonly net: number;
  readonly expected: number;
  readonly cost: number;
  readonly size: string;
  readonly dropped: string | null;
}
interface Document {
  readonly signals: readonly Signal[];
  readonly markets: readonly {
    readonly mark: string;
    readonly volatility: { readonly ewma: number };
    readonly indicators: Record<string, unknown>;
  }[];
}

let folder: string;
let files: string[];
const ask = async (...args: string[]): Promise<Document> =>
  documentOf(await run(['prices', '--replay', ...args, '--json'])) as unknown as Document;

/**
 * Five and a half minutes. The index is 50000 and 50005 by turns of ten seconds; the perpetual stands 200 above it every thirty
 * seconds, the last second being one of those, and halves its distance each second.
 *
 *   mean of the basis       0.004 * 2 / 30                             = 0.000267
 *   deviation               root of 0.004^2 * 4/3 / 30 less mean^2     = 0.0008, so that 0.004 is 4.667 out
 *   expected over an hour   0.004 less the mean                        = 0.003733
 *   costs                   2 * (0.0005 + half of 0.1 / 50205)         = 0.001002
 */
function writeBasis(): string[] {
  const seconds = Array.from({ length: 331 }, (_, at) => ({
    ms: START_MS + at * 1000,
    index: 50_000 + 5 * (Math.floor(at / 10) % 2),
    distance: 200 * 0.5 ** ((at + 1) % 30),
  }));
  const line = (ms: number, bid: string, ask: string, times: string): string =>
    `${ms}000000 {"stream":"btcusdt@bookTicker","data":{${times}"u":${ms},"s":"BTCUSDT","b":"${bid}","B":"1","a":"${ask}","A":"1"}}`;
  return [
    write(
      folder,
      'perpetual.gz',
      seconds.map(({ ms, index, distance }) => {
        const mid = index + distance;
        const times = `"e":"bookTicker","T":${ms},"E":${ms},`;
        return line(ms + 400, (mid - 0.05).toFixed(2), (mid + 0.05).toFixed(2), times);
      }),
    ),
    write(
      folder,
      'spot.gz',
      seconds.map(({ ms, index }) => line(ms + 300, `${index - 1}.99`, `${index}.01`, '')),
    ),
  ];
}

beforeAll(() => {
  folder = temporaryFolder();
  files = writeBasis();
});

describe('signals', () => {
  test('a basis that returns is worth what the hand says, after costs and with a size', async () => {
    const { signals, markets } = await ask(...files, '--min-sources', '1');
    const [best, ...others] = signals;
    expect(best).toMatchObject({
      market: 'BTC',
      kind: 'basis-reversion',
      side: 'short',
      horizonSeconds: 3600,
      funding: 0,
      why: expect.stringMatching(/^basis 0\.004\d* is 4\.6\d+ deviations out/) as string,
      dropped: null,
    });
    expect(best.expected).toBeCloseTo(0.003733, 5);
    expect(best.net).toBe(best.expected - best.cost);
    expect(others.map(({ kind, dropped }) => [kind, dropped])).toEqual([['trend', 'not-worth-it']]);
    const [{ mark, volatility, indicators }] = markets;
    // One deviation of an hour moves it by 1000.
    const moved = Number(best.size) * Number(mark) * volatility.ewma * Math.sqrt(1 / (365 * 24));
    expect(moved).toBeGreaterThan(999);
    expect(moved).toBeLessThanOrEqual(1000);
    expect(indicators['bookBasisZScore']).toBeCloseTo(4.667, 2);
    expect(indicators['bookBasis']).toBeCloseTo(0.004, 9);
    expect(indicators['rsi']).toBeGreaterThan(40);
    expect(indicators['rsi']).toBeLessThan(60);
    for (const average of ['emaFast', 'emaSlow']) {
      expect(Number(indicators[average])).toBeGreaterThan(50_000);
      expect(Number(indicators[average])).toBeLessThan(50_005);
    }
  });

  test('for people it is one section, with the best only', async () => {
    const { stdout } = await run(['prices', '--replay', ...files, '--min-sources', '1']);
    expect(stdout).toContain('signals   1 worth their costs; advice, not orders');
    expect(stdout).toMatch(/^ {2}BTC +basis-reversion +short +\+27\.3 +\+37\.3 +\+10\.0 +\d+\.\d+$/m);
    expect(stdout).not.toContain('trend');
    expect(stdout).toMatch(/averages {2}5000\d\.\d of 12, 5000\d\.\d of 26 steps of 10 s, RSI \d\d/);
  });

  test('a price that may not be used to open makes none, and says so', async () => {
    const { signals } = await ask(...files);
    expect(signals.map(({ kind, dropped }) => [kind, dropped])).toEqual([
      ['basis-reversion', 'price-invalid'],
      ['trend', 'price-invalid'],
    ]);
    const { stdout } = await run(['prices', '--replay', ...files]);
    expect(stdout).not.toContain('signals');
  });

  test('where nothing is suggested there is an empty list and no section', async () => {
    const { perpetual, spot } = writeCaptures(temporaryFolder());
    const { signals, markets } = await ask(perpetual, spot, '--min-sources', '1');
    expect([signals, markets[0].indicators]).toMatchObject([[], { emaFast: null, rsi: null }]);
    const { stdout } = await run(['prices', '--replay', perpetual, spot, '--min-sources', '1']);
    expect(stdout).not.toMatch(/signals|averages/);
  });
});
