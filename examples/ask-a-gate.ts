/**
 * A gate in a process of its own, asked over a Unix socket: orders are decided one after the other, each answer is on disk before it comes, and an order
 * that a gate refuses says everything that is wrong with it at once. In a project of your own import from 'plimsoll/gate', and start `plimsoll gate`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GateClient } from '../src/io/gate/client.ts';

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-gate-'));
const address = `unix:${join(folder, 'gate.sock')}`;
const gate = spawn(
  process.execPath,
  [
    join(here, '../src/app/cli.ts'),
    'gate',
    '--definitions',
    join(here, 'gate-definitions.ndjson'),
    '--limits',
    join(here, 'gate-limits.json'),
    '--data',
    join(folder, 'data'),
    '--listen',
    address,
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
// It says when it listens.
let said = '';
for await (const text of gate.stderr) {
  said += String(text);
  if (said.includes('Ctrl-C ends it')) break;
}

const client = await GateClient.connect(address, { cancelWhenGone: true });
// Names become rows once; prices and sizes are whole ticks and lots on the wire.
const alice = await client.account('alice');
const btc = await client.market('BTC-PERP');
await client.mark(btc.row, btc.mark('60000'));
await client.line('{"kind":"collateral","account":"alice","amount":"200000"}');

const ask = (price: string, size: string) =>
  client.enter({
    account: alice,
    market: btc.row,
    side: 'bid',
    price: btc.price(price),
    size: btc.size(size),
  });
// All three are on the way at once, and are decided in this order.
const decisions = await Promise.all([ask('60000', '2'), ask('63500', '4'), ask('59999.9', '3')]);
for (const { isAccepted, reason, order, findings } of decisions) {
  console.log(isAccepted ? `order ${order}: accepted` : `refused: ${reason}`);
  for (const { check, isHard } of findings) console.log(`  ${isHard ? 'refuses' : 'warns'}: ${check}`);
}

// What became of the first: half of it traded, and then it was cancelled.
const [{ order }] = decisions;
await client.execution({
  account: alice,
  market: btc.row,
  side: 'bid',
  lots: btc.size('1'),
  price: btc.price('60000'),
  trade: 1,
  order,
});
await client.cancel({ account: alice, order });
console.log(`done: ${(await client.done(order)).reason}`);

await client.close();
gate.kill('SIGINT');
await once(gate, 'exit');
rmSync(folder, { recursive: true });
