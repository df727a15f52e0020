/**
 * kill -9 at random moments of a real gate on a real disk, under load. Its sender starts it again and sends everything again, and in the end its reservations,
 * windows and all else are those of a gate that nobody disturbed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deskFrom } from '../../src/app/gate/offline.ts';
import { Reason } from '../../src/core/schema/reasons.ts';
import { Random } from '../../src/sim/random.ts';
import { CLI, documentOf, run, temporaryFolder, write, type Ran } from './run-cli.ts';

const KILLS = 24;
const LINES = 3000;
/** Lines that are sent at a time. */
const PIECE = 8;
const AHEAD = 6;

// Most of a child's life is its start: it neither asks for large pages nor strips types again.
process.env['GLIBC_TUNABLES'] = 'glibc.malloc.hugetlb=0';
const cache = mkdtempSync(join(tmpdir(), 'plimsoll-compiled-'));
process.env['NODE_COMPILE_CACHE'] = cache;
afterAll(() => rmSync(cache, { recursive: true }));

const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const DEFINITIONS = [
  '{"kind":"settings","time":"2024-08-08T12:00:00Z","asset":"USDT","decimals":6}',
  '{"kind":"source","time":"2024-08-08T12:00:00Z","name":"oms"}',
  ...['X', 'Y'].map(
    (name) =>
      `{"kind":"market","time":"2024-08-08T12:00:00Z","name":"${name}","tick":"0.1","lot":"0.1","tiers":[{"floor":"0","mmr":"0.01","imr":"0.02"}]}`,
  ),
  ...ACCOUNTS.map((name) => `{"kind":"account","time":"2024-08-08T12:00:00Z","name":"${name}"}`),
  '{"kind":"group","time":"2024-08-08T12:00:00Z","name":"desk","of":"desk"}',
  ...['a', 'b'].map(
    (name) => `{"kind":"member","time":"2024-08-08T12:00:00Z","account":"${name}","group":"desk"}`,
  ),
];
const LIMITS = {
  version: 1,
  author: 'ann',
  why: 'test',
  firm: {
    each: {
      order_size_max: '60 lots',
      order_value_max: { hard: '6000', soft: '5000' },
      collar_mark: '5%',
      position_max: '200 lots',
      gross_max: '30000',
      window_us: '20s',
      orders_max: { hard: 6, soft: 4 },
      order_rate_value_max: '1500',
      cancels_max: 2,
      duplicate_us: '2s',
      working_max: 16,
      loss_max: '900',
    },
    total: {
      group_gross_value_max: '120000',
      traded_value_max: '900000',
      group_window_us: '30s',
      group_orders_max: 60,
    },
  },
  groups: { desk: { total: { group_net_max: '250 lots' } } },
};

/**
 * Orders of all sorts, with what becomes of them: a session that any gate answers in one way only. It is asked of a gate as it is made, for the ids of what
 * works.
 */
async function sessionLines(seed: number, definitions: string, limits: string): Promise<string[]> {
  const random = new Random(seed);
  const desk = await deskFrom({ definitions: [definitions], limits, session: [] }, () => 0);
  const lines: string[] = [];
  const working: number[] = [];
  let ms = 0;
  let mark = 100;
  let trade = 0;
  const say = (kind: string, body: string): void => {
    ms += random.below(500);
    const time = new Date(Date.UTC(2024, 7, 8, 12) + ms).toISOString();
    lines.push(
      `{"kind":"${kind}","time":"${time}","origin":{"source":"oms","position":${lines.length + 1}}${body === '' ? '' : `,${body}`}}`,
    );
    desk.applyLine(lines.at(-1)!, 'session', lines.length, 0);
    if (kind === 'enter' && desk.reason === Reason.accepted) working.push(desk.decision.order);
  };
  const one = <T>(of: readonly T[]): T => of[random.below(of.length)];
  say('marks', '"marks":[{"market":"X","price":"100"},{"market":"Y","price":"100"}]');
  for (const name of ACCOUNTS)
    say('collateral', `"account":"${name}","amount":"${2000 + random.below(3000)}"`);
  say('day', '');
  while (lines.length < LINES) {
    const name = one(ACCOUNTS);
    const account = `"account":"${name}"`;
    const market = `"market":"${one(['X', 'Y'])}"`;
    const side = `"side":"${one(['bid', 'ask'])}"`;
    const price = `"price":"${(mark * (1 + (random.below(13) - 6) / 100)).toFixed(1)}"`;
    const size = `"size":"${(0.1 * (1 + random.below(65))).toFixed(1)}"`;
    const clientId = random.oneIn(3) ? `,"clientId":${1 + random.below(60)}` : '';
    const order = working.length === 0 ? 1 : one(working);
    const owner = desk.accountOf(order);
    const ours = owner < 0 ? account : `"account":"${desk.registry.accountAt(owner as never)}"`;
    const does = random.below(200);
    if (does < 80) say('enter', `${account},${market},${side},${price},${size}${clientId}`);
    else if (does < 90) say('enter', `${account},${market},${side},"type":"market",${size}`);
    else if (does < 95 && lines.at(-1)!.includes('"enter"'))
      say(
        'enter',
        lines
          .at(-1)!
          .replace(/^.*?(?="account")/, '')
          .slice(0, -1),
      );
    else if (does < 110) say('replace', `${ours},"order":${order},${price},${size}`);
    else if (does < 118) say('confirm', `"order":${order},"taken":${random.oneIn(2)}`);
    else if (does < 132) say('cancel', `${ours},"order":${order}`);
    else if (does < 160) {
      say('done', `"order":${order}`);
      working.splice(working.indexOf(order), 1);
    } else if (does < 186) {
      const lots = `"size":"${(0.1 * (1 + random.below(20))).toFixed(1)}"`;
      say('execution', `${account},${market},${side},${lots},${price},"trade":${++trade}`);
    } else if (does < 188) say('day', '');
    else if (does < 189) say('halt', `${account},"state":"reduce_only","by":"ann","why":"x"`);
    else if (does < 194) say('release', `${account},"by":"ann","why":"x"`);
    else {
      mark = Math.max(50, mark * (1 + (random.below(41) - 20) / 1000));
      say(
        'marks',
        `"marks":[{"market":"X","price":"${mark.toFixed(2)}"},{"market":"Y","price":"${(mark * 0.99).toFixed(2)}"}]`,
      );
    }
  }
  return lines;
}

interface Answer {
  readonly line: number;
  readonly reason: string;
}

interface Life {
  readonly answers: readonly Answer[];
  readonly errors: string;
}

/** Sends the lines a few pieces ahead of the answers, and kills it a moment after so many that were not answered before, or after its start. */
function liveAndDie(
  args: readonly string[],
  lines: readonly string[],
  moment: { readonly lines: number; readonly thenMs: number; readonly startMs: number | null },
): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args]);
    let output = '';
    let errors = '';
    let seen = 0;
    let sent = 0;
    let answered = 0;
    let fresh = 0;
    let isDying = false;
    const kill = (): void => void child.kill('SIGKILL');
    const isAnswer = (line: string): boolean =>
      line.includes('"event":"command"') || line.includes('"event":"decision"');
    const send = (): void => {
      for (; sent < lines.length && sent < answered + AHEAD * PIECE; sent += PIECE)
        child.stdin.write(`${lines.slice(sent, sent + PIECE).join('\n')}\n`);
    };
    child.stdin.on('error', () => {});
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      const whole = output.lastIndexOf('\n') + 1;
      for (const line of output.slice(seen, whole).split('\n')) {
        // Definitions have no origin, and are not ours.
        if (!isAnswer(line) || !line.includes('"line":')) continue;
        answered++;
        if (!line.includes('"reason":"duplicate"')) fresh++;
      }
      seen = whole;
      if (isDying) return;
      isDying = answered >= lines.length || fresh >= moment.lines;
      if (isDying) setTimeout(kill, moment.thenMs);
      else send();
    });
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.once('error', reject);
    child.once('close', () => {
      // A line that was cut off was not answered.
      const told = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
      resolve({ answers: told.filter(isAnswer).map((line) => JSON.parse(line) as Answer), errors });
    });
    if (moment.startMs !== null) setTimeout(kill, moment.startMs);
    send();
  });
}

const end = ({ stdout }: Ran): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;

test(`a gate killed ${KILLS} times and sent everything again is the one that was never disturbed`, async () => {
  const folder = temporaryFolder();
  const definitions = write(folder, 'definitions.ndjson', DEFINITIONS);
  const limits = write(folder, 'limits.json', JSON.stringify(LIMITS));
  const lines = await sessionLines(11, definitions, limits);
  const input = `${lines.join('\n')}\n`;
  const files = ['--definitions', definitions, '--limits', limits];
  const undisturbed = await run(['gate', ...files, '--json'], { input });
  const whole = end(undisturbed);
  // It does a lot, and is refused for many reasons.
  for (const reason of [
    'accepted',
    'order_rate',
    'cancel_rate',
    'value_rate',
    'duplicate_order',
    'working_limit',
    'position_max',
    'group_position',
    'reduce_only',
    'replace_waits',
  ])
    expect([reason, undisturbed.stdout.includes(`"${reason}"`)]).toEqual([reason, true]);

  const random = new Random(99);
  const data = join(folder, 'data');
  const answered = new Map<number, string>();
  let progress = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = answered.size;
    const moment = {
      lines: 1 + random.below(90),
      thenMs: random.below(4),
      startMs: kill % 6 === 5 ? random.below(600) : null,
    };
    const every = String(20 + random.below(200));
    const { answers, errors } = await liveAndDie(
      ['gate', ...files, '--data', data, '--snapshot-every', every, '--json'],
      lines,
      moment,
    );
    expect(errors.split('\n').filter((line) => line !== '' && !line.includes('COMMAND_'))).toEqual([]);
    // Those of the definitions and the limits come first, where they were new.
    const ours = answers.slice(
      answers.findIndex(
        (answer) => answer.line === 1 && 'kind' in answer && (answer as { kind: string }).kind === 'marks',
      ),
    );
    for (const { line, reason } of ours) {
      const known = answered.get(line);
      // What was answered once is never done again.
      if (known !== undefined) expect([line, reason]).toEqual([line, 'duplicate']);
      else answered.set(line, reason);
    }
    if (answered.size > before) progress++;
  }
  expect(progress).toBeGreaterThan(KILLS / 2);
  expect(answered.size).toBeLessThan(lines.length);
  const last = end(await run(['gate', ...files, '--data', data, '--json'], { input }));
  expect(last).toMatchObject({
    stateHash: whole['stateHash'],
    sequence: whole['sequence'],
    interrupted: false,
  });
  const verified = documentOf(await run(['verify-log', data, '--json']));
  expect(verified).toMatchObject({ ok: true, stateHash: whole['stateHash'], records: whole['sequence'] });

  // Under the limits that it had, its orders come to the same, whatever they are called; under others, what differs is what should.
  const same = documentOf(await run(['gate', 'replay', data, '--limits', limits, '--json']));
  expect(same).toMatchObject({ newlyRefused: 0, newlyAccepted: 0, tradesLeftOut: 0, differing: [] });
  expect(same['orders']).toBeGreaterThan(1000);
  const wider = { ...LIMITS.firm.each, order_size_max: '70 lots' };
  const wide = write(
    folder,
    'wide.json',
    JSON.stringify({ ...LIMITS, firm: { ...LIMITS.firm, each: wider } }),
  );
  const found = documentOf(await run(['gate', 'replay', data, '--limits', wide, '--json'])) as {
    newlyAccepted: number;
    before: { reasons: Record<string, number> };
    after: { reasons: Record<string, number> };
  };
  expect(found.newlyAccepted).toBeGreaterThan(0);
  expect(found.before.reasons['order_size']).toBeGreaterThan(0);
  // What works has the name that it had: nothing is unknown that was known.
  expect(found.after.reasons).not.toHaveProperty('order_size');
  expect(found.after.reasons['order_unknown'] ?? 0).toBe(found.before.reasons['order_unknown'] ?? 0);
}, 240_000);
