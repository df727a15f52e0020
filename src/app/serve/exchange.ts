/** `plimsoll exchange --http`: an exchange behind its API, on what market files say and clients ask. */
import type { Address } from '../../io/api/listening.ts';
import { reportError } from '../cli/errors.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { Progress } from '../cli/progress.ts';
import { readVersion } from '../cli/version.ts';
import { serve } from './serve.ts';

export interface ExchangeFlags {
  readonly http: Address;
  readonly data?: string;
  readonly keys?: string;
  readonly listen?: string;
  readonly marketFile: readonly string[];
  readonly limits?: string;
  readonly snapshotEvery: number;
  readonly json?: boolean;
}

export async function serveExchange(flags: ExchangeFlags): Promise<void> {
  const { http, data = null, keys = null, listen = null, limits = null, marketFile, snapshotEvery } = flags;
  const json = flags.json === true;
  const interrupt = catchInterrupt();
  const progress = new Progress('exchange');
  const note = (text: string): void => {
    if (!json) progress.print(`plimsoll: ${text}`);
  };
  try {
    const result = await serve(
      {
        engine: {
          data,
          version: await readVersion(),
          demo: null,
          marketFiles: marketFile,
          limits,
          listen,
          snapshotEvery,
        },
        address: http,
        keys,
        audit: null,
        rateLimit: null,
      },
      {
        signal: interrupt.signal,
        note,
        progress: (what, done, total) => progress.show(done, total, () => what),
        listening: (address) => {
          progress.clear();
          note(`${address} has the dashboard, ${address}/docs the API. Ctrl-C ends it`);
          if (json) process.stdout.write(`${JSON.stringify({ event: 'listening', address })}\n`);
        },
        begun: ({ service }) => note(`exchange at sequence ${service.replica.sequence}`),
        fault: (error, requestId) => {
          note(`request ${requestId} failed:`);
          reportError(error, json);
        },
      },
    );
    if (json) process.stdout.write(`${JSON.stringify({ event: 'end', ...result })}\n`);
    else
      note(
        `at sequence ${result.sequence}, state hash ${result.stateHash === '' ? 'none yet' : result.stateHash}`,
      );
  } finally {
    progress.clear();
    interrupt.release();
  }
}
