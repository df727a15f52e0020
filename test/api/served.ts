/** A served exchange for tests: a real engine in its thread, its replica, and the API, on a port of its own. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { routes, type RouteName } from '../../src/io/api/contract/routes.ts';
import { Compile } from 'typebox/compile';
import { Problem } from '../../src/io/api/contract/problem.ts';
import { KeyFile } from '../../src/io/api/keys.ts';
import { Api } from '../../src/io/api/server.ts';
import type { EngineChoice } from '../../src/app/serve/messages.ts';
import { Service } from '../../src/app/serve/service.ts';

export interface Running {
  readonly api: Api;
  readonly service: Service;
  readonly url: string;
  readonly faults: unknown[];
  stop(): Promise<void>;
}

export interface RunOptions {
  readonly accounts?: number;
  readonly data?: string | null;
  readonly keys?: string | null;
  readonly audit?: string | null;
  readonly rateLimit?: number;
  readonly snapshotEvery?: number;
  /** Null: an exchange of its own market files, without traders. */
  readonly demo?: EngineChoice['demo'];
  readonly marketFiles?: readonly string[];
  readonly limits?: string | null;
  readonly listen?: string | null;
}

export async function runServed(options: RunOptions = {}): Promise<Running> {
  const {
    accounts = 300,
    data = null,
    keys = null,
    audit = null,
    rateLimit = 0,
    marketFiles = [],
    limits = null,
    listen = null,
    snapshotEvery = 1_000_000,
  } = options;
  const demo = options.demo === undefined ? { seed: 1, accounts, speed: 250, crash: false } : options.demo;
  const faults: unknown[] = [];
  const service = new Service(
    { data, version: '0.0.0-test', demo, marketFiles, limits, listen, snapshotEvery },
    { note: () => {}, progress: () => {} },
  );
  const api = await Api.create(
    {
      version: '0.0.0-test',
      address: { host: '127.0.0.1', port: 0 },
      keys: keys === null ? null : new KeyFile(keys),
      auditPath: audit,
      rateLimit,
      dashboard: null,
      onFault: (error) => void faults.push(error),
    },
    service.backend,
  );
  service.health.stream = () => api.streamNumbers;
  const url = await api.listen();
  await service.begun;
  return {
    api,
    service,
    url,
    faults,
    stop: async () => {
      await api.close();
      await service.stop();
    },
  };
}

/** Until `isSo`, looked at every few ms. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All that the demo makes is there, and lists are in order. */
export async function untilFull({ service, url }: Running, accounts: number): Promise<void> {
  await until('the crowd', () => service.replica.exchange.engine.book.accounts.count >= accounts);
  await until('the ranking', async () => {
    const { body } = await ask(url, '/api/v1/accounts?sort=equity&limit=1');
    return ((body as { total?: number }).total ?? 0) >= accounts;
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function ask(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const isJson = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

const isProblem = Compile(Problem);
const compiled = new Map<RouteName, ReturnType<typeof Compile>>();

/** What of an answer is not as the contract has it; empty where all is. */
export function violations(name: RouteName, body: unknown): unknown[] {
  let schema = compiled.get(name);
  if (schema === undefined) {
    schema = Compile(routes[name].answer);
    compiled.set(name, schema);
  }
  return [...schema.Errors(body)].slice(0, 3);
}

export function problemViolations(body: unknown): unknown[] {
  return [...isProblem.Errors(body)].slice(0, 3);
}

/** A client of the stream that keeps what it hears. */
export class Listener {
  readonly heard: Record<string, unknown>[] = [];
  readonly socket: WebSocket;

  constructor(url: string, options: { readonly headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream`, options);
    this.socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString())));
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  of(channel: string): Record<string, unknown>[] {
    return this.heard.filter((message) => message['channel'] === channel);
  }

  close(): void {
    this.socket.terminate();
  }
}
