/** Who asks too often is told when to ask again, and the others notice nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeyFile } from '../../src/io/api/keys.ts';
import { runServed } from './served.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rate-limit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a key that asks for more than its share is refused, another is answered, and a second later both are', async () => {
  const path = join(folder, 'keys.json');
  const keys = new KeyFile(path);
  const [eager, calm] = ['eager', 'calm'].map((name) => keys.create(name, ['read'], new Date()).text);
  const running = await runServed({ accounts: 20, keys: path, rateLimit: 5 });
  const read = (key: string): Promise<Response> =>
    fetch(`${running.url}/api/v1/markets`, { headers: { authorization: `Bearer ${key}` } });
  try {
    const answers = await Promise.all(Array.from({ length: 40 }, () => read(eager)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    const after = Number(refused[0].headers.get('retry-after'));
    expect(after).toBeGreaterThan(0);
    expect(await refused[0].json()).toMatchObject({ status: 429, code: 'API_RATE_LIMITED' });
    expect((await read(calm)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, after * 1000));
    expect((await read(eager)).status).toBe(200);
  } finally {
    await running.stop();
  }
});
