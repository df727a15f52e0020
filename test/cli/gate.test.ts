/** `plimsoll gate` as a process: lines, socket, HTTP, limits, and what its directory answers afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GateClient } from '../../src/io/gate/client.ts';
import { documentOf, errorsOf, run, temporaryFolder, write, type Ran } from './run-cli.ts';

// It keeps few accounts: no need to be started twice for large pages.
process.env['GLIBC_TUNABLES'] = 'glibc.malloc.hugetlb=0';

const examples = join(import.meta.dirname, '../../examples');
const DEFINITIONS = join(examples, 'gate-definitions.ndjson');
const LIMITS = join(examples, 'gate-limits.json');
const SESSION = join(examples, 'gate-session.ndjson');
const ORDER = join(examples, 'gate-order.json');
const FILES = ['--definitions', DEFINITIONS, '--limits', LIMITS];
const session = readFileSync(SESSION, 'utf8');
const limits = readFileSync(LIMITS, 'utf8');

type Line = Record<string, unknown>;
const linesOf = ({ stdout }: Ran): Line[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

async function filled(): Promise<string> {
  const data = join(temporaryFolder(), 'data');
  expect((await run(['gate', ...FILES, '--data', data], { input: session })).code).toBe(0);
  return data;
}

describe('lines', () => {
  test('are answered in their order, each decision with everything that was found', async () => {
    const ran = await run(['gate', ...FILES, '--json'], { input: session });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const lines = linesOf(ran);
    const decisions = lines.filter(({ event }) => event === 'decision');
    expect(decisions.map(({ line, accepted, reason }) => [line, accepted, reason])).toEqual([
      [5, true, 'accepted'],
      [6, false, 'order_size'],
      [7, false, 'initial_margin'],
      [9, true, 'accepted'],
      [12, false, 'reduce_only'],
      [13, true, 'accepted'],
    ]);
    expect(decisions[1]['findings']).toEqual([
      {
        check: 'order_size',
        hard: true,
        limit: 'order_size_max',
        allowed: '3.5',
        value: '4',
        unit: 'BTC-PERP',
        scope: 'account',
      },
      {
        check: 'order_value',
        hard: true,
        limit: 'order_value_max',
        allowed: '250000',
        value: '254000',
        unit: 'USDT',
        scope: 'account',
      },
      {
        check: 'collar_mark',
        hard: true,
        limit: 'collar_mark',
        allowed: '0.05',
        value: '0.058334',
        unit: 'ratio',
        scope: 'account',
      },
    ]);
    expect(lines.at(-1)).toMatchObject({ event: 'end', sequence: 26, decisions: 6, problems: 0 });
  });

  test('that are none are answered with what is wrong, and the others go on', async () => {
    const bad = [
      'nonsense',
      '{"kind":"enter","account":"alice","market":"BTC-PERP","side":"bid","price":"60000","size":"-1"}',
      '{"kind":"enter","account":"alice","market":"BTC-PERP","side":"bid","price":"60000","size":"NaN"}',
      '{"kind":"enter","account":"alise","market":"BTC-PERP","side":"bid","price":"60000","size":"1"}',
      '{"kind":"entr"}',
      '{"kind":"halt","account":"alice","state":"halted","by":"","why":"x"}',
    ];
    const tick = '{"kind":"tick"}';
    const ran = await run(['gate', ...FILES, '--json'], { input: [...bad, tick].join('\n') + '\n' });
    expect(ran.code).toBe(1);
    const answers = linesOf(ran).slice(-8, -1);
    expect(answers.map(({ line, reason, field }) => [line, reason, field ?? null])).toEqual([
      [1, 'COMMAND_JSON', null],
      [2, 'COMMAND_NUMBER', 'size'],
      [3, 'COMMAND_NUMBER', 'size'],
      [4, 'COMMAND_NAME_UNKNOWN', 'account'],
      [5, 'COMMAND_KIND_UNKNOWN', 'kind'],
      [6, 'COMMAND_FIELD_INVALID', 'by'],
      [7, 'accepted', null],
    ]);
    expect(errorsOf(ran).map(({ file, line }) => [file, line])).toEqual(
      bad.map((_, at) => ['<stdin>', at + 1]),
    );
  });

  test('sent again are duplicates, and change nothing', async () => {
    const data = await filled();
    const again = linesOf(await run(['gate', ...FILES, '--data', data, '--json'], { input: session }));
    expect(again.at(-1)).toMatchObject({ commands: 0, duplicates: 15, sequence: 26 });
    expect(new Set(again.slice(0, -1).map(({ reason }) => reason))).toEqual(new Set(['duplicate']));
  });
});

describe('wrong usage', () => {
  const wrong = (name: string, text: string): string => write(temporaryFolder(), name, text);
  test.each([
    [['gate', '--listen', 'tcp:0.0.0.0:7070'], 'nobody is asked who he is'],
    [['gate', '--http', '10.0.0.1:80'], 'nobody is asked who he is'],
    [['gate', '--snapshot-every', '0'], 'It must be a whole number'],
    [['gate', '--limits', '/nowhere.json'], '/nowhere.json cannot be read (ENOENT)'],
    [
      ['gate', '--definitions', DEFINITIONS, '--limits', wrong('l.json', '{\n"version": 1,\n"autor": "x"}')],
      'l.json:3: autor: unknown field, did you mean "author"?',
    ],
    [
      [
        'gate',
        '--definitions',
        DEFINITIONS,
        '--limits',
        wrong('l.json', limits.replace('"version": 1', '"version": 3')),
      ],
      'is version 3, and the last that this gate took is none',
    ],
    [
      ['gate', '--definitions', SESSION],
      'gate-session.ndjson:1: kind: the first command must be the settings',
    ],
    [['gate', 'check', ORDER], 'give the directory of a gate with --data DIR'],
    [
      ['gate', 'check', '/nowhere.json', '--definitions', DEFINITIONS],
      '/nowhere.json cannot be read (ENOENT)',
    ],
    [
      [
        'gate',
        'check',
        wrong('o.json', '{\n"account": "alice",\n"account": "bob"}'),
        '--definitions',
        DEFINITIONS,
      ],
      'o.json:3: account: stands twice',
    ],
    [
      [
        'gate',
        'check',
        wrong('o.json', '{"account":"alice","market":"BTC-PERP","side":"up","price":"1","size":"1"}'),
        '--definitions',
        DEFINITIONS,
      ],
      'side: must be one of bid, ask, not up',
    ],
    [['gate', 'check', ORDER, '--data', '/nowhere'], 'There is no journal in /nowhere'],
    [
      ['gate', 'batch', SESSION, '--to', 'unix:/nowhere.sock'],
      'No gate answers at unix:/nowhere.sock (ENOENT)',
    ],
    [['gate', 'limits', 'show'], 'give a file of limits with --definitions'],
    [['gate', 'limits', 'show', LIMITS], 'limits are about markets and accounts'],
    [['gate', 'limits', 'diff', LIMITS], 'give a second file, or the directory'],
    [['gate', 'limits', 'apply', LIMITS], 'give the directory of a gate with --data, or where one listens'],
    [['gate', 'limits', 'apply', LIMITS, '--data', '/nowhere'], 'There is no journal in /nowhere'],
    [['gate', 'chekc'], "too many arguments for 'gate'"],
  ])('%j', async (args, message) => {
    const ran = await run([...args, '--json']);
    expect(ran.code).toBe(2);
    expect(errorsOf(ran)[0].message).toContain(message);
  });

  test('for people, too', async () => {
    const ran = await run(['gate', 'check', ORDER]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^plimsoll: give the directory of a gate .* \[USAGE_INVALID\]$/m);
  });

  test('the directory of something else', async () => {
    const data = await filled();
    const ran = await run(['exchange', '--data', data]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('is the directory of a gate, not of an exchange');
  });
});

describe('one order', () => {
  test('is checked against files, and changes nothing', async () => {
    const args = ['gate', 'check', ORDER, ...FILES, '--session', SESSION];
    const ran = await run(args);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('refused: reduce_only (alice, ETH-PERP)');
    expect(ran.stdout).toContain('order_size (order_size_max): 70 ETH-PERP, allowed 60, of the account');
    const document = documentOf(await run([...args, '--json']));
    expect(document).toMatchObject({ kind: 'enter', accepted: false, reason: 'reduce_only' });
  });

  test('is checked against a directory, from standard input too, under other limits too', async () => {
    const data = await filled();
    const order = '{"account":"bob","market":"BTC-PERP","side":"bid","price":"60000","size":"0.01"}';
    const ran = await run(['gate', 'check', '-', '--data', data, '--json'], { input: order });
    expect([ran.code, documentOf(ran)]).toMatchObject([0, { accepted: true, order: 3, findings: [] }]);
    const tight = write(
      temporaryFolder(),
      'tight.json',
      limits.replace('"250000"', '"500"').replace('"200000"', '"400"'),
    );
    const under = await run(['gate', 'check', '-', '--data', data, '--limits', tight, '--json'], {
      input: order,
    });
    expect([under.code, documentOf(under)]).toMatchObject([1, { reason: 'order_value' }]);
    const verified = documentOf(await run(['verify-log', data, '--json']));
    expect(verified).toMatchObject({ ok: true, records: 26 });
  });
});

describe('limits', () => {
  test('of a file are shown as they read', async () => {
    const shown = await run(['gate', 'limits', 'show', LIMITS, '--definitions', DEFINITIONS]);
    const again = write(temporaryFolder(), 'again.json', shown.stdout);
    const diff = await run(['gate', 'limits', 'diff', LIMITS, again, '--definitions', DEFINITIONS, '--json']);
    expect([diff.code, documentOf(diff)]).toEqual([0, { same: true, changes: [] }]);
  });

  test('are compared, tried on past orders, and put in force', async () => {
    const data = await filled();
    const tight = limits.replace('"version": 1', '"version": 2').replace('"3.5"', '"1.5"');
    const file = write(temporaryFolder(), 'tight.json', tight);
    const diff = await run(['gate', 'limits', 'diff', file, '--data', data, '--json']);
    const changes = [
      {
        change: 'tightened',
        scope: 'firm',
        level: 'each',
        market: 'BTC-PERP',
        limit: 'order_size_max',
        before: '3.5',
        after: '1.5',
      },
    ];
    expect([diff.code, documentOf(diff)]).toEqual([1, { same: false, changes }]);

    const dry = documentOf(
      await run(['gate', 'limits', 'apply', file, '--data', data, '--dry-run', '--json']),
    );
    expect(dry).toMatchObject({
      changes,
      orders: {
        orders: 5,
        before: { accepted: 2, refused: 3, reasons: { order_size: 1 } },
        after: { accepted: 0, refused: 5, reasons: { order_size: 2, reduce_only: 2 } },
        newlyRefused: 2,
        newlyAccepted: 0,
        tradesLeftOut: 1,
      },
    });
    expect(documentOf(await run(['verify-log', data, '--json']))['records']).toBe(26);

    const applied = await run(['gate', 'limits', 'apply', file, '--data', data, '--json']);
    expect([applied.code, documentOf(applied)]).toEqual([
      0,
      { version: 2, author: 'risk desk', sequence: 27 },
    ]);
    const shown = documentOf(await run(['gate', 'limits', 'show', '--data', data]));
    expect(shown).toMatchObject({ active: { version: 2 }, pending: null, grants: [] });
    const twice = await run(['gate', 'limits', 'apply', file, '--data', data, '--json']);
    expect([twice.code, errorsOf(twice)[0].code]).toEqual([2, 'LIMITS_VERSION']);
    // Started with the old file, it says which version there is.
    const old = await run(['gate', ...FILES, '--data', data]);
    expect([old.code, old.stderr]).toEqual([
      2,
      expect.stringContaining('the last that this gate took is version 2'),
    ]);
  });

  test('replayed over a file of commands, in the place of those in it', async () => {
    const folder = temporaryFolder();
    const loose = write(
      folder,
      'loose.json',
      limits.replace('"3.5"', '"5"').replace('"250000"', '"300000"').replace('"5%"', '"10%"'),
    );
    const inline = JSON.stringify({ kind: 'limits', ...(JSON.parse(limits) as object) });
    const file = write(folder, 'all.ndjson', readFileSync(DEFINITIONS, 'utf8') + inline + '\n' + session);
    const asItWas = documentOf(await run(['gate', 'replay', file, '--json']));
    expect(asItWas).toMatchObject({ orders: 6, accepted: 3, refused: 3, reasons: { order_size: 1 } });
    const tried = documentOf(
      await run(['gate', 'replay', SESSION, '--definitions', DEFINITIONS, '--limits', loose, '--json']),
    );
    expect(tried).toMatchObject({ orders: 6, accepted: 4, reasons: { initial_margin: 1, reduce_only: 1 } });
  });

  test('replayed over a directory', async () => {
    const data = await filled();
    const loose = write(
      temporaryFolder(),
      'loose.json',
      limits.replace('"3.5"', '"5"').replace('"250000"', '"300000"').replace('"5%"', '"10%"'),
    );
    const ran = documentOf(await run(['gate', 'replay', data, '--limits', loose, '--json']));
    expect(ran).toMatchObject({ orders: 6, newlyAccepted: 1, newlyRefused: 0, tradesLeftOut: 0 });
    expect(ran['differing']).toMatchObject([
      { sequence: 17, before: { reason: 'order_size' }, after: { accepted: true } },
    ]);
  });
});

describe('explain order', () => {
  test('has the decision, what it saw, its latency, and what became of it', async () => {
    const data = await filled();
    const ran = await run(['explain', 'order', '1', '--data', data, '--json']);
    expect(ran.code).toBe(0);
    const document = documentOf(ran) as { decision: { latencyUs: number }; life: { event: string }[] };
    expect(document).toMatchObject({
      order: {
        id: 1,
        account: 'alice',
        market: 'BTC-PERP',
        side: 'bid',
        size: '2',
        price: '60000',
        clientId: 1,
      },
      decision: { sequence: 16, accepted: true, findings: [], limitsVersion: 1, saw: { sequence: 15 } },
      result: { filled: '1.5', works: false },
      until: 26,
    });
    expect(document.decision.latencyUs).toBeGreaterThan(0);
    expect(document.life.map(({ event }) => event)).toEqual([
      'execution',
      'replace',
      'confirm',
      'cancel',
      'done',
    ]);
    const again = documentOf(await run(['explain', 'order', '1', '--data', data, '--json']));
    expect(again['hash']).toBe((document as unknown as Line)['hash']);
  });

  test('of a refused one by its sequence', async () => {
    const data = await filled();
    const ran = documentOf(await run(['explain', 'order', '--seq', '17', '--data', data, '--json']));
    expect(ran).toMatchObject({
      decision: { accepted: false, reason: 'order_size' },
      life: [],
      result: null,
    });
    for (const args of [['9'], ['--seq', '19'], ['--seq', '99'], []]) {
      const wrong = await run(['explain', 'order', ...args, '--data', data, '--json']);
      expect([args, wrong.code]).toEqual([args, 2]);
    }
  });
});

/** A gate that runs until the test is done with it. */
async function running<Answer>(
  args: readonly string[],
  use: () => Promise<Answer>,
): Promise<{ answer: Answer; ran: Ran }> {
  const asked: Promise<Answer>[] = [];
  const ran = await run(['gate', ...args], {
    input: null,
    during: (child) => {
      let said = '';
      child.stderr!.on('data', (text: Buffer) => {
        said += text.toString();
        if (asked.length > 0 || !said.includes('Ctrl-C ends it')) return;
        const answer = use().finally(() => child.kill('SIGINT'));
        answer.catch(() => {});
        asked.push(answer);
      });
    },
  });
  if (asked.length === 0) throw new Error(`it did not start: ${ran.stderr}`);
  return { answer: await asked[0], ran };
}

describe('doors', () => {
  test('a socket, a batch and limits over it, and a client that is gone', async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const address = `unix:${join(folder, 'gate.sock')}`;
    const file = write(
      folder,
      'l2.json',
      limits.replace('"version": 1', '"version": 2').replace('"3.5"', '"1.5"'),
    );
    const bad = write(
      folder,
      'bad.json',
      limits.replace('"version": 1', '"version": 2').replace('"3.5"', '"3.0005"'),
    );
    const args = [...FILES, '--data', data, '--listen', address, '--cancel-on-disconnect'];
    const { answer, ran } = await running(args, async () => {
      const batch = await run(['gate', 'batch', SESSION, '--to', address]);
      expect(batch.code).toBe(0);
      const client = await GateClient.connect(address);
      const bob = await client.account('bob');
      const btc = await client.market('BTC-PERP');
      const order = {
        account: bob,
        market: btc.row,
        side: 'bid',
        price: btc.price('60000'),
        size: btc.size('0.01'),
      } as const;
      const first = await client.enter(order);
      const wrong = await run(['gate', 'limits', 'apply', bad, '--to', address, '--json']);
      const applied = await run(['gate', 'limits', 'apply', file, '--to', address, '--json']);
      const second = await client.enter({ ...order, size: btc.size('2') });
      client.destroy();
      return {
        batch: linesOf(batch),
        first,
        second,
        applied: documentOf(applied),
        wrong: errorsOf(wrong)[0],
      };
    });
    expect(ran.code).toBe(0);
    expect(answer.batch.filter(({ event }) => event !== 'notice').map(({ line }) => line)).toEqual(
      Array.from({ length: 15 }, (_, at) => at + 1),
    );
    expect(answer.first).toMatchObject({ isAccepted: true, order: 3 });
    expect(answer.wrong).toMatchObject({
      code: 'LIMITS_FILE',
      file: bad,
      field: 'firm.markets.BTC-PERP.each.order_size_max',
    });
    expect(limits.split('\n')[answer.wrong.line! - 1]).toContain('order_size_max');
    expect(answer.applied).toMatchObject({ version: 2 });
    expect(answer.second).toMatchObject({ isAccepted: false, reason: 'order_size' });
    expect(answer.second.findings.map(({ check }) => check)).toContain('leverage');
    // What nobody asked for is on standard output: the halt, the limits, and the cancel of the client that is gone.
    const told = linesOf(ran).filter(({ event }) => event !== 'command');
    expect(told.map(({ event, notice }) => notice ?? event)).toEqual([
      'limits_active',
      'halted',
      'limits_active',
      'cancel',
    ]);
    expect(told.at(-1)).toMatchObject({ account: 'bob', order: 3, why: 'disconnect' });
    const after = documentOf(await run(['verify-log', data, '--json']));
    expect(after).toMatchObject({ ok: true });
  });

  test('HTTP: orders one by one and in batches, and what is to be known', async () => {
    const port = 20_000 + (process.pid % 20_000);
    const url = `http://127.0.0.1:${port}`;
    const json = { 'content-type': 'application/json' };
    const post = async (body: unknown): Promise<[number, Line]> => {
      const answer = await fetch(`${url}/decisions`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify(body),
      });
      return [answer.status, (await answer.json()) as Line];
    };
    const get = async (path: string): Promise<[number, Line]> => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, (await answer.json()) as Line];
    };
    const data = join(temporaryFolder(), 'data');
    const order = { account: 'bob', market: 'BTC-PERP', side: 'bid', price: '60000', size: '0.01' };
    const { answer } = await running([...FILES, '--data', data, '--http', `127.0.0.1:${port}`], async () => {
      const ndjson = await fetch(`${url}/decisions`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: session,
      });
      return {
        session: (await ndjson.text()).trimEnd().split('\n').length,
        one: await post(order),
        bad: await post({ ...order, size: '-1' }),
        many: await post([
          { ...order, size: '0.02' },
          { ...order, size: '50' },
          { kind: 'cancel', account: 'bob', order: 3 },
        ]),
        huge: await fetch(`${url}/decisions`, {
          method: 'POST',
          headers: json,
          body: `"${'x'.repeat(5 << 20)}"`,
        }).then(
          ({ status }) => status,
          () => 413,
        ),
        malformed: await fetch(`${url}/decisions`, { method: 'POST', headers: json, body: '{' }).then(
          ({ status }) => status,
        ),
        used: await get('/utilisation?account=bob&market=BTC-PERP'),
        firm: await get('/utilisation?group=firm'),
        nobody: await get('/utilisation?account=nobody'),
        limits: await get('/limits'),
        halts: await get('/halts'),
        nothing: await get('/nothing'),
        metrics: await (await fetch(`${url}/metrics`)).text(),
      };
    });
    expect(answer.session).toBe(16);
    expect(answer.one).toMatchObject([200, { event: 'decision', accepted: true, order: 3 }]);
    expect(answer.bad).toMatchObject([400, { reason: 'COMMAND_NUMBER', field: 'size' }]);
    expect(answer.many).toMatchObject([
      200,
      [
        { accepted: true, order: 4 },
        { accepted: false, reason: 'order_size' },
        { kind: 'cancel', reason: 'accepted' },
      ],
    ]);
    expect([answer.huge, answer.malformed]).toEqual([413, 400]);
    const used = (answer.used[1]['limits'] as Line[]).find(({ limit }) => limit === 'position_max');
    expect(used).toEqual({ limit: 'position_max', hard: '25', soft: '20', used: '0.03', percent: 0.1 });
    expect(answer.firm).toMatchObject([200, { group: 'firm' }]);
    expect(answer.nobody[0]).toBe(404);
    expect(answer.limits).toMatchObject([200, { active: { version: 1 }, pending: null }]);
    expect(answer.halts).toMatchObject([200, [{ epoch: 1, account: 'alice', state: 'reduce_only' }]]);
    expect(answer.nothing[0]).toBe(404);
    expect(answer.metrics).toContain('plimsoll_gate_decisions_total{result="accepted"} 5');
    expect(answer.metrics).toContain('plimsoll_gate_rejects_total{reason="order_size"} 2');
    expect(answer.metrics).toContain('plimsoll_gate_halts_total{cause="person"} 1');
    expect(answer.metrics).toMatch(/plimsoll_gate_durable_seconds_count [1-9]/);
    expect(answer.metrics).not.toContain('alice');
  });
});
