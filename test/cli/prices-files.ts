/** Small captures and recordings whose prices can be worked out by hand. */
import type { TimeUs } from '../../src/core/num/units.ts';
import { printLine, type RecordedLine } from '../../src/io/ingest/venues/record-line.ts';
import { write } from './run-cli.ts';

/** 2024-08-08T23:54:16Z. */
export const START_MS = 1_723_161_256_000;

const spotQuote = (ms: number, bid: string, ask: string): string =>
  `${ms}000000 {"stream":"btcusdt@bookTicker","data":{"u":${ms},"s":"BTCUSDT","b":"${bid}","B":"1","a":"${ask}","A":"1"}}`;
const quote = (ms: number, bid: string, ask: string): string =>
  `${ms}000000 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":${ms},"s":"BTCUSDT","b":"${bid}","B":"1","a":"${ask}","A":"1","T":${ms},"E":${ms}}}`;
const trade = (ms: number, price: string): string =>
  `${ms}000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":${ms},"T":${ms},"s":"BTCUSDT","t":${ms},"p":"${price}","q":"0.1","X":"MARKET","m":false}}`;

/**
 * Fifty seconds. Spot stands at 50000.01 for forty-five and then at 50010.01; the perpetual's mid stands at 49990.05 and its
 * last trade at 49995.
 *
 *   index 50000.01, mean of the basis -9.96   ->  median of 50000.01 (no funding known), 49990.05, 49995  =  49995
 */
export function writeCaptures(folder: string): { readonly perpetual: string; readonly spot: string } {
  const seconds = Array.from({ length: 51 }, (_, at) => START_MS + at * 1000);
  const changesMs = START_MS + 45_000;
  return {
    perpetual: write(
      folder,
      'perpetual.gz',
      seconds.flatMap((ms) => [quote(ms + 100, '49990.0', '49990.1'), trade(ms + 200, '49995.0')]),
    ),
    spot: write(
      folder,
      'spot.gz',
      seconds.map((ms) =>
        ms < changesMs ? spotQuote(ms, '50000.00', '50000.02') : spotQuote(ms, '50010.00', '50010.02'),
      ),
    ),
  };
}

const recordingOf = (venue: string, connection: string, frames: readonly string[]): string[] => {
  const atUs = (START_MS * 1000) as TimeUs;
  const lines: RecordedLine[] = [
    { kind: 'recording', venue, connection },
    { kind: 'opened' },
    ...frames.map((text): RecordedLine => ({ kind: 'frame', text })),
  ];
  return [
    ...lines.map((line, rank) => printLine({ atUs, rank, line })),
    // As a recorder that is stopped leaves it.
    printLine({ atUs: (atUs + 1_000_000) as TimeUs, rank: 0, line: { kind: 'closed', why: 'stopped' } }),
  ];
};

/** Three spot books, the third at ten times the price of the others: mids 50000.01, 50001 and 500000.5. */
export function writeRecordings(folder: string): string[] {
  const book = (bid: string, ask: string): string =>
    `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"bids":[["${bid}","1","0","1"]],"asks":[["${ask}","1","0","1"]],"ts":"${START_MS}","checksum":0,"prevSeqId":-1,"seqId":10}]}`;
  const bybit = `{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":${START_MS},"cts":${START_MS},"data":{"s":"BTCUSDT","b":[["500000","1"]],"a":[["500001","1"]],"u":10,"seq":1}}`;
  const binance =
    '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"50000.00","B":"1","a":"50000.02","A":"1"}}';
  return [
    write(folder, 'binance-spot-stream.gz', recordingOf('binance-spot', 'stream', [binance])),
    write(folder, 'okx-public.gz', recordingOf('okx', 'public', [book('50000.9', '50001.1')])),
    write(folder, 'bybit-public.gz', recordingOf('bybit', 'public', [bybit])),
  ];
}
