/** `plimsoll demo`: an exchange that lives, and its page. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../../io/api/listening.ts';
import { errnoOf, OperationalError } from '../../../io/operational-error.ts';
import { Progress } from '../../cli/progress.ts';
import { paintFor } from '../../cli/output.ts';
import { readVersion } from '../../cli/version.ts';
import type { DemoChoice } from '../messages.ts';
import { serve, type Serving } from '../serve.ts';

export interface DemoOptions {
  readonly choice: DemoChoice;
  readonly address: Address;
  readonly data: string | null;
  readonly keys: string | null;
  readonly json: boolean;
  readonly opens: boolean;
}

const SNAPSHOT_EVERY = 4_000_000;
const EVERY_MS = 1000;
const CHOICE_FILE = 'demo.json';

export async function runServedDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { json, data, address } = options;
  const choice = data === null ? options.choice : choiceIn(data, options.choice);
  const progress = new Progress('demo');
  const say = (text: string): void => {
    if (!json) progress.print(text);
  };
  const tell = (document: Record<string, unknown>): void => {
    if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
  };
  const paint = paintFor(process.stderr);
  const begun = performance.now();
  let timer: NodeJS.Timeout | null = null;
  try {
    const result = await serve(
      {
        engine: {
          data,
          version: await readVersion(),
          demo: choice,
          marketFiles: [],
          limits: null,
          listen: null,
          snapshotEvery: SNAPSHOT_EVERY,
        },
        address,
        keys: options.keys,
        audit: null,
        rateLimit: null,
      },
      {
        signal,
        note: say,
        progress: (what, done, total) => progress.show(done, total, () => what),
        listening: (url) => {
          const ms = Math.round(performance.now() - begun);
          say(
            `${paint('bold', url)}   the dashboard; ${url}/docs the API   (listening after ${ms} ms; Ctrl-C ends it)`,
          );
          tell({ type: 'listening', address: url, afterMs: ms });
          if (options.opens) openInBrowser(url);
        },
        begun: (serving) => {
          timer = setInterval(() => {
            const status = serving.service.health.status();
            if (json) tell({ type: 'status', ...status });
            else progress.show(status.accounts, null, () => lineOf(serving));
          }, EVERY_MS);
        },
        fault: (error, requestId) =>
          say(`request ${requestId} failed, which is our fault: ${String((error as Error)?.stack ?? error)}`),
      },
    );
    progress.clear();
    tell({ type: 'end', ...result, data });
    say(
      data === null
        ? `ended at sequence ${result.sequence}, state hash ${result.stateHash}; nothing was kept: --data keeps it`
        : `ended at sequence ${result.sequence}, state hash ${result.stateHash}; plimsoll demo --data ${data} goes on from there`,
    );
  } finally {
    if (timer !== null) clearInterval(timer);
    progress.clear();
  }
}

function lineOf({ service }: Serving): string {
  const { accounts, crowd, engine, checker } = service.health.status();
  const coming = crowd !== null && !crowd.isDone ? ` of ${crowd.wanted} to come` : '';
  return `${accounts} accounts${coming}, ${Math.round(engine.pricesPerSecond)} prices/s, price p99 ${engine.priceLatencyUs.p99} µs, checker ${checker.verdict}`;
}

/** A directory goes on with what it was begun with. */
function choiceIn(data: string, wanted: DemoChoice): DemoChoice {
  const path = join(data, CHOICE_FILE);
  try {
    if (existsSync(path)) {
      const { seed, accounts } = JSON.parse(readFileSync(path, 'utf8')) as DemoChoice;
      return { ...wanted, seed, accounts: Math.max(accounts, wanted.accounts) };
    }
    mkdirSync(data, { recursive: true });
    writeFileSync(path, `${JSON.stringify({ seed: wanted.seed, accounts: wanted.accounts })}\n`);
    return wanted;
  } catch (cause) {
    throw new OperationalError(
      'DEMO_UNREADABLE',
      `${path} cannot be read or written (${errnoOf(cause)}). Give another directory`,
      { file: path },
      cause,
    );
  }
}

/** As well as it goes: the address is printed all the same. */
function openInBrowser(url: string): void {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
