import { expect, it } from 'vitest';
import { Random } from '../../sim/random.ts';
import { LIST_ENTRY, LIST_HEAD, NO_LIST, RowLists } from './row-lists.ts';

it('has of each list what was put into it, however many grow at once', () => {
  const random = new Random(11);
  const lists = new RowLists();
  const heads = Array.from({ length: 40 }, () => NO_LIST as number);
  const wanted = heads.map((): number[] => []);
  for (let n = 0; n < 3000; n++) {
    const at = random.below(random.below(40) + 1);
    heads[at] = lists.append(heads[at], 7 * n, n);
    wanted[at].push(7 * n, n);
  }
  const found = heads.map((list) => [
    ...lists.i32.subarray(list + LIST_HEAD, list + LIST_HEAD + lists.i32[list] * LIST_ENTRY),
  ]);
  expect(found).toEqual(wanted);
  expect(lists.i32[NO_LIST]).toBe(0);
});
