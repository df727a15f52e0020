import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TimeUs } from '../../../core/num/units.ts';
import type { OperationalError } from '../../operational-error.ts';
import type { Problem } from '../problem.ts';
import { ScriptedFeed } from './live/testing/scripted-feed.ts';
import { VirtualWorld } from './live/testing/virtual-world.ts';
import { Recorder, RECORDER_DEFAULTS, type RecorderOptions } from './record.ts';
import { playRecordings } from './recording.ts';

const START_US = 1_700_000_000_000_000;
const at = (us: number): TimeUs => (START_US + us) as TimeUs;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plimsoll-record-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function recorder(options: Partial<RecorderOptions> = {}) {
  const world = new VirtualWorld(() => 0);
  const failures: OperationalError[] = [];
  const made = new Recorder(directory, 'scripted', world, (error) => failures.push(error), {
    ...RECORDER_DEFAULTS,
    ...options,
  });
  return { world, failures, recorder: made };
}
const files = (): string[] => readdirSync(directory).sort();
const paths = (): string[] => files().map((name) => join(directory, name));
const text = (name: string): string => gunzipSync(readFileSync(join(directory, name))).toString();

async function play(from: readonly string[] = paths()): Promise<{ heard: string[]; problems: Problem[] }> {
  const feed = new ScriptedFeed();
  const problems: Problem[] = [];
  for await (const _ of playRecordings(from, new Map([['scripted', feed]]), (each) => problems.push(each)));
  return { heard: feed.heard, problems };
}

describe('a recording', () => {
  it('is a file per connection and one for answers, in the format of captures', async () => {
    const { recorder: recording } = recorder();
    recording.opened('public', at(0));
    recording.frame('public', '{"a":1}', at(1));
    recording.answered('depth:BTC', '{\n"b":[1, 2]}', at(2));
    recording.opened('market', at(2));
    recording.frame('public', '{"a":2}', at(2));
    recording.frame('public', '#hash', at(3));
    recording.closed('public', 'going away', at(4));
    recording.answered('terms', null, at(5));
    await recording.close();
    expect(files()).toEqual([
      'scripted-answers-20231114T221320Z.gz',
      'scripted-market-20231114T221320Z.gz',
      'scripted-public-20231114T221320Z.gz',
    ]);
    expect(text('scripted-public-20231114T221320Z.gz').split('\n')).toEqual([
      '1700000000000000000 #recording {"version":1,"venue":"scripted","connection":"public"}',
      '1700000000000000000 #opened',
      '1700000000000001000 {"a":1}',
      '1700000000000002002 {"a":2}',
      '1700000000000003000 ##hash',
      '1700000000000004000 #closed going away',
      '',
    ]);
    expect(await play()).toEqual({
      heard: [
        'opened public',
        'public: {"a":1}',
        'answer depth:BTC: { "b":[1, 2]}',
        'opened market',
        'public: {"a":2}',
        'public: #hash',
        'closed public',
        'answer terms: null',
        'closed market',
      ],
      problems: [],
    });
  });

  it('goes on in a new file after an hour and when one is large, and is played as one', async () => {
    const { world, recorder: recording } = recorder({ fileCharacters: 150_000 });
    const frames = Array.from({ length: 40 }, (_, each) => `${each}`.padStart(10_000, '.'));
    recording.opened('public', at(0));
    frames.forEach((frame, each) => {
      if (each === 30) world.pass(3_600_000);
      recording.frame('public', frame, at(each));
    });
    await recording.close();
    // Counted in pieces of seven frames: three pieces, then nine frames until the hour is over, then the rest.
    expect(files()).toHaveLength(3);
    expect((await play()).heard).toEqual([
      'opened public',
      ...frames.map((frame) => `public: ${frame}`),
      'closed public',
    ]);
  });

  it('is never written over another', async () => {
    for (let time = 0; time < 3; time++) {
      const { recorder: recording } = recorder();
      recording.frame('public', String(time), at(time));
      await recording.close();
    }
    expect(files()).toEqual([
      'scripted-public-20231114T221320Z-2.gz',
      'scripted-public-20231114T221320Z-3.gz',
      'scripted-public-20231114T221320Z.gz',
    ]);
    expect((await play()).heard).toEqual([
      'opened public',
      'public: 0',
      'public: 1',
      'public: 2',
      'closed public',
    ]);
  });

  it('leaves out what the disk does not keep up with, says how much, and ends the connection there', async () => {
    const { recorder: recording } = recorder({ waitingCharacters: 100_000 });
    for (let each = 0; each < 10; each++)
      recording.frame('public', `${each}`.padStart(70_000, '.'), at(each));
    // However long that takes, what comes after it is either written or counted.
    const later = 20;
    for (let each = 0; each < later; each++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      recording.frame('public', 'later', at(20 + each));
    }
    await recording.close();
    const lines = text(files()[0])
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(20, 40));
    const [header, first, second, missing, ...rest] = lines;
    expect([header, first, second]).toEqual(['#recording {"version', '.'.repeat(20), '.'.repeat(20)]);
    const lost = Number(/^#missing (\d+)$/.exec(missing)![1]);
    expect(lost).toBeGreaterThanOrEqual(8);
    expect(rest).toEqual(Array.from({ length: 8 + later - lost }, () => 'later'));
    const reopened =
      rest.length === 0 ? [] : ['opened public', ...rest.map(() => 'public: later'), 'closed public'];
    expect((await play()).heard.slice(3)).toEqual(['closed public', ...reopened]);
  });

  it('says once that it cannot be written', async () => {
    const { failures, recorder: recording } = recorder();
    rmSync(directory, { recursive: true });
    recording.frame('public', 'a', at(0));
    recording.frame('public', 'b', at(1));
    await recording.close();
    expect(failures.map(({ code, fields }) => [code, fields['errno']])).toEqual([
      ['RECORD_FAILED', 'ENOENT'],
    ]);
  });
});

describe('a recording that was cut short', () => {
  it('is played as far as it goes, wherever it ends', async () => {
    const { recorder: recording } = recorder();
    const frames = Array.from({ length: 60 }, (_, each) => JSON.stringify({ each, noise: Math.sin(each) }));
    recording.opened('public', at(0));
    frames.forEach((frame, each) => recording.frame('public', frame, at(each)));
    await recording.close();
    const [path] = paths();
    const whole = readFileSync(path);
    let longest = 0;
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const { heard, problems } = await play();
      const played = heard.filter((line) => line.startsWith('public: '));
      expect(played).toEqual(frames.slice(0, played.length).map((frame) => `public: ${frame}`));
      expect(problems).toHaveLength(1);
      if (played.length > 0) expect(heard.at(-1)).toBe('closed public');
      longest = Math.max(longest, played.length);
    }
    expect(longest).toBe(60);
  });

  it('ends its connection there, though it goes on in another file', async () => {
    for (const part of ['before', 'after']) {
      const { recorder: recording } = recorder();
      recording.frame('public', part, at(part === 'before' ? 0 : 1));
      await recording.close();
    }
    const [second, first] = paths();
    // Without the eight bytes that gzip ends with, all lines are there and nothing says that they are all.
    truncateSync(first, readFileSync(first).length - 8);
    expect((await play([first, second])).heard).toEqual([
      'opened public',
      'public: before',
      'closed public',
      'opened public',
      'public: after',
      'closed public',
    ]);
  });

  it('by kill -9 holds what was heard until a second before', async () => {
    const script = `
      import { NodeWorld } from '${new URL('live/node-world.ts', import.meta.url).href}';
      import { Recorder } from '${new URL('record.ts', import.meta.url).href}';
      const world = new NodeWorld();
      const recorder = new Recorder(${JSON.stringify(directory)}, 'scripted', world, console.error);
      recorder.opened('public', world.nowUs());
      let each = 0;
      setInterval(() => {
        recorder.frame('public', String(each), world.nowUs());
        if (each % 10 === 0) console.log(each);
        each += 1;
      }, 1);
      setInterval(() => console.log('second'), 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    let saidBeforeLastSecond = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        // Three flushes: what was heard before the first is on the disk after the third, however slow the machine.
        if (saidBeforeLastSecond === '' && said.includes('second')) saidBeforeLastSecond = said;
        if (said.split('second').length > 3) resolve();
      });
    });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const expected = Number(saidBeforeLastSecond.split('\n').findLast((line) => /^\d+$/.test(line)));
    const { heard, problems } = await play();
    expect(problems.map(({ code }) => code)).toEqual(['INGEST_TRUNCATED']);
    expect(heard.slice(0, expected + 2)).toEqual([
      'opened public',
      ...Array.from({ length: expected + 1 }, (_, each) => `public: ${each}`),
    ]);
    expect(heard.at(-1)).toBe('closed public');
  });

  it('with lines that are none of its own goes on', async () => {
    const header = '1700000000000000000 #recording {"version":1,"venue":"scripted","connection":"public"}';
    const lines = [
      header,
      '1700000000000001000 a',
      'x',
      '1700000000000002000 #what',
      '1700000000000003000 #answer %',
      '1700000000000004000 b',
    ];
    writeFileSync(join(directory, 'a'), lines.join('\n'));
    writeFileSync(join(directory, 'b'), '1700000000000001000 {"a":1}\n');
    writeFileSync(join(directory, 'c'), header.replace('"version":1', '"version":2'));
    writeFileSync(join(directory, 'd'), header.replace('scripted', 'elsewhere'));
    const { heard, problems } = await play();
    expect(heard).toEqual(['opened public', 'public: a', 'public: b', 'closed public']);
    expect(
      problems
        .map(({ code, file, line }) => [code, file.at(-1), line])
        .sort((x, y) => (String(x) < String(y) ? -1 : 1)),
    ).toEqual([
      ['CAPTURE_LINE', 'a', 3],
      ['CAPTURE_LINE', 'a', 4],
      ['CAPTURE_LINE', 'a', 5],
      ['CAPTURE_LINE', 'b', 1],
      ['CAPTURE_LINE', 'c', 1],
    ]);
  });
});
