/**
 * Asks a running server over HTTP: who is nearest to liquidation, and what a fall of all markets by 15 % would cost. Asking changes nothing.
 *
 * `node examples/ask-what-if.ts http://127.0.0.1:8080` asks that one; without an address it starts a small demo and asks that. In a
 * project of your own import from 'plimsoll/client'.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../src/client/index.ts';

const cli = join(import.meta.dirname, '../src/app/cli.ts');
const flags = ['demo', '--accounts', '2000', '--http', '127.0.0.1:0', '--no-open', '--json'];
const demo = process.argv[2] === undefined ? spawn(process.execPath, [cli, ...flags]) : null;

const url = process.argv[2] ?? (await addressOf(demo!.stdout));
const client = new Client({ url });
try {
  if (demo !== null) await crowd();
  const nearest = await client.call('nearest', { query: { limit: 5 } });
  console.log(`after command ${nearest.cut.sequence}, nearest to liquidation when all marks move together:`);
  for (const { account, level, distancePercent, health } of nearest.data)
    console.log(`  ${account.padEnd(16)} ${level.padEnd(10)} ${distancePercent} % away, health ${health}`);

  const { liquidated, waterfall, hits, tookMs } = (
    await client.call('stress', { body: { allPercent: '-15', limit: 3 } })
  ).data;
  console.log(`\nif all marks fell by 15 %, asked of every account in ${tookMs.toFixed(1)} ms:`);
  console.log(
    `  ${liquidated.accounts} accounts with ${liquidated.longNotional} of longs would be liquidated`,
  );
  console.log(`  they would owe ${waterfall.deficit}, of which the fund pays ${waterfall.fundUsed}`);
  console.log(`  ${waterfall.deleveraged} would be left for deleveraging`);
  for (const { account, from, to, equityAfter } of hits)
    console.log(`  ${account.padEnd(16)} ${from} -> ${to}, equity ${equityAfter}`);
} finally {
  demo?.kill('SIGINT');
}

/** Waits until the demo's accounts have opened their positions. */
async function crowd(): Promise<void> {
  for (;;) {
    const status = await client.call('status').catch(() => null);
    if (status?.data.crowd?.isDone === true) return;
    await sleep(250);
  }
}

/** The demo's first line says where it is. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  const [line] = (await once(createInterface({ input: output }), 'line')) as [string];
  return (JSON.parse(line) as { address: string }).address;
}
