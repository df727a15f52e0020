/** The server is killed under the page and started again with the same data: nothing is lost, and what the page shows is what the journal proves. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './chromium.ts';
import { Demo, ROOT } from './demo.ts';
import { same, Screen } from './screen.ts';

const LONG = { timeout: 60_000, interval: 100 };
const ACCOUNT = 'holder-0000001';
const params = { account: ACCOUNT };

let data: string;
let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'plimsoll-browser-'));
  [demo, browser] = await Promise.all([Demo.start({ accounts: 500, speed: 1, data }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(data, { recursive: true, force: true });
});

interface Shown {
  readonly equity: string | null;
  readonly maintenanceMargin: string | null;
  /** The first position's. */
  readonly liquidationPrice: string | null;
}

async function shownBy(screen: Screen): Promise<Shown> {
  return {
    equity: await screen.number('equity'),
    maintenanceMargin: await screen.number('maintenanceMargin'),
    liquidationPrice: await screen.page
      .locator('[data-col="liquidation"] .n')
      .first()
      .getAttribute('data-exact'),
  };
}

/** What screen and API both say, and of which command. */
async function agreed(screen: Screen): Promise<{ shown: Shown; sequence: number }> {
  const found = { shown: await shownBy(screen), sequence: 0 };
  await same(
    async () => (found.shown = await shownBy(screen)),
    async () => {
      const { cut, data } = await demo.client.call('account', { params });
      found.sequence = cut.sequence;
      const { equity, maintenanceMargin, buckets } = data;
      return { equity, maintenanceMargin, liquidationPrice: buckets[0].positions[0].liquidationPrice.price };
    },
  );
  return found;
}

/** The same account at the same command, from the journal alone, by an engine that never heard of the page. */
function explained(sequence: number): Shown {
  const args = ['explain', 'account', ACCOUNT, '--data', data, '--seq', String(sequence), '--json'];
  const printed = execFileSync(process.execPath, [join(ROOT, 'src/app/cli.ts'), ...args], {
    encoding: 'utf8',
  });
  const [{ equity, maintenanceMargin, positions }] = (JSON.parse(printed) as { buckets: BucketDocument[] })
    .buckets;
  return { equity, maintenanceMargin, liquidationPrice: positions[0].liquidationPrice.price };
}

interface BucketDocument {
  readonly equity: string;
  readonly maintenanceMargin: string;
  readonly positions: readonly { readonly liquidationPrice: { readonly price: string | null } }[];
}

/** The page writes amounts with their decimals, an explanation without the zeros at their end. */
const asNumbers = (shown: Shown): unknown =>
  Object.fromEntries(
    Object.entries(shown).map(([name, text]) => [name, text === null ? null : Number(text)]),
  );

it('disconnected, reconnected, and equal to the journal', async () => {
  const screen = await Screen.open(browser, demo.url);
  await screen.show(`#/accounts/${ACCOUNT}`);
  const first = await agreed(screen);

  const { port } = demo;
  await demo.stop('SIGKILL');
  await screen.page.getByText('The server does not answer').waitFor({ timeout: LONG.timeout });
  await expect
    .poll(() => screen.page.locator('.pulse').getAttribute('data-state'), LONG)
    .toBe('disconnected');
  // Every number that stands there says that it is old.
  await expect.poll(() => screen.stat('equity').getAttribute('data-freshness'), LONG).toBe('disconnected');
  expect(await shownBy(screen)).toMatchObject({ equity: expect.stringMatching(/^-?\d/) });

  demo = await Demo.start({ accounts: 500, speed: 1, data, port });
  await screen.page.locator('.pulse[data-state="live"]').waitFor({ timeout: LONG.timeout });
  await expect.poll(() => screen.stat('equity').getAttribute('data-freshness'), LONG).toBe('live');
  expect(await screen.page.getByText('The server does not answer').count()).toBe(0);
  const second = await agreed(screen);
  expect(second.sequence).toBeGreaterThan(first.sequence);

  await demo.stop();
  for (const { shown, sequence } of [first, second])
    expect(asNumbers(shown), `at command ${sequence}`).toEqual(asNumbers(explained(sequence)));
});
