/**
 * The same question asked of Redis: limits, position and window in hashes, read, checked and written by one Lua script, on a server of its own over a Unix
 * socket. It looks at far less than the gate does: one position limit and two windows.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyCommand } from './gate-flow.ts';
import { GateKind, type EnterCommand } from '../../core/schema/gate-commands.ts';
import { Side } from '../../core/schema/side.ts';
import { rounded } from './report.ts';

export interface RedisResults {
  readonly version: string;
  /** One order after the other, each awaited. */
  readonly oneByOnePerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** A hundred under way at once. */
  readonly pipelinedPerSecond: number;
}

const SCRIPT = `
local held = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local after = held + tonumber(ARGV[2])
if math.abs(after) > tonumber(redis.call('HGET', KEYS[2], 'position_max') or '0') then return 'position_max' end
local since = tonumber(ARGV[4]) - 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', since)
if redis.call('ZCARD', KEYS[3]) >= 100000 then return 'order_rate' end
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[5])
redis.call('HSET', KEYS[1], ARGV[1], after)
return 'accepted'`;
const ORDERS = 20_000;
const AT_ONCE = 100;

/** Null where no redis-server is installed. */
export async function measureRedis(
  directory: string,
  commands: readonly AnyCommand[],
  quick: boolean,
): Promise<RedisResults | null> {
  const said = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (said.error !== undefined || said.status !== 0) return null;
  const path = join(directory, 'redis.sock');
  const server = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', directory],
    { stdio: 'ignore' },
  );
  try {
    const { createClient } = await import('redis');
    const client = createClient({ socket: { path, tls: false, reconnectStrategy: 50 } });
    client.on('error', () => {});
    for (let tries = 0; !client.isReady && tries < 100; tries++) {
      if (!client.isOpen) await client.connect().catch(() => {});
      await sleep(20);
    }
    const sha = await client.scriptLoad(SCRIPT);
    const orders = commands
      .filter((command): command is EnterCommand => command.kind === GateKind.enter)
      .slice(0, quick ? 500 : ORDERS);
    for (const { account } of orders) await client.hSet(`limits:${account}`, 'position_max', 1_000_000);
    const ask = (order: EnterCommand, at: number): Promise<unknown> =>
      client.evalSha(sha, {
        keys: [`position:${order.account}`, `limits:${order.account}`, `orders:${order.account}`],
        arguments: [
          String(order.market),
          String((order.side === Side.bid ? 1 : -1) * order.size),
          String(order.price),
          String(order.timeUs),
          `${order.timeUs}-${at}`,
        ],
      });
    await Promise.all(orders.slice(0, 200).map(ask));

    const waits: number[] = [];
    const start = performance.now();
    let since = start;
    for (const [at, order] of orders.entries()) {
      await ask(order, at);
      const now = performance.now();
      waits.push(now - since);
      since = now;
    }
    const oneByOne = (performance.now() - start) / 1000;

    const startTogether = performance.now();
    for (let from = 0; from < orders.length; from += AT_ONCE)
      await Promise.all(orders.slice(from, from + AT_ONCE).map((order, at) => ask(order, from + at)));
    const together = (performance.now() - startTogether) / 1000;
    client.destroy();
    waits.sort((a, b) => a - b);
    return {
      version: /v=(\S+)/.exec(said.stdout)?.[1] ?? 'unknown',
      oneByOnePerSecond: rounded(orders.length / oneByOne),
      p50Us: rounded(waits[Math.floor(waits.length / 2)] * 1000),
      p99Us: rounded(waits[Math.floor(waits.length * 0.99)] * 1000),
      pipelinedPerSecond: rounded(orders.length / together),
    };
  } finally {
    server.kill('SIGKILL');
  }
}
