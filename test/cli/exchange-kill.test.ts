/**
 * kill -9 at random moments of a real exchange on a real disk. Its sender starts it again and sends everything again, and in the end it is
 * what an exchange is that nobody disturbed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/sim/random.ts';
import { CLI, documentOf, run, temporaryFolder, type Ran } from './run-cli.ts';

const KILLS = 36;
const LINES = 2000;
/** Lines that are sent at a time. */
const PIECE = 6;
const AHEAD = 4;

// Most of a child's life is its start: it neither asks for large pages nor strips types again.
process.env['GLIBC_TUNABLES'] = 'glibc.malloc.hugetlb=0';
const cache = mkdtempSync(join(tmpdir(), 'plimsoll-compiled-'));
process.env['NODE_COMPILE_CACHE'] = cache;
afterAll(() => rmSync(cache, { recursive: true }));

const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const SETUP = [
  '{"kind":"settings","time":"2024-08-08T12:00:00Z","asset":"USDT","decimals":6}',
  '{"kind":"source","time":"2024-08-08T12:00:00Z","name":"desk"}',
];
const LISTING =
  '"makerFee":"0.0002","takerFee":"0.0005","priceMax":"100000","sizeMin":"0.1","sizeMax":"100","positionMax":"300","openInterestMax":"5000","collar":"0.05","band":"0.2","leverageMax":50,"haltMove":"0.3","haltWindow":"1m","liquidation":{"policy":"fraction","share":"1/5","threshold":"2000","cooldown":"5s","fee":"0.002"}';

/** Orders of all sorts, prices that move by tenths, money in and out: a session that any exchange answers in one way only. */
function sessionLines(seed: number): string[] {
  const random = new Random(seed);
  const lines: string[] = [];
  let seconds = 0;
  let mark = 1000;
  const say = (kind: string, body: string): void => {
    seconds += random.below(4);
    const time = new Date(Date.UTC(2024, 7, 8, 12) + seconds * 1000).toISOString();
    lines.push(
      `{"kind":"${kind}","time":"${time}","origin":{"source":"desk","position":${lines.length + 1}}${body === '' ? '' : `,${body}`}}`,
    );
  };
  const one = <T>(of: readonly T[]): T => of[random.below(of.length)];
  say('venue', '"ordersMax":50,"fundFloor":"100"');
  say('market', '"name":"X","tick":"0.1","lot":"0.1","tiers":[{"floor":"0","mmr":"0.01","imr":"0.02"}]');
  say('listing', `"market":"X",${LISTING}`);
  say('marks', '"marks":[{"market":"X","price":"1000"}]');
  say('deposit', '"account":"insurance","amount":"500"');
  for (const name of ACCOUNTS) {
    say('account', `"name":"${name}"`);
    say('deposit', `"account":"${name}","amount":"${2000 + random.below(3000)}"`);
  }
  while (lines.length < LINES) {
    const account = `"account":"${one(ACCOUNTS)}"`;
    const side = one(['bid', 'ask']);
    const price = (mark * (1 + (random.below(21) - 10) / 1000)).toFixed(1);
    const size = (0.1 * (1 + random.below(60))).toFixed(1);
    const does = random.below(100);
    if (does < 45)
      say(
        'place',
        `${account},"market":"X","side":"${side}","price":"${price}","size":"${size}","clientId":${1 + random.below(20)}`,
      );
    else if (does < 55)
      say('place', `${account},"market":"X","side":"${side}","type":"market","size":"${size}"`);
    else if (does < 62)
      say(
        'place',
        `${account},"market":"X","side":"${side}","type":"market","size":"${size}","reduceOnly":${random.oneIn(2)},"trigger":{"kind":"${one(['stop', 'take_profit'])}","price":"${price}"}`,
      );
    else if (does < 66)
      say(
        'place',
        `${account},"market":"X","side":"${side}","type":"market","size":"${size}","trigger":{"kind":"trailing","distance":"${1 + random.below(20)}"}`,
      );
    else if (does < 72) say('cancel', `${account},"clientId":${1 + random.below(20)}`);
    else if (does < 75) say('cancel_all', account);
    else if (does < 79) say('withdraw', `${account},"amount":"${1 + random.below(200)}"`);
    else if (does < 82) say('deposit', `${account},"amount":"${1 + random.below(500)}"`);
    else if (does < 83)
      say('place', `${account},"market":"X","side":"${side}","price":"0.05","size":"${size}"`);
    else {
      mark = Math.max(200, mark * (1 + (random.below(61) - 30) / 1000));
      say('marks', `"marks":[{"market":"X","price":"${mark.toFixed(2)}"}]`);
    }
  }
  return [...SETUP, ...lines];
}

interface Answer {
  readonly line: number;
  readonly reason: string;
}

interface Life {
  readonly answers: readonly Answer[];
  readonly errors: string;
}

/** When to kill: after so many lines that were not answered before, and a moment; or so long after the start, if that is sooner. */
interface Moment {
  readonly lines: number;
  readonly thenMs: number;
  readonly startMs: number | null;
}

/** Sends the lines a few pieces ahead of the answers, until the moment. */
function liveAndDie(
  data: string,
  lines: readonly string[],
  snapshotEvery: number,
  moment: Moment,
): Promise<Life> {
  return new Promise((resolve, reject) => {
    const args = [CLI, 'exchange', '--data', data, '--snapshot-every', String(snapshotEvery), '--json'];
    const child = spawn(process.execPath, args);
    let output = '';
    let errors = '';
    let seen = 0;
    let sent = 0;
    let answered = 0;
    let fresh = 0;
    let isDying = false;
    const kill = (): void => void child.kill('SIGKILL');
    const send = (): void => {
      for (; sent < lines.length && sent < answered + AHEAD * PIECE; sent += PIECE)
        child.stdin.write(`${lines.slice(sent, sent + PIECE).join('\n')}\n`);
    };
    const look = (): void => {
      const whole = output.lastIndexOf('\n') + 1;
      for (const line of output.slice(seen, whole).split('\n')) {
        if (!line.includes('"event":"command"')) continue;
        answered++;
        if (!line.includes('"reason":"duplicate"')) fresh++;
      }
      seen = whole;
      if (isDying) return;
      // From here on nothing more is sent, so that no life gets far ahead of its moment.
      isDying = answered >= lines.length || fresh >= moment.lines;
      if (isDying) setTimeout(kill, moment.thenMs);
      else send();
    };
    child.stdin.on('error', () => {});
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      look();
    });
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.once('error', reject);
    child.once('close', () => {
      // A line that was cut off was not answered.
      const told = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
      const answers = told.filter((line) => line.includes('"event":"command"'));
      resolve({ answers: answers.map((line) => JSON.parse(line) as Answer), errors });
    });
    if (moment.startMs !== null) setTimeout(kill, moment.startMs);
    send();
  });
}

const end = ({ stdout }: Ran): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;

test(`an exchange killed ${KILLS} times and sent everything again is the one that was never disturbed`, async () => {
  const lines = sessionLines(7);
  const input = `${lines.join('\n')}\n`;
  const undisturbed = end(await run(['exchange', '--json'], { input }));
  expect(undisturbed['refused']).toBeGreaterThan(50);

  const random = new Random(99);
  const data = join(temporaryFolder(), 'data');
  const answered = new Map<number, string>();
  let progress = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const before = answered.size;
    const moment: Moment = {
      lines: 1 + random.below(25),
      thenMs: random.below(4),
      startMs: kill % 6 === 5 ? random.below(500) : null,
    };
    const { answers, errors } = await liveAndDie(data, lines, 20 + random.below(80), moment);
    // Bad lines are told on stderr, all else would be a failure.
    expect(errors.split('\n').filter((line) => line !== '' && !line.includes('COMMAND_'))).toEqual([]);
    for (const { line, reason } of answers) {
      const known = answered.get(line);
      // What was answered once is never done again.
      if (known !== undefined) expect([line, reason]).toEqual([line, 'duplicate']);
      else answered.set(line, reason);
    }
    if (answered.size > before) progress++;
  }
  expect(progress).toBeGreaterThan(KILLS / 2);
  expect(answered.size).toBeLessThan(lines.length);
  const last = await run(['exchange', '--data', data, '--json'], { input });
  expect(end(last)).toMatchObject({ stateHash: undisturbed['stateHash'], interrupted: false });
  const verified = documentOf(await run(['verify-log', data, '--json']));
  expect(verified).toMatchObject({
    ok: true,
    stateHash: undisturbed['stateHash'],
    records: undisturbed['sequence'],
  });
}, 120_000);
