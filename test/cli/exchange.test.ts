/** The real program: an exchange on standard input and on a socket, its directory, and everything that is wrong with what it is given. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CLI, documentOf, errorsOf, run, spawned, temporaryFolder, type Ran } from './run-cli.ts';

const examples = join(import.meta.dirname, '../../examples');
const MARKET = join(examples, 'exchange-market.ndjson');
const SESSION = readFileSync(join(examples, 'exchange-session.ndjson'), 'utf8');
const LINES = SESSION.trimEnd().split('\n');

// Most of a child's life is its start, which is twice as long where it asks for large pages first.
process.env['GLIBC_TUNABLES'] = 'glibc.malloc.hugetlb=0';

type Line = Record<string, unknown>;
const linesOf = ({ stdout }: Ran): Line[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const answersOf = (ran: Ran): Line[] => linesOf(ran).filter(({ event }) => event === 'command');
const endOf = (ran: Ran): Line => linesOf(ran).find(({ event }) => event === 'end')!;

function exchange(input: string, ...args: string[]): Promise<Ran> {
  return run(['exchange', '--market-file', MARKET, ...args], { input });
}

describe('a session on standard input', () => {
  test('is answered line by line, and leaves a directory that verify-log agrees with', async () => {
    const data = join(temporaryFolder(), 'data');
    const ran = await exchange(SESSION, '--data', data, '--json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const session = answersOf(ran).slice(5);
    expect(session.map(({ line }) => line)).toEqual(LINES.map((_, at) => at + 1));
    expect(session.filter(({ reason }) => reason !== 'accepted')).toMatchObject([
      { line: 33, reason: 'price_outside_band' },
      { line: 34, reason: 'balance_insufficient' },
    ]);
    const said = new Set(linesOf(ran).map(({ event }) => event));
    for (const event of ['trade', 'fill', 'triggered', 'liquidation', 'step', 'takeover', 'liquidation_end'])
      expect(said).toContain(event);
    const verified = documentOf(await run(['verify-log', data, '--json']));
    expect(verified).toMatchObject({
      ok: true,
      records: LINES.length + 5,
      commands: { venue: 1, listing: 1, place: 14 },
      refused: { price_outside_band: 1, balance_insufficient: 1 },
      stateHash: endOf(ran)['stateHash'],
      snapshots: [{ sequence: LINES.length + 5, restores: true }],
    });
  });

  test('has what the watchers report among its events, unless nobody shall watch', async () => {
    const ran = await exchange(SESSION, '--json');
    const alerts = linesOf(ran).filter(({ event }) => event === 'alert');
    expect(alerts[0]).toMatchObject({ kind: 'wash_pair', accounts: ['alice', 'maker'], watchedSince: 1 });
    expect(endOf(ran)['alerts']).toBe(alerts.length);
    const without = await exchange(SESSION, '--json', '--no-surveillance');
    const events = linesOf(ran).filter(({ event }) => event !== 'alert' && event !== 'end');
    expect(linesOf(without).filter(({ event }) => event !== 'end')).toEqual(events);
    expect(endOf(without)).toMatchObject({ alerts: 0, stateHash: endOf(ran)['stateHash'] });
  });

  test('says what the watchers have not seen', async () => {
    const data = join(temporaryFolder(), 'data');
    await exchange(SESSION, '--data', data);
    const { stderr } = await exchange(SESSION, '--data', data);
    expect(stderr).toContain('the watchers of conduct have seen what came from sequence 41 on');
  });

  test('that is sent again changes nothing', async () => {
    const data = join(temporaryFolder(), 'data');
    const first = endOf(await exchange(SESSION, '--data', data, '--json'));
    const ran = await exchange(SESSION, '--data', data, '--json');
    expect(ran.code).toBe(0);
    expect(new Set(linesOf(ran).map(({ reason }) => reason))).toEqual(new Set(['duplicate', undefined]));
    expect(endOf(ran)).toMatchObject({
      commands: 0,
      duplicates: LINES.length,
      sequence: first['sequence'],
      stateHash: first['stateHash'],
    });
  });

  test('in two parts comes to the same as in one', async () => {
    const whole = endOf(await exchange(SESSION, '--json'));
    for (const cut of [1, 20, 29]) {
      const data = join(temporaryFolder(), 'data');
      const [before, after] = [LINES.slice(0, cut), LINES.slice(cut)].map((part) => `${part.join('\n')}\n`);
      await exchange(before, '--data', data, '--json');
      expect(endOf(await exchange(after, '--data', data, '--json'))).toMatchObject({
        sequence: whole['sequence'],
        stateHash: whole['stateHash'],
      });
    }
  });

  test('says at its start who is exempt from liquidation', async () => {
    const data = join(temporaryFolder(), 'data');
    const exempt = `{"kind":"exempt","time":"2024-08-08T12:00:30Z","account":"bob","exempt":true,"text":"by the founder"}`;
    const first = await exchange(SESSION + exempt, '--data', data);
    expect(first.stderr).not.toContain('exempt from liquidation');
    expect((await exchange('', '--data', data)).stderr).toContain(
      'an account is exempt from liquidation: bob',
    );
  });

  test('repeats who exempted an account and who stopped a market, and why', async () => {
    const time = '2024-08-08T12:00:30Z';
    const ran = await exchange(
      `${SESSION}{"kind":"exempt","time":"${time}","account":"bob","exempt":true,"text":"by the founder"}\n{"kind":"state","time":"${time}","state":"halted","text":"all stop"}\n{"kind":"state","time":"${time}","state":"active"}\n`,
      '--json',
    );
    const answers = answersOf(ran).slice(-3);
    expect(answers.map(({ kind, text }) => [kind, text])).toEqual([
      ['exempt', 'by the founder'],
      ['state', 'all stop'],
      ['state', undefined],
    ]);
  });

  test('says for people what happened and what happens next', async () => {
    const data = join(temporaryFolder(), 'data');
    const { stderr } = await exchange(SESSION, '--data', data);
    expect(stderr).toContain('exchange new; commands come from standard input');
    expect(stderr).toMatch(
      /At sequence 40, state hash [0-9a-f]{32}\. All of it is in .*: the same command goes on/,
    );
    expect((await exchange(SESSION)).stderr).toContain('Nothing was kept: --data keeps it');
  });
});

describe('the examples of --help', () => {
  test('run as they are printed', async () => {
    const folder = temporaryFolder();
    cpSync(examples, join(folder, 'examples'), { recursive: true });
    const { stdout } = await run(['exchange', '--help']);
    const lines = stdout.slice(stdout.indexOf('Examples:')).split('\n').slice(1);
    const [whole, json, socket] = lines.map((line) => line.trim());
    const shell = (line: string): Promise<Ran> =>
      spawned('sh', ['-c', `plimsoll() { "${process.execPath}" "${CLI}" "$@"; }\n${line}`], { cwd: folder });
    const first = await shell(whole);
    expect([first.code, answersOf(first).length]).toEqual([0, LINES.length + 5]);
    const second = await shell(json);
    expect([second.code, endOf(second)['refused']]).toEqual([0, 2]);
    const third = await run(socket.split(' ').slice(1), {
      cwd: folder,
      during: (child) => {
        child.stderr!.on('data', (text: Buffer) => {
          if (text.toString().includes('commands come from')) child.kill('SIGINT');
        });
      },
    });
    expect([third.code, third.stderr]).toEqual([
      0,
      expect.stringContaining('commands come from unix:exchange.sock'),
    ]);
  });
});

describe('lines that are no commands', () => {
  const garbage = [
    '',
    'nonsense',
    '{"kind":"place"',
    '\u0000\u0001\u0002',
    '[]',
    '{"kind":"plaec","time":"2024-08-08T12:00:00Z"}',
    '{"kind":"deposit","time":"2024-08-08T12:00:00Z","account":"alice","amount":"-1"}',
    `{"kind":"deposit","time":"2024-08-08T12:00:00Z","account":"alice","amount":"1","x":"${'y'.repeat(100_000)}"}`,
    '{"kind":"tick","time":"2024-08-08T12:00:00Z","origin":{"source":"nobody","position":1}}',
  ];

  test('are each named with line, field and value, and the stream goes on', async () => {
    const ran = await exchange([...garbage, SESSION].join('\n'), '--json');
    expect(ran.code).toBe(1);
    const errors = errorsOf(ran);
    expect(errors.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(errors.map(({ code }) => code)).toEqual([
      'COMMAND_JSON',
      'COMMAND_JSON',
      'COMMAND_JSON',
      'COMMAND_JSON',
      'COMMAND_KIND_UNKNOWN',
      'COMMAND_NAME_UNKNOWN',
      'COMMAND_FIELD_UNKNOWN',
      'COMMAND_NAME_UNKNOWN',
    ]);
    expect(errors[4]).toMatchObject({ file: '<stdin>', field: 'kind', value: 'plaec' });
    const whole = endOf(await exchange(SESSION, '--json'));
    expect(endOf(ran)).toMatchObject({ problems: 8, stateHash: whole['stateHash'] });
  });

  test('use up their place in their source, so that what follows is no gap', async () => {
    const data = join(temporaryFolder(), 'data');
    const broken = LINES.map((line, at) =>
      at === 20 ? line.replace('"size":"0.5"', '"size":"0.0005"') : line,
    );
    expect(broken[20]).not.toBe(LINES[20]);
    const first = await exchange(broken.join('\n'), '--data', data, '--json');
    expect(errorsOf(first)).toMatchObject([
      { code: 'COMMAND_OFF_GRID', line: 21, field: 'size', value: '0.0005' },
    ]);
    expect(answersOf(first).filter(({ line, kind }) => line === 21 && kind === null)).toMatchObject([
      { reason: 'COMMAND_OFF_GRID', sequence: 26, field: 'size' },
    ]);
    expect(answersOf(first).some(({ reason }) => reason === 'source_gap')).toBe(false);
    // What was broken then is not done now: the sender was told, and may have sent something else since.
    const again = await exchange(SESSION, '--data', data, '--json');
    expect(endOf(again)).toMatchObject({ commands: 0, duplicates: LINES.length });
  });

  test('are kept in the directory as they came, with the reason', async () => {
    const data = join(temporaryFolder(), 'data');
    const time = '2024-08-08T12:00:30Z';
    const order = { kind: 'place', time, account: 'alice', market: 'BTC-PERP', side: 'bid', size: '0.5' };
    const bad = [
      { ...order, account: 'mallory', price: '50000' },
      { ...order, price: '50000.05' },
      { ...order, price: '9007199254740993' },
    ].map((line) => JSON.stringify(line));
    const ran = await exchange(`${SESSION}${bad.join('\n')}\n`, '--data', data, '--json');
    const kept = readFileSync(join(data, 'unheard.ndjson'), 'utf8').trimEnd().split('\n');
    const entries = kept.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ text }) => text)).toEqual(bad);
    expect(entries.map(({ code, line }) => [code, line])).toEqual(
      errorsOf(ran).map(({ code, line }) => [code, line]),
    );
    expect(entries.map(({ sequence, from }) => [sequence, from])).toEqual(
      Array.from({ length: 3 }, () => [endOf(ran)['sequence'], '<stdin>']),
    );
  });

  test('are none where an order is amended or cancelled that was filled a moment before', async () => {
    const late =
      '{"kind":"amend","time":"2024-08-08T12:00:30Z","account":"carol","clientId":1,"price":"1","size":"1"}';
    const ran = await exchange(
      `${SESSION}${late}\n${late.replace('amend', 'cancel').replace(/,"price.*/, '}')}`,
      '--json',
    );
    expect([ran.code, errorsOf(ran)]).toEqual([0, []]);
    expect(answersOf(ran).slice(-2)).toMatchObject([
      { kind: 'amend', reason: 'order_unknown', sequence: LINES.length + 6 },
      { kind: 'cancel', reason: 'order_unknown', sequence: LINES.length + 7 },
    ]);
  });

  test('that break off at the end are told as such', async () => {
    const ran = await exchange(`${SESSION}{"kind":"tick","ti`, '--json');
    expect(errorsOf(ran)).toMatchObject([{ code: 'COMMAND_JSON', line: LINES.length + 1 }]);
  });
});

describe('market files', () => {
  const folder = temporaryFolder();
  const edited = (name: string, change: (text: string) => string): string => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(MARKET, 'utf8')));
    return path;
  };

  test('apply what is new in them, and leave out what is so', async () => {
    const data = join(folder, 'edited');
    await run(['exchange', '--data', data, '--market-file', MARKET], { input: '' });
    const cheaper = edited('cheaper.ndjson', (text) =>
      text.replace('"takerFee":"0.0005"', '"takerFee":"0.0004"'),
    );
    const ran = await run(['exchange', '--data', data, '--market-file', cheaper, '--json'], { input: '' });
    expect(answersOf(ran)).toMatchObject([{ sequence: 6, kind: 'listing', reason: 'accepted' }]);
    const same = await run(['exchange', '--data', data, '--market-file', cheaper, '--json'], { input: '' });
    expect(endOf(same)).toMatchObject({ sequence: 6, commands: 0 });
  });

  test.each([
    [
      'other settings',
      (text: string) => text.replace('"decimals":6', '"decimals":8'),
      'DEFINITION_REFUSED',
      1,
    ],
    ['another tick', (text: string) => text.replace('"tick":"0.1"', '"tick":"0.5"'), 'DEFINITION_REFUSED', 4],
    [
      'a listing that cannot be',
      (text: string) => text.replace('"priceMax":"1000000"', '"priceMax":"100000000"'),
      'DEFINITION_REFUSED',
      5,
    ],
    ['no definition', (text: string) => `${text}{"kind":"tick"}\n`, 'DEFINITION_REFUSED', 6],
    ['a typing error', (text: string) => text.replace('takerFee', 'takrFee'), 'COMMAND_FIELD_UNKNOWN', 5],
  ])('stop the start: %s', async (_, change, code, line) => {
    const data = join(folder, `refused-${line}-${code}`);
    await run(['exchange', '--data', data, '--market-file', MARKET], { input: '' });
    const path = edited('wrong.ndjson', change);
    const ran = await run(['exchange', '--data', data, '--market-file', path, '--json'], { input: '' });
    expect(ran.code).toBe(2);
    expect(errorsOf(ran)).toMatchObject([{ code, line, file: path }]);
  });
});

describe('the directory', () => {
  test('is held by one process, and free again when that ends', async () => {
    const data = join(temporaryFolder(), 'data');
    const first = spawn(process.execPath, [CLI, 'exchange', '--data', data, '--market-file', MARKET]);
    let noted = '';
    await new Promise<void>((resolve) =>
      first.stderr.on('data', (text: Buffer) => {
        noted += text.toString();
        if (noted.includes('commands come from')) resolve();
      }),
    );
    const second = await exchange(SESSION, '--data', data, '--json');
    expect(second.code).toBe(2);
    expect(errorsOf(second)).toMatchObject([{ code: 'JOURNAL_LOCKED' }]);
    // Reading is allowed meanwhile.
    expect((await run(['verify-log', data])).code).toBe(0);
    first.kill('SIGINT');
    const code = await new Promise((resolve) => first.on('close', resolve));
    expect([code, existsSync(join(data, 'lock'))]).toEqual([0, false]);
    expect(noted).toContain('the same command goes on from there');
    expect((await exchange(SESSION, '--data', data)).code).toBe(0);
  });

  test('of a replay is none of an exchange, and the other way round', async () => {
    const folder = temporaryFolder();
    const [replayed, exchanged] = [join(folder, 'replayed'), join(folder, 'exchanged')];
    await run(['replay', MARKET, '--data', replayed]);
    await exchange('', '--data', exchanged);
    const wrong = await exchange('', '--data', replayed, '--json');
    expect([wrong.code, errorsOf(wrong)[0].code]).toEqual([2, 'JOURNAL_OTHER']);
    const other = await run(['replay', MARKET, '--data', exchanged, '--json']);
    expect([other.code, errorsOf(other)[0].code]).toEqual([2, 'JOURNAL_OTHER']);
  });

  test('with a changed byte is refused, and said to be damaged', async () => {
    const data = join(temporaryFolder(), 'data');
    await exchange(SESSION, '--data', data);
    const segment = join(data, 'journal/00000000000000000001.log');
    const bytes = readFileSync(segment);
    bytes[2000] ^= 1;
    writeFileSync(segment, bytes);
    const verified = await run(['verify-log', data, '--json']);
    expect([verified.code, documentOf(verified)['ok']]).toEqual([3, false]);
  });
});

describe('a full pipe', () => {
  test('stops the reading, keeps memory within bounds, and loses nothing', async () => {
    const ticks = 60_000;
    const many = Array.from(
      { length: ticks },
      (_, at) =>
        `{"kind":"tick","time":"2024-08-08T13:00:00Z","origin":{"source":"desk","position":${at + 1}}}`,
    ).join('\n');
    const child = spawn(process.execPath, [
      '--max-old-space-size=96',
      CLI,
      'exchange',
      '--market-file',
      MARKET,
      '--json',
    ]);
    child.stdin.on('error', () => {});
    child.stdin.end(many);
    // Nobody reads for as long as it takes to fill the pipe and all that may lie before it.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(child.exitCode).toBeNull();
    let bytes = 0;
    let last = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      bytes += text.length;
      last = (last + text).slice(-400);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(bytes).toBeGreaterThan(ticks * 150);
    expect(JSON.parse(last.trimEnd().split('\n').at(-1)!)).toMatchObject({
      event: 'end',
      sequence: ticks + 5,
    });
  });
});

describe('clients of a socket', () => {
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  /** Starts an exchange at a socket and answers how to talk to it and how to stop it. */
  async function listening(...args: string[]): Promise<{
    path: string;
    stop: () => Promise<Ran>;
    kill: () => Promise<Ran>;
  }> {
    const path = join(temporaryFolder(), 's');
    const child = spawn(process.execPath, [
      CLI,
      'exchange',
      '--listen',
      `unix:${path}`,
      '--market-file',
      MARKET,
      ...args,
    ]);
    started.push(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await new Promise<void>((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (stderr.includes('commands come from')) resolve();
      });
    });
    const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<Ran> => {
      child.kill(signal);
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      return { code, signal: null, stdout, stderr };
    };
    return { path, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  }

  /** Sends all of it, and collects what comes until the other side ends. */
  function talk(path: string, text: string): Promise<Line[]> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      let got = '';
      socket.setEncoding('utf8').on('data', (part: string) => (got += part));
      socket.on('error', reject);
      socket.on('end', () => resolve(linesOf({ stdout: got } as Ran)));
      socket.end(text);
    });
  }

  test('get the answers to what they sent, and standard output has everything', async () => {
    const { path, stop } = await listening();
    const [session, other] = await Promise.all([
      talk(path, SESSION),
      talk(path, '{"kind":"tick","time":"2024-08-08T12:00:00Z"}\nnonsense\n'),
    ]);
    expect(session.filter(({ event }) => event === 'command')).toHaveLength(LINES.length);
    const answers = other.filter(({ event }) => event === 'command');
    expect(answers.map(({ kind, reason, line }) => [kind, reason, line])).toEqual([
      ['tick', 'accepted', 1],
      [null, 'COMMAND_JSON', 2],
    ]);
    const ran = await stop();
    expect(ran.code).toBe(0);
    const tape = linesOf(ran);
    expect(tape.filter(({ event }) => event === 'command')).toHaveLength(5 + LINES.length + 1);
    // About whom there are alerts is for who runs the exchange.
    expect(tape.map(({ event }) => event)).toContain('alert');
    expect([...session, ...other].map(({ event }) => event)).not.toContain('alert');
    expect(existsSync(path)).toBe(false);
  });

  test('take the orders of their sessions with them, and leave those of no session', async () => {
    const data = join(temporaryFolder(), 'data');
    const { path, kill } = await listening('--data', data);
    const time = '2024-08-08T12:00:30Z';
    const bid = (price: number, more = ''): string =>
      `{"kind":"place","time":"${time}","account":"carol","market":"BTC-PERP","side":"bid","price":"${price}","size":"0.01"${more}}\n`;
    await talk(path, SESSION);
    const gone = (lines: Line[]): unknown[] =>
      lines.filter(({ why }) => why === 'disconnected').map(({ account, left }) => [account, left]);
    const own = await talk(path, bid(58_000, ',"session":3') + bid(58_001) + bid(58_002, ',"session":4'));
    expect(gone(own)).toEqual([
      ['carol', '0.01'],
      ['carol', '0.01'],
    ]);
    const said = own.filter(({ kind }) => kind === 'disconnect');
    expect(said.map(({ line, reason }) => [line, reason])).toEqual([
      [null, 'accepted'],
      [null, 'accepted'],
    ]);

    // Whoever is cut off, and whoever the exchange is killed under, leaves nothing behind either.
    const cut = connect(path);
    const answered = new Promise((resolve) => cut.once('data', resolve));
    cut.write(bid(58_003, ',"session":5,"clientId":5'));
    await answered;
    cut.destroy();
    const same = `{"kind":"amend","time":"${time}","account":"carol","clientId":5,"price":"58003","size":"0.01"}\n`;
    await expect.poll(async () => (await talk(path, same))[0]['reason']).toBe('order_unknown');
    const held = connect(path);
    const heldAnswered = new Promise((resolve) => held.once('data', resolve));
    held.on('error', () => {});
    held.write(bid(58_004, ',"session":6'));
    await heldAnswered;
    await kill();

    const again = await listening('--data', data);
    expect(gone(linesOf(await again.stop()))).toEqual([['carol', '0.01']]);
    const last = await exchange(
      '{"kind":"cancel_all","time":"2024-08-08T12:00:31Z","account":"carol"}\n',
      '--data',
      data,
    );
    expect(linesOf(last).filter(({ event }) => event === 'done')).toHaveLength(1);
  });

  test('that read nothing hold up nobody else', async () => {
    const { path, stop } = await listening();
    const greedy = connect(path);
    greedy.on('error', () => {});
    greedy.pause();
    const tick = '{"kind":"tick","time":"2024-08-08T13:00:00Z"}\n';
    greedy.write(tick.repeat(40_000));
    for (let round = 0; round < 20; round++)
      expect((await talk(path, tick))[0]).toMatchObject({ reason: 'accepted' });
    greedy.destroy();
    expect((await talk(path, tick))[0]).toMatchObject({ reason: 'accepted' });
    expect((await stop()).code).toBe(0);
  });

  test('that read nothing do not keep it from ending', async () => {
    const { path, stop } = await listening();
    const greedy = connect(path);
    greedy.on('error', () => {});
    greedy.pause();
    const tick = '{"kind":"tick","time":"2024-08-08T13:00:00Z"}\n';
    greedy.write(tick.repeat(40_000));
    expect((await talk(path, tick))[0]).toMatchObject({ reason: 'accepted' });
    expect((await stop()).code).toBe(0);
    greedy.destroy();
  });

  test('are refused where somebody listens already, and a dead one is replaced', async () => {
    const { path, stop } = await listening();
    const second = await run(['exchange', '--listen', `unix:${path}`, '--json']);
    expect([second.code, errorsOf(second)[0].code]).toEqual([2, 'LISTEN_FAILED']);
    await stop();
    writeFileSync(path, 'no socket');
    const third = await run(['exchange', '--listen', `unix:${path}`, '--json']);
    expect(errorsOf(third)[0]).toMatchObject({ code: 'LISTEN_FAILED', file: path });
    const nowhere = await run(['exchange', '--listen', `unix:${path}/x/y`, '--json']);
    expect(errorsOf(nowhere)[0].code).toBe('LISTEN_FAILED');
    expect((await run(['exchange', '--listen', 'tcp:80'])).stderr).toContain('It must be unix: and a path');
  });
});
