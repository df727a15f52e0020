/** An exchange behind its API, from listening to the last answer: what `plimsoll demo` and `plimsoll exchange --http` have in common. */
import { join } from 'node:path';
import { KeyFile } from '../../io/api/keys.ts';
import { isLoopback, type Address } from '../../io/api/listening.ts';
import { Api } from '../../io/api/server.ts';
import { OperationalError } from '../../io/operational-error.ts';
import type { EngineChoice } from './messages.ts';
import { Service } from './service.ts';

/** Of one caller, a second, where anybody may reach the server. On loopback there is no limit. */
const RATE_LIMIT = 200;

export interface ServeOptions {
  readonly engine: EngineChoice;
  readonly address: Address;
  /** Null: beside the data, where there is any. */
  readonly keys: string | null;
  readonly audit: string | null;
  /** Null: as the address asks for. */
  readonly rateLimit: number | null;
}

export interface ServeHooks {
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly progress: (what: string, done: number, total: number) => void;
  /** The server answers; the exchange may still be recovering. */
  readonly listening: (address: string, serving: Serving) => void;
  /** The exchange is there. */
  readonly begun: (serving: Serving) => void;
  /** An error of ours, that a request brought up. */
  readonly fault: (error: unknown, requestId: string) => void;
}

export interface Serving {
  readonly service: Service;
  readonly api: Api;
}

export interface ServeResult {
  readonly stateHash: string;
  readonly sequence: number;
}

/** The dashboard's files: in a clone, and in the package, beside the sources or what they were built to. */
const DASHBOARD = join(import.meta.dirname, '..', '..', '..', 'dist-web');

/** Resolves when `signal` has ended it; rejects when the engine fails. */
export async function serve(options: ServeOptions, hooks: ServeHooks): Promise<ServeResult> {
  const { engine, address } = options;
  const beside = (name: string): string | null => (engine.data === null ? null : join(engine.data, name));
  const keysPath = options.keys ?? beside('keys.json');
  const keys = keysPath === null ? null : new KeyFile(keysPath);
  if (!isLoopback(address.host) && (keys === null || !keys.areAny))
    throw new OperationalError(
      'KEYS_MISSING',
      `${address.host} can be reached from other machines, and there is no key: make one with plimsoll key create, and name its file with --keys`,
      { field: '--keys', value: keysPath },
    );
  const service = new Service(engine, hooks);
  const api = await Api.create(
    {
      version: engine.version,
      address,
      keys,
      auditPath: options.audit ?? beside('audit.ndjson'),
      rateLimit: options.rateLimit ?? (isLoopback(address.host) ? 0 : RATE_LIMIT),
      dashboard: DASHBOARD,
      onFault: hooks.fault,
    },
    service.backend,
  );
  service.health.stream = () => api.streamNumbers;
  const serving = { service, api };
  try {
    hooks.listening(await api.listen(), serving);
    await service.begun;
    if (!hooks.signal.aborted) hooks.begun(serving);
    await Promise.race([untilAborted(hooks.signal), service.ended]);
  } catch (error) {
    await api.close();
    // It may have failed already, and that is the error worth telling.
    await service.stop().catch(() => {});
    throw error;
  }
  await api.close();
  return service.stop();
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
