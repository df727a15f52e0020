import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GateKind } from '../../core/schema/gate-commands.ts';
import { connectOptions, parseAddress, type Address } from './address.ts';
import { GateClient } from './client.ts';
import { FrameType, FrameWriter, PROTOCOL_MAGIC, REFUSAL_NAMES } from './protocol.ts';
import { GateServer, type ServerOptions } from './server.ts';
import { ScriptedDoor } from './testing/scripted-door.ts';

let directory: string;
let path: string;
let door: ScriptedDoor;
let server: GateServer | null;
let refused: string[];
let orphans: number[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plimsoll-gate-'));
  path = `unix:${join(directory, 'gate.sock')}`;
  door = new ScriptedDoor();
  server = null;
  refused = [];
  orphans = [];
});
afterEach(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(
  options: Partial<ServerOptions> = {},
  address: Address = parseAddress(path)!,
): Promise<void> {
  server = await GateServer.open(address, door, {
    onRefused: (name) => refused.push(name),
    onOrphans: (orders) => orphans.push(...orders),
    onFailure: () => {},
    ...options,
  });
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** A client that says whatever it is told to. */
class Raw {
  readonly socket: Socket;
  bytes = Buffer.alloc(0);
  isEnded = false;
  constructor(halfOpen = false) {
    this.socket = connect({ ...connectOptions(parseAddress(path)!), allowHalfOpen: halfOpen });
    this.socket.on('data', (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    this.socket.on('error', () => {});
    this.socket.on('end', () => (this.isEnded = true));
    this.socket.on('close', () => (this.isEnded = true));
  }
  send(write: (out: FrameWriter) => void): void {
    const out = new FrameWriter();
    write(out);
    this.socket.write(Buffer.from(out.bytes.subarray(0, out.used)));
  }
  hello(version = 1, magic = PROTOCOL_MAGIC): void {
    this.send((out) => {
      const at = out.begin(20, FrameType.hello, 0, 7);
      out.view.setUint32(at, magic, true);
      out.view.setUint32(at + 4, version, true);
    });
  }
  /** Types and requests of what came. */
  get frames(): [type: number, request: number][] {
    const frames: [number, number][] = [];
    for (let at = 0; at < this.bytes.length; at += this.bytes.readUInt32LE(at))
      frames.push([this.bytes[at + 4], this.bytes.readUInt32LE(at + 8)]);
    return frames;
  }
  /** The refusal that ended it, by name, and its words. */
  async refusal(): Promise<[string, string]> {
    await until(() => this.isEnded);
    let last = 0;
    for (let at = 0; at < this.bytes.length; at += this.bytes.readUInt32LE(at)) last = at;
    expect(this.bytes[last + 4]).toBe(FrameType.refused);
    return [REFUSAL_NAMES[this.bytes[last + 12]], this.bytes.toString('utf8', last + 16)];
  }
}

const enterFrame = (out: FrameWriter, request: number, size: number): void => {
  const at = out.begin(52, FrameType.enter, 0, request);
  out.bytes.fill(0, at, at + 40);
  out.f64(at + 8, 618_000);
  out.f64(at + 16, size);
};

describe('a conversation', () => {
  it.each(['unix', 'tcp'])(
    'over %s: names to rows once, then orders, with everything that was found',
    async (kind) => {
      await open({}, kind === 'unix' ? parseAddress(path)! : parseAddress('tcp:127.0.0.1:0')!);
      const { address } = server!;
      const where = address.kind === 'unix' ? path : `tcp:127.0.0.1:${address.port}`;
      const client = await GateClient.connect(where);
      expect([client.asset, client.decimals]).toEqual(['USDT', 6]);
      const account = await client.account('alice');
      const market = await client.market('BTC-PERP');
      expect([account, market.row, market.grid.tick, market.grid.lot]).toEqual([0, 0, '0.1', '0.001']);
      await expect(client.account('bob')).rejects.toThrow('knows no account bob');
      await expect(client.market('ETH')).rejects.toThrow('knows no market ETH');

      const order = {
        account,
        market: market.row,
        side: 'ask',
        price: market.price('61800.3'),
        size: market.size('0.1'),
        leg: 'short',
        reduceOnly: true,
        clientId: 2 ** 53 - 1,
        parent: 4,
      } as const;
      expect(await client.enter(order)).toEqual({
        isAccepted: true,
        reason: 'accepted',
        sequence: 1,
        order: 1,
        findings: [],
      });
      expect(door.commands[0]).toMatchObject({
        ...order,
        kind: GateKind.enter,
        side: 1,
        leg: 2,
        type: 0,
        price: 618_003,
        size: 100,
        origin: null,
        timeUs: 1_000_000,
      });
      const { price: _, ...atMarket } = order;
      expect(await client.enter({ ...atMarket, size: 101 })).toEqual({
        isAccepted: false,
        reason: 'order_size',
        sequence: 2,
        order: 0,
        findings: [
          { check: 'gross_value', isHard: false, which: 'gross_max', scope: -1, limit: 5, value: 6 },
          { check: 'order_size', isHard: true, which: 'order_size_max', scope: -1, limit: 100, value: 101 },
        ],
      });
      expect(door.commands[1]).toMatchObject({ type: 1, price: 0 });

      const answers = await Promise.all([
        client.replace({ account, order: 1 }, 618_010, 80),
        client.cancel({ account, clientId: 31 }),
        client.confirm(1, true),
        client.execution({
          account,
          market: 0,
          side: 'bid',
          lots: 4,
          price: 618_000,
          fee: -5,
          trade: 9,
          order: 1,
        }),
        client.done(1),
        client.mark(0, 61_800_250),
      ]);
      expect(answers.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6, 7, 8]);
      const head = { timeUs: 1_000_002, origin: null };
      expect(door.commands.slice(2)).toEqual([
        { kind: GateKind.replace, ...head, account, order: 1, clientId: 0, price: 618_010, size: 80 },
        { kind: GateKind.cancel, ...head, account, order: 0, clientId: 31 },
        { kind: GateKind.confirm, ...head, order: 1, taken: true },
        {
          kind: GateKind.execution,
          ...head,
          account,
          name: '',
          market: 0,
          leg: 0,
          side: 0,
          lots: 4,
          price: 618_000,
          fee: -5,
          trade: 9,
          order: 1,
        },
        { kind: GateKind.done, ...head, order: 1 },
        { kind: 6, ...head, marks: [{ market: 0, price: 61_800_250 }], text: '' },
      ]);
      expect(await client.line('{"kind":"tick"}')).toBe('{"from":"client","line":1,"length":15}\n');
      expect(await client.line('é')).toBe('{"from":"client","line":2,"length":1}\n');
      await client.close();
      expect(refused).toEqual([]);
    },
  );

  it('numbers that are none reach the gate, which refuses them by name', async () => {
    await open();
    const client = await GateClient.connect(path);
    const sizes = [Number.NaN, -5, Infinity, 0, 0.5];
    const answers = await Promise.all(
      sizes.map((size) => client.enter({ account: 0, market: 0, side: 'bid', price: 1, size })),
    );
    expect(answers.map(({ reason }) => reason)).toEqual(sizes.map(() => 'number_invalid'));
    expect(door.commands.map((command) => (command as { size?: number }).size)).toEqual(sizes);
    await client.close();
  });

  it('no answer leaves before it is durable, and then all that are, in order', async () => {
    door.isPrompt = false;
    await open();
    const raw = new Raw();
    raw.hello();
    await until(() => raw.frames.length === 1);
    raw.send((out) => {
      for (let request = 1; request <= 5; request++) enterFrame(out, request, request);
    });
    await until(() => door.sequence === 5);
    raw.send((out) => out.begin(12, FrameType.ping, 0, 99));
    raw.send((out) => enterFrame(out, 6, 1));
    await until(() => door.sequence === 6);
    expect(raw.frames).toEqual([[FrameType.welcome, 7]]);
    door.acknowledge(4);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(raw.frames).toHaveLength(1);
    door.acknowledge(5);
    await until(() => raw.frames.length >= 6);
    door.acknowledge(6);
    await until(() => raw.frames.length === 8);
    expect(raw.frames.slice(1)).toEqual([
      ...[1, 2, 3, 4, 5].map((request) => [FrameType.decision, request]),
      [FrameType.pong, 99],
      [FrameType.decision, 6],
    ]);
    raw.socket.destroy();
  });

  it('who ends his half gets all answers first', async () => {
    door.isPrompt = false;
    await open();
    const raw = new Raw(true);
    raw.hello();
    raw.send((out) => enterFrame(out, 1, 1));
    raw.socket.end();
    await until(() => door.sequence === 1);
    expect(raw.isEnded).toBe(false);
    door.acknowledge();
    await until(() => raw.isEnded);
    expect(raw.frames).toEqual([
      [FrameType.welcome, 7],
      [FrameType.decision, 1],
    ]);
    expect(refused).toEqual([]);
  });

  it('notices reach who wants them', async () => {
    await open();
    const told: string[] = [];
    const listening = await GateClient.connect(path, { onNotices: (lines) => told.push(lines) });
    const deaf = await GateClient.connect(path);
    door.tell('{"event":"notice"}\n');
    await until(() => told.length === 1);
    expect(told).toEqual(['{"event":"notice"}\n']);
    expect(await deaf.line('x')).toContain('"line":1');
    await Promise.all([listening.close(), deaf.close()]);
  });

  it('frames survive being cut anywhere', async () => {
    await open();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
        async (cuts) => {
          const raw = new Raw();
          const out = new FrameWriter();
          const at = out.begin(20, FrameType.hello, 0, 0);
          out.view.setUint32(at, PROTOCOL_MAGIC, true);
          out.view.setUint32(at + 4, 1, true);
          for (let request = 1; request <= 4; request++) enterFrame(out, request, request);
          const bytes = Buffer.from(out.bytes.subarray(0, out.used));
          for (let from = 0, cut = 0; from < bytes.length; cut++) {
            const end = Math.min(bytes.length, from + cuts[cut % cuts.length]);
            raw.socket.write(bytes.subarray(from, end));
            from = end;
            await new Promise((resolve) => setImmediate(resolve));
          }
          await until(() => raw.frames.length === 5);
          expect(raw.frames.slice(1)).toEqual([1, 2, 3, 4].map((request) => [FrameType.decision, request]));
          raw.socket.destroy();
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('what is refused, by name, while others are served', () => {
  const cases: [name: string, speak: (raw: Raw) => void, refusal: string, words: string][] = [
    [
      'an unknown version',
      (raw) => raw.hello(2),
      'version_unknown',
      'version 2 is none that this gate speaks (1)',
    ],
    ['another magic', (raw) => raw.hello(1, 5), 'frame_malformed', 'this is no client of a gate'],
    [
      'HTTP',
      (raw) => raw.socket.write('GET / HTTP/1.1\r\n\r\n'),
      'frame_too_large',
      'is longer than 1048576',
    ],
    [
      'an order before hello',
      (raw) => raw.send((out) => enterFrame(out, 1, 1)),
      'hello_missing',
      'must be a hello',
    ],
    [
      'an oversized frame, before it has come',
      (raw) => {
        raw.hello();
        raw.socket.write(Buffer.from([1, 0, 16, 0, FrameType.line, 0, 0, 0, 5, 0, 0, 0]));
      },
      'frame_too_large',
      'a frame of 1048577 bytes',
    ],
    [
      'a type that is none',
      (raw) => {
        raw.hello();
        raw.send((out) => out.begin(12, 77 as FrameType, 0, 5));
      },
      'frame_unknown',
      'no frame of type 77',
    ],
    [
      'a length that is not that of the type',
      (raw) => {
        raw.hello();
        raw.send((out) => out.begin(53, FrameType.enter, 0, 5));
      },
      'frame_malformed',
      'a frame of type 16 has 52 bytes, not 53',
    ],
    [
      'a length under that of a head',
      (raw) => {
        raw.hello();
        raw.socket.write(Buffer.from([3, 0, 0, 0, FrameType.line, 0, 0, 0, 5, 0, 0, 0]));
      },
      'frame_malformed',
      'at least 12 bytes, not 3',
    ],
    [
      'a leg that is none',
      (raw) => {
        raw.hello();
        raw.send((out) => out.begin(52, FrameType.enter, 3, 5));
      },
      'frame_malformed',
      'leg: 3 makes no sense',
    ],
    [
      'bits that are none',
      (raw) => {
        raw.hello();
        raw.send((out) => out.begin(52, FrameType.enter, 32, 5));
      },
      'frame_malformed',
      'bits of an enter: 32',
    ],
    [
      'an end within a frame',
      (raw) => {
        raw.hello();
        raw.socket.end(Buffer.from([52, 0, 0]));
      },
      'frame_malformed',
      'ended within a frame',
    ],
    ['hello twice', (raw) => (raw.hello(), raw.hello()), 'frame_malformed', 'hello is said once'],
  ];

  it.each(cases)('%s', async (_name, speak, refusal, words) => {
    await open();
    const other = await GateClient.connect(path);
    const raw = new Raw(true);
    speak(raw);
    const [name, said] = await raw.refusal();
    expect(name).toBe(refusal);
    expect(said).toContain(words);
    raw.socket.destroy();
    await until(() => refused.length === 1);
    expect(refused).toEqual([refusal]);
    const { isAccepted } = await other.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 });
    expect(isAccepted).toBe(true);
    await other.close();
  });

  it('what was asked before the nonsense is answered first', async () => {
    await open();
    const raw = new Raw();
    raw.hello();
    raw.send((out) => {
      enterFrame(out, 1, 1);
      out.begin(12, 99 as FrameType, 0, 2);
      enterFrame(out, 3, 1);
    });
    await until(() => raw.isEnded);
    expect(raw.frames).toEqual([
      [FrameType.welcome, 7],
      [FrameType.decision, 1],
      [FrameType.refused, 2],
    ]);
    expect(door.sequence).toBe(1);
    const bits = new Raw();
    bits.hello();
    bits.send((out) => out.begin(52, FrameType.enter, 99, 31));
    await until(() => bits.isEnded);
    expect(bits.frames.at(-1)).toEqual([FrameType.refused, 31]);
  });

  it('garbage never stops the gate', async () => {
    await open();
    const other = await GateClient.connect(path);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 12, maxLength: 300 }),
        fc.boolean(),
        async (bytes, greets) => {
          const raw = new Raw();
          if (greets) raw.hello();
          raw.socket.end(bytes);
          await until(() => raw.socket.destroyed);
        },
      ),
      { numRuns: 100 },
    );
    expect((await other.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 })).isAccepted).toBe(
      true,
    );
    await other.close();
  });

  it('one client too many', async () => {
    await open({ clientsMax: 1 });
    const first = await GateClient.connect(path);
    await expect(GateClient.connect(path)).rejects.toThrow('too_many_clients: 1 clients are here already');
    await first.close();
    await until(() => server!.clients === 0);
    await (await GateClient.connect(path)).close();
    expect(refused).toEqual(['too_many_clients']);
  });

  it('silence: before hello, and after it', async () => {
    await open({ helloMs: 50, silentMs: 300 });
    const mute = new Raw();
    expect((await mute.refusal())[0]).toBe('hello_missing');
    const silent = new Raw();
    silent.hello();
    expect((await silent.refusal())[0]).toBe('silent');
  });
});

describe('bounds', () => {
  it('a client that reads nothing is not read from, then cut off; another is served all the while', async () => {
    await open({ unreadMax: 1 << 14, stallMs: 600 });
    const slow = new Raw();
    slow.socket.pause();
    slow.hello();
    slow.send((out) => {
      for (let request = 1; request <= 15_000; request++) enterFrame(out, request, 1000);
    });
    const other = await GateClient.connect(path);
    let answered = 0;
    while (refused.length === 0) {
      await other.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 });
      answered++;
    }
    expect(refused).toEqual(['too_slow']);
    expect(answered).toBeGreaterThan(10);
    // It was read as far as the kernel, one turn and the bound have room.
    expect(door.sequence - answered).toBeLessThan(15_000);
    slow.socket.destroy();
    await other.close();
  });

  it('no more waits for the disk than may', async () => {
    door.isPrompt = false;
    await open({ waitingMax: 4096 });
    const client = await GateClient.connect(path);
    const asked = Array.from({ length: 2000 }, () =>
      client.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 }),
    );
    await until(() => door.sequence > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(door.sequence).toBeLessThan(300);
    door.isPrompt = true;
    door.acknowledge();
    expect((await Promise.all(asked)).map(({ sequence }) => sequence)).toEqual(asked.map((_, at) => at + 1));
    await client.close();
  });

  it('where the journal has no room a client waits, and nothing is lost or done twice', async () => {
    door.room = 3;
    await open();
    const client = await GateClient.connect(path);
    const asked = Array.from({ length: 10 }, () =>
      client.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 }),
    );
    await until(() => door.sequence === 3);
    for (let left = 0; left < 7; left++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      door.makeRoom(1);
    }
    expect((await Promise.all(asked)).map(({ sequence }) => sequence)).toEqual(asked.map((_, at) => at + 1));
    await client.close();
  });

  it('a gate that fails says so and tells whoever runs it', async () => {
    const failures: unknown[] = [];
    await open({ onFailure: (error) => failures.push(error) });
    const client = await GateClient.connect(path);
    door.failure = new Error('the disk is gone');
    await expect(client.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 })).rejects.toThrow(
      'gate_stopped',
    );
    expect(failures).toEqual([door.failure]);
  });
});

describe('a client that is gone', () => {
  it('leaves its orders, unless it wanted them cancelled', async () => {
    await open();
    const staying = await GateClient.connect(path);
    const leaving = await GateClient.connect(path, { cancelWhenGone: true });
    const order = { account: 0, market: 0, side: 'bid', price: 1, size: 1 } as const;
    await staying.enter(order);
    const { order: first } = await leaving.enter(order);
    const { order: second } = await leaving.enter(order);
    const { order: third } = await leaving.enter(order);
    await leaving.done(second);
    staying.destroy();
    leaving.destroy();
    await until(() => orphans.length > 0);
    expect(orphans).toEqual([first, third]);
  });

  it('of very many orders those that work are known', async () => {
    await open();
    const client = await GateClient.connect(path, { cancelWhenGone: true });
    const order = { account: 0, market: 0, side: 'bid', price: 1, size: 1 } as const;
    const kept: number[] = [];
    for (let round = 0; round < 10; round++) {
      const decisions = await Promise.all(Array.from({ length: 100 }, () => client.enter(order)));
      for (const [at, { order: id }] of decisions.entries())
        if (at === 0) kept.push(id);
        else await client.done(id);
    }
    client.destroy();
    await until(() => orphans.length > 0);
    expect(orphans).toEqual(kept);
  });

  it('hears of it when the gate goes', async () => {
    await open();
    let told: unknown;
    const client = await GateClient.connect(path, { onClose: (error) => (told = error) });
    await server!.close();
    await until(() => told !== undefined);
    await expect(client.enter({ account: 0, market: 0, side: 'bid', price: 1, size: 1 })).rejects.toThrow(
      'is gone',
    );
    await expect(GateClient.connect(path)).rejects.toThrow('No gate answers at');
    await expect(GateClient.connect('tcp:10.0.0.1:80')).rejects.toThrow('is no address of a gate');
  });
});
