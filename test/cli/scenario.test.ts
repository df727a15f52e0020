/** `plimsoll scenario` as people and scripts call it. */
import { describe, expect, test } from 'vitest';
import { documentOf, errorsOf, run, temporaryFolder, write } from './run-cli.ts';

const PASSES = `# LIQ-004  A long is taken over when equity falls under maintenance margin, and not before.
market  BTC-PERP  tick 0.1  lot 0.001  tiers 50000:0.4%
deposit long-1  1000
deposit short-1 1000
trade   BTC-PERP  long-1 +0.100  short-1 -0.100  at 50000.0
mark    BTC-PERP  40161.0      | long-1 equity 16.100000  mm 16.064400  open
mark    BTC-PERP  40160.0      | long-1 equity 16.000000  mm 16.064000  taken_over  bankruptcy 40000.0
`;
const FAILS = PASSES.replace('40161.0      | long-1 equity 16.1', '40161.0      | long-1 equity 16.2');

describe('plimsoll scenario', () => {
  test('runs files and tells each line, with its events if wanted', async () => {
    const folder = temporaryFolder();
    write(folder, 'one.scenario', PASSES);
    const { code, stdout, stderr } = await run(['scenario', 'one.scenario', '--events'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {5}LIQ-004 {2}A long is taken over/);
    expect(stdout).toContain('the fund takes 0.1 BTC-PERP over from long-1 at 40000, mark 40160');
    expect(stdout).toContain('1 passed, 0 failed: 7 expectations');
  });

  test('a failed expectation is explained, and the exit code is 1', async () => {
    const folder = temporaryFolder();
    write(folder, 'good.scenario', PASSES);
    write(folder, 'bad.scenario', FAILS);
    const { code, stdout } = await run(['scenario', 'good.scenario', 'bad.scenario'], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'bad.scenario:6:41: long-1\n            expected  equity 16.200000\n            got       equity 16.1',
    );
    expect(stdout).toContain('maintenance 16.064400 = positions 16.064400');
    expect(stdout).toContain('1 passed, 1 failed');
    const json = await run(['scenario', 'bad.scenario', '--json'], { cwd: folder });
    expect(json.code).toBe(1);
    expect(documentOf(json)).toMatchObject({
      ok: false,
      passed: 0,
      failed: 1,
      scenarios: [
        {
          rule: 'LIQ-004',
          ok: false,
          failures: [
            { file: 'bad.scenario', line: 6, column: 41, expected: 'equity 16.200000', got: 'equity 16.1' },
          ],
        },
      ],
    });
  });

  test('standard input, and a word that cannot be used', async () => {
    expect((await run(['scenario', '-'], { input: PASSES })).code).toBe(0);
    const json = await run(['scenario', '-', '--json'], {
      input: PASSES.replace('deposit long-1', 'deposti long-1'),
    });
    expect(json.code).toBe(2);
    expect(errorsOf(json)).toMatchObject([
      {
        code: 'SCENARIO_SYNTAX',
        message: '-:3:1: "deposti" is no statement, did you mean "deposit"?',
        file: '-',
        line: 3,
        column: 1,
        value: 'deposti',
      },
    ]);
  });

  test('lists the incidents and runs one', async () => {
    const { incidents } = documentOf(await run(['scenario', '--list', '--json'])) as {
      incidents: { name: string; sentence: string }[];
    };
    expect(incidents.map(({ name }) => name)).toEqual([
      's1-cascade',
      's14-exempt',
      's5-jelly',
      's6-eth-whale',
      's7-yfi',
      's8-mango',
    ]);
    const { code, stdout } = await run(['scenario', 'incident:s6-eth-whale']);
    expect(code).toBe(0);
    expect(stdout).toContain('alert self-liquidation');
    expect(stdout).toContain('profit 1860000');
  });

  test.each(['incident:S6', 'incident:s6', 's6'])('%s is an incident by its number', async (name) => {
    const ran = await run(['scenario', name, '--json']);
    expect(ran.code).toBe(0);
    expect(documentOf(ran)).toMatchObject({ scenarios: [{ rule: 'S6' }] });
  });

  test('a file comes before an incident of the same number', async () => {
    const folder = temporaryFolder();
    write(folder, 's6', PASSES);
    const { code, stdout } = await run(['scenario', 's6'], { cwd: folder });
    expect([code, stdout]).toEqual([0, expect.stringContaining('LIQ-004')]);
  });

  test.each([
    [['scenario'], 'a file, or incident:NAME', 'USAGE_INVALID'],
    [['scenario', 'incident:s66'], 'there is no incident s66', 'SCENARIO_UNKNOWN'],
    [['scenario', 'incident:eth'], 'there is no incident eth', 'SCENARIO_UNKNOWN'],
    [['scenario', 'nothing.scenario'], 'nothing.scenario cannot be read (ENOENT)', 'INPUT_UNREADABLE'],
    [['scenario', '--list', 'x'], '--list takes no files', 'USAGE_INVALID'],
  ])('%j is wrong usage', async (args, message, code) => {
    const json = await run([...args, '--json']);
    expect([json.code, json.stdout]).toEqual([2, '']);
    expect(errorsOf(json)).toMatchObject([{ code, message: expect.stringContaining(message) as string }]);
  });
});
