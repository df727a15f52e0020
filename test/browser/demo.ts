/** The real demo as a process of its own, with the dashboard that is built from this tree. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem, Client, type AnswerOf } from '../../src/client/index.ts';

export const ROOT = dirname(dirname(import.meta.dirname));
/** What a run leaves to look at. */
export const PICTURES = join(ROOT, '.plimsoll', 'pictures');

const SETTLED_MS = 90_000;

export interface DemoOptions {
  readonly accounts: number;
  /** Prices a second. At 1 the world stands still long enough to be compared. */
  readonly speed: number;
  readonly data?: string;
  /** A file of keys, and one of them to ask with. */
  readonly keys?: { readonly file: string; readonly key: string };
  /** 0: any that is free. */
  readonly port?: number;
}

export class Demo {
  readonly #process: ChildProcess;
  readonly url: string;
  readonly client: Client;

  private constructor(process: ChildProcess, url: string, key: string | undefined) {
    this.#process = process;
    this.url = url;
    this.client = new Client({ url, ...(key === undefined ? {} : { key }) });
  }

  /** Returns when everybody has opened what they wanted to. */
  static async start({ accounts, speed, data, keys, port = 0 }: DemoOptions): Promise<Demo> {
    mkdirSync(PICTURES, { recursive: true });
    execFileSync(process.execPath, [join(ROOT, 'scripts/build-web.mjs'), '--if-older'], { stdio: 'inherit' });
    const flags = [
      '--accounts',
      accounts,
      '--speed',
      speed,
      '--http',
      `127.0.0.1:${port}`,
      '--no-open',
      '--json',
    ];
    const args = [
      join(ROOT, 'src/app/cli.ts'),
      'demo',
      ...flags.map(String),
      ...(data === undefined ? [] : ['--data', data]),
      ...(keys === undefined ? [] : ['--keys', keys.file]),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const lines = createInterface({ input: child.stdout });
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
      lines.on('line', (line) => {
        const { type, address } = JSON.parse(line) as { type: string; address: string };
        if (type === 'listening') resolve(address);
      });
    });
    const demo = new Demo(child, url, keys?.key);
    await demo.#settled();
    return demo;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async #settled(): Promise<void> {
    const until = performance.now() + SETTLED_MS;
    for (;;) {
      const { crowd, state } = await this.#status();
      if (state === 'live' && crowd?.isDone === true) return;
      if (performance.now() > until)
        throw new Error(`the crowd is at ${crowd?.opened} and the demo ${state}`);
      await sleep(250);
    }
  }

  /** A demo that starts answers that it does. */
  async #status(): Promise<Pick<AnswerOf<'status'>['data'], 'crowd' | 'state'>> {
    try {
      return (await this.client.call('status')).data;
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'API_STARTING')
        return { crowd: null, state: 'starting' };
      throw error;
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}
