import { expect, it } from 'vitest';
import { History } from './history.ts';

it('has the last five minutes, oldest first, and of those what came after a second', () => {
  const history = new History(['up', 'down']);
  expect([history.after('up', 0), history.after('up', 5)]).toEqual([[], []]);
  for (let second = 1; second <= 299; second++) history.add({ up: second, down: -second });
  expect(history.after('up', 0)).toHaveLength(299);
  for (let second = 300; second <= 750; second++) history.add({ up: second, down: -second });
  const all = history.after('down', 0);
  expect([history.seconds, all.length, all[0], all.at(-1)]).toEqual([750, 300, -451, -750]);
  expect([history.after('up', 748), history.after('up', 750), history.after('up', 751)]).toEqual([
    [749, 750],
    [],
    [],
  ]);
  expect(history.after('up', 12)).toEqual(history.after('up', 0));
});
