import { expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { PAIR_ABSENT, PairTable } from './pair-table.ts';

it('has of every pair what was set last, however far apart they are', () => {
  const random = new Random(5);
  const table = new PairTable();
  const wanted = new Map<string, number>();
  const somewhere = (): [number, number] => [
    random.below(random.below(300) + 1),
    random.below(random.below(65_535) + 1),
  ];
  for (let n = 0; n < 4000; n++) {
    const [first, second] = somewhere();
    table.set(first, second, n);
    wanted.set(`${first}/${second}`, n);
    const [other, another] = somewhere();
    expect(table.get(other, another)).toBe(wanted.get(`${other}/${another}`) ?? PAIR_ABSENT);
  }
  for (const [pair, value] of wanted) {
    const [first, second] = pair.split('/').map(Number);
    expect(table.get(first, second)).toBe(value);
  }
  table.clear();
  for (const pair of wanted.keys()) {
    const [first, second] = pair.split('/').map(Number);
    expect(table.get(first, second)).toBe(PAIR_ABSENT);
  }
});
