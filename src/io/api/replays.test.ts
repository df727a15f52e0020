import { expect, test } from 'vitest';
import { ApiProblem } from './problem.ts';
import { Replays, WINDOW_MS } from './replays.ts';

function kept(limits?: ConstructorParameters<typeof Replays>[1]) {
  const clock = { nowMs: 0 };
  const done: unknown[] = [];
  const replays = new Replays(() => clock.nowMs, limits);
  const send = async (caller: string, key: string, call: unknown): Promise<unknown> => {
    const { ending, isReplay } = await replays.once(caller, key, call, () => {
      done.push(call);
      return { number: done.length };
    });
    return { ...ending, isReplay };
  };
  return { clock, done, replays, send };
}

test('the same call of a caller and a key is done once, for as long as is said', async () => {
  const { clock, done, replays, send } = kept();
  expect(await send('a', 'k', 1)).toEqual({ told: { number: 1 }, isReplay: false });
  clock.nowMs = WINDOW_MS - 1;
  expect(await send('a', '"k"', 1)).toEqual({ told: { number: 1 }, isReplay: true });
  expect(await send('b', 'k', 1)).toEqual({ told: { number: 2 }, isReplay: false });
  await expect(send('a', 'k', 2)).rejects.toMatchObject({ code: 'API_IDEMPOTENCY_REUSED' });
  clock.nowMs = WINDOW_MS + 1;
  expect(await send('a', 'k', 2)).toEqual({ told: { number: 3 }, isReplay: false });
  clock.nowMs = 3 * WINDOW_MS;
  await send('c', 'k', 1);
  expect([done.length, replays.size]).toEqual([4, 1]);
});

test('while the first is under way others are told so', async () => {
  const { replays } = kept();
  let finish: (told: object) => void = () => {};
  const first = replays.once('a', 'k', 1, () => new Promise<object>((resolve) => (finish = resolve)));
  await expect(replays.once('a', 'k', 1, () => ({}))).rejects.toMatchObject({
    code: 'API_IDEMPOTENCY_PENDING',
  });
  finish({ well: true });
  expect(await first).toEqual({ ending: { told: { well: true } }, isReplay: false });
});

test('a refusal and a fault are kept, what came to nothing is not', async () => {
  const { replays } = kept();
  const fail = (key: string, error: unknown): Promise<unknown> =>
    replays.once('a', key, 1, () => {
      throw error;
    });
  const refused = new ApiProblem('API_REFUSED', 'no');
  const fault = new Error('ours');
  for (const [key, error] of [
    ['refused', refused],
    ['fault', fault],
  ] as const) {
    await expect(fail(key, error)).rejects.toBe(error);
    expect(await fail(key, 'not done')).toEqual({ ending: { error }, isReplay: true });
  }
  await expect(fail('busy', new ApiProblem('API_BUSY', 'later'))).rejects.toMatchObject({ code: 'API_BUSY' });
  expect(await replays.once('a', 'busy', 2, () => ({ done: true }))).toMatchObject({ isReplay: false });
});

test('memory is bounded: no key is forgotten before its time, calls with more of them are refused', async () => {
  const { clock, send } = kept({ callerBytes: 2000, allBytes: 3000 });
  const fill = async (caller: string): Promise<number> => {
    for (let sent = 0; ; sent++)
      try {
        await send(caller, `k${sent}`, sent);
      } catch (error) {
        expect(error).toMatchObject({ code: 'API_BUSY' });
        return sent;
      }
  };
  expect(await fill('a')).toBe(4);
  expect(await fill('b')).toBe(2);
  expect(await send('a', 'k0', 0)).toMatchObject({ isReplay: true });
  clock.nowMs = WINDOW_MS + 1;
  expect(await fill('b')).toBe(4);
});

test.each(['', ' ', 'two words', 'ü', 'k'.repeat(129), '""'])('%j is no key', async (key) => {
  await expect(kept().send('a', key, 1)).rejects.toMatchObject({ code: 'API_FIELD_INVALID' });
});
