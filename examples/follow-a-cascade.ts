/**
 * Follows liquidations as they happen, over one WebSocket: a listener is given the whole list each time, however the server sent it, and
 * after a lost connection what it missed. The demo's first market is sent down by 15 % so that there is something to follow.
 *
 * `node examples/follow-a-cascade.ts` starts a small demo for it. In a project of your own import from 'plimsoll/client'.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Liquidation } from '../src/client/index.ts';

const cli = join(import.meta.dirname, '../src/app/cli.ts');
const flags = ['demo', '--accounts', '2000', '--http', '127.0.0.1:0', '--no-open', '--json'];
const demo = spawn(process.execPath, [cli, ...flags]);
const [line] = (await once(createInterface({ input: demo.stdout }), 'line')) as [string];
const client = new Client({ url: (JSON.parse(line) as { address: string }).address });

while ((await client.call('status').catch(() => null))?.data.crowd?.isDone !== true) await sleep(250);

const seen = new Map<number, Liquidation>();
const stream = client.stream({ onConnection: (state) => console.log(`stream: ${state}`) });
stream.subscribe('liquidations', null, ({ data }) => {
  // Newest first; one that goes on comes again as it moves.
  for (const liquidation of data) {
    if (!seen.has(liquidation.id) && seen.size < 10)
      console.log(`  ${liquidation.account} is ${liquidation.level}, equity ${liquidation.equity}`);
    seen.set(liquidation.id, liquidation);
  }
});

const fund = (await client.call('aggregates')).data.insuranceFund;
const { data } = await client.call('crash', { body: { percent: '15', seconds: 3 } });
console.log(`${data.market} goes from ${data.markBefore} to ${data.markAfter} in ${data.seconds} s`);
while (seen.size < 100) await sleep(100);

const ended = [...seen.values()].filter(({ outcome }) => outcome !== null);
const [{ id, account }] = ended;
const { steps } = (await client.call('liquidation', { params: { id } })).data;
console.log(
  `${seen.size} liquidations so far, ${ended.length} of them over; that of ${account} took ${steps.length} steps:`,
);
for (const { sequence, event } of steps) console.log(`  command ${sequence}: ${event}`);
console.log(
  `the insurance fund went from ${fund} to ${(await client.call('aggregates')).data.insuranceFund}`,
);

stream.close();
demo.kill('SIGINT');
