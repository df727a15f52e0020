/**
 * The button of the demo: the mark walks down 15 %, and a cascade can be watched. The picture of the overview that the README shows is made
 * here; `PLIMSOLL_PICTURES=docs npx vitest run test/browser/crash.test.ts` puts it there, with ten times the accounts.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './chromium.ts';
import { Demo, PICTURES, ROOT } from './demo.ts';
import { same, Screen, WIDE } from './screen.ts';

const LONG = { timeout: 60_000, interval: 200 };
const SPEED = 50;
const ACCOUNTS = process.env['PLIMSOLL_PICTURES'] === 'docs' ? 200_000 : 20_000;

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start({ accounts: ACCOUNTS, speed: SPEED }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it('people watch a cascade', async () => {
  const screen = await Screen.open(browser, demo.url);
  await screen.show('#/');
  const [{ market }] = (await demo.client.call('markets')).data;
  const before = {
    mark: Number(await screen.cell(market, 'mark')),
    liquidations: Number(await screen.number('liquidations')),
  };

  await screen.page.getByRole('button', { name: '−15 % BTC' }).click();
  await expect.poll(() => screen.page.locator('[data-action="crash"]').innerText(), LONG).toBe('Falling…');
  await expect
    .poll(async () => Number(await screen.cell(market, 'mark')) / before.mark, LONG)
    .toBeLessThan(0.93);
  await expect
    .poll(async () => Number(await screen.number('liquidations')), LONG)
    .toBeGreaterThan(before.liquidations + 50);
  await picture(screen);
  await expect
    .poll(async () => Number(await screen.cell(market, 'mark')) / before.mark, LONG)
    .toBeLessThan(0.88);
  await expect.poll(() => screen.rows('Liquidations, newest first'), LONG).not.toEqual([]);

  // The screen follows, however much happens: what it says of the end is what is served.
  await same(
    () => screen.number('liquidations'),
    async () => String((await demo.client.call('overview')).data.liquidations),
  );
  const { checker } = (await demo.client.call('status')).data;
  expect(checker).toMatchObject({ verdict: 'agrees', missed: 0 });
  expect(await screen.number('missed')).toBe('0');

  const [liquidation] = (await demo.client.call('liquidations', { query: { limit: 1 } })).data;
  await screen.show(`#/explain/liquidation/${liquidation.id}`);
  expect(await screen.page.locator('.explained').innerText()).toContain(liquidation.account);
  await screen.inspect('explain-liquidation');
});

async function picture(screen: Screen): Promise<void> {
  const path = join(PICTURES, 'overview-crash.png');
  // As tall as the figures of the engine are whole.
  await screen.page.setViewportSize({ ...WIDE, height: 880 });
  await screen.page.locator('.pulse[data-state="live"]').waitFor();
  await screen.page.screenshot({ path });
  await screen.page.setViewportSize(WIDE);
  if (process.env['PLIMSOLL_PICTURES'] !== 'docs') return;
  const docs = join(ROOT, 'docs/pictures/overview.png');
  mkdirSync(dirname(docs), { recursive: true });
  copyFileSync(path, docs);
}
