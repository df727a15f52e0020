import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { run } from '../../../test/cli/run-cli.ts';
import type { SimOutput } from './output.ts';
import { runSim } from './run.ts';
import type { SimStatus } from './status.ts';
import { alertText, plainLine, screenLines, summaryLines } from './view.ts';
import type { AlertDocument } from '../../io/publish/alert-lines.ts';

const SMALL = { seed: 7, accounts: 60, speed: 0, crash: false, watched: true, seconds: Infinity };
const quiet: SimOutput = {
  everyMs: Infinity,
  begin: () => {},
  show: () => {},
  alert: () => {},
  end: () => {},
  close: () => {},
};

/** As it is after so many commands: what the machine's speed decides left out. */
async function statusAfter(commands: number, crash = false): Promise<SimStatus> {
  const status = await runSim({ ...SMALL, crash, commands }, quiet, new AbortController().signal);
  return { ...status, elapsedSeconds: 0, commandsPerSecond: 0 };
}

test('the same seed is the same exchange, and all laws hold after every command', async () => {
  const status = await statusAfter(2_500);
  expect(status).toMatchObject({ commands: 2_500, checked: 2_500, broken: null, stateEvery: 1 });
  expect(status.trades).toBeGreaterThan(100);
  expect(await statusAfter(2_500)).toEqual(status);
});

test('a crash liquidates', async () => {
  const { liquidations, lastLiquidations, broken } = await statusAfter(4_000, true);
  expect(broken).toBeNull();
  expect(liquidations).toBeGreaterThan(3);
  expect(lastLiquidations[0].equity).toBeLessThan(lastLiquidations[0].maintenance);
});

test('alerts are told as they come, and watching changes nothing', async () => {
  const told: string[] = [];
  const output = { ...quiet, alert: (_: number, alert: AlertDocument) => void told.push(alertText(alert)) };
  const { signal } = new AbortController();
  const crash = { ...SMALL, crash: true, commands: 4_000 };
  const watched = await runSim(crash, output, signal);
  expect(watched.alerts).toBe(told.length);
  expect(told.join('\n')).toMatch(
    /^linked_cluster M\d-PERP; .+; long [\d.]+; short [\d.]+; openInterest [\d.]+$/m,
  );
  const alone = await runSim({ ...crash, watched: false }, output, signal);
  expect(told).toHaveLength(watched.alerts);
  const timeless = { elapsedSeconds: 0, commandsPerSecond: 0, alerts: 0 };
  expect({ ...alone, ...timeless }).toEqual({ ...watched, ...timeless });
});

test('a screen shows book, trades, liquidations and laws, in the width there is', async () => {
  const status = await statusAfter(4_000, true);
  const bare = (_: string, text: string): string => text;
  const lines = screenLines(status, 'wash_pair M0-PERP; 1, 2', 100, 60, bare);
  expect(lines.every((line) => line.length <= 100)).toBe(true);
  const text = lines.join('\n');
  expect(text).toContain('hold 4,000 of 4,000');
  expect(text).toContain('M0-PERP');
  expect(text).toContain(`${status.alerts}   wash_pair M0-PERP; 1, 2`);
  expect(text).toContain(String([...status.bids, ...status.asks][0].price));
  expect(text).toMatch(/liquidations\n {2}account \d+ +equity/);
  expect(screenLines(status, '', 60, 10, bare)).toHaveLength(10);
  expect(plainLine(status)).toContain('hold 4,000 of 4,000');
  expect(summaryLines({ ...status, broken: 'trade 1 of nothing' }, bare).join('\n')).toContain(
    'broken after 4,000 commands: trade 1 of nothing',
  );
});

test('the command prints lines where there is no terminal, documents with --json, and exits with 0', async () => {
  const plain = await run(['exchange', '--sim', '--seconds', '2', '--accounts', '10', '--seed', '3']);
  expect(plain).toMatchObject({ code: 0, stderr: '' });
  expect(stripVTControlCharacters(plain.stdout)).toBe(plain.stdout);
  expect(plain.stdout).toMatch(/^laws +hold ([\d,]+) of \1/m);
  const json = await run(['exchange', '--sim', '--seconds', '1', '--accounts', '10', '--json']);
  const last: unknown = JSON.parse(json.stdout.trimEnd().split('\n').at(-1)!);
  expect(last).toMatchObject({ type: 'summary', accounts: 10, seed: 1, broken: null });
});

test('options of a simulation go with one', async () => {
  const { code, stderr } = await run(['exchange', '--crash']);
  expect(code).toBe(2);
  expect(stderr).toContain('--crash goes with --sim');
});
