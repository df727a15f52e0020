/** Every page: what is on it is what the API answers, axe has nothing to say, and a picture of it is left to look at. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { ApiProblem } from '../../src/client/index.ts';
import { LEVEL_NAMES } from '../../src/core/schema/levels.ts';
import { compact, count, decimal } from '../../web/src/ui/format.ts';
import { grouped } from '../../web/src/pages/alerts/groups.ts';
import { reached } from '../../web/src/pages/map/scale.ts';
import { launchBrowser } from './chromium.ts';
import { Demo, PICTURES } from './demo.ts';
import { bare, pagesOf } from './pdf.ts';
import { same, sameAt, Screen } from './screen.ts';

const ACCOUNTS = 3000;

let demo: Demo;
let browser: Browser;
let screen: Screen;

beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start({ accounts: ACCOUNTS, speed: 1 }), launchBrowser()]);
  screen = await Screen.open(browser, demo.url);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  console.log(`pictures of every page are in ${PICTURES}`);
});

/** Of text on the screen, without its unit. */
const text = async (id: string): Promise<string> =>
  (await screen.stat(id).locator('.value .n').innerText()).replace(/\s*[A-Z]{3,}$/, '');

/** What stands behind each of these numbers, in order. */
const exactTexts = (selector: string): Promise<(string | null)[]> =>
  screen.page
    .locator(selector)
    .evaluateAll((numbers) => numbers.map((number) => number.getAttribute('data-exact')));

/** A market in which somebody waits to buy; at a price a second it takes a while until all have one. */
async function quoted(): Promise<string> {
  for (;;)
    for (const { market, bestBid } of (await demo.client.call('markets')).data)
      if (bestBid !== null) return market;
}

it('the overview', async () => {
  await screen.show('#/');
  await same(
    async () => ({
      numbers: await screen.numbers([
        'openInterest',
        'insuranceFund',
        'equityAtRisk',
        'liquidations',
        'missed',
      ]),
      levels: await Promise.all(LEVEL_NAMES.map((level) => screen.cell(level, 'accounts'))),
      notional: await Promise.all(LEVEL_NAMES.map((level) => screen.cell(level, 'notional'))),
    }),
    async () => {
      const { data } = await demo.client.call('overview');
      return {
        numbers: [data.openInterest, data.insuranceFund, data.equityAtRisk, String(data.liquidations), '0'],
        levels: LEVEL_NAMES.map((level) => String(data.accountsByLevel[level])),
        notional: LEVEL_NAMES.map((level) => data.notionalByLevel[level]),
      };
    },
  );
  await same(
    () => text('openInterest'),
    async () => compact((await demo.client.call('overview')).data.openInterest),
  );
  await same(
    async () => Promise.all((await screen.rows('Markets')).map((market) => screen.cell(market!, 'mark'))),
    async () => (await demo.client.call('markets')).data.map(({ price }) => price.markPrice),
  );
  await same(
    () =>
      screen.page
        .locator('.near li')
        .evaluateAll((rows) => rows.slice(0, 5).map((row) => row.getAttribute('data-row'))),
    async () =>
      (await demo.client.call('nearest', { query: { limit: 5 } })).data.map(({ account }) => account),
  );
  const drawn = `[...document.querySelectorAll('main canvas')].filter((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((byte) => byte > 0);
  }).map((canvas) => canvas.getAttribute('aria-label').split(':')[0])`;
  const trends = [
    'Equity at risk',
    'Open interest',
    'Insurance fund',
    'Liquidations',
    ...LEVEL_NAMES.flatMap((level) => [`Accounts at ${level}`, `Notional at ${level}`]),
    'Prices a second',
    'Buckets looked at',
    'Missed',
    'Latency of a price, p99',
  ].map((what) => `${what}, last minutes`);
  await expect
    .poll(() => screen.page.evaluate(drawn), { timeout: 10_000 })
    .toEqual(expect.arrayContaining(trends));
  // Rates are known after an interval, a minute here; it has a place and a name until then.
  for (const { market } of (await demo.client.call('markets')).data)
    expect(await screen.page.getByRole('img', { name: `Funding of ${market}, last intervals` }).count()).toBe(
      1,
    );
  await same(
    () => screen.page.getByRole('img', { name: 'Accounts at safe,' }).getAttribute('aria-label'),
    async () => {
      const { safe } = (await demo.client.call('overview')).data.history.accountsByLevel;
      const [low, high] = [Math.min(...safe), Math.max(...safe)];
      return `Accounts at safe, last minutes: from ${count(low)} to ${count(high)}, ${count(safe.at(-1)!)} now`;
    },
  );
  await screen.inspect('overview');
});

it('the liquidation map: the mark is dragged, and who falls is counted', async () => {
  const [{ market }] = (await demo.client.call('markets')).data;
  await screen.show(`#/map/${market}`);
  await screen.page.locator('input[type="range"]').fill('-8.5');
  await same(
    () => screen.numbers(['reachAccounts', 'reachNotional', 'reachPrice']),
    async () => {
      const { data } = await demo.client.call('liquidationMap', { params: { market } });
      const step = reached(data, -8.5)!;
      return [String(step.totalAccounts), step.totalNotional, step.to];
    },
  );
  await same(
    async () => (await screen.rows('Accounts that are hit, worst first')).length,
    async () => {
      const body = { shocks: { [market]: '-8.5' }, limit: 50 };
      return (await demo.client.call('stress', { body })).data.hits.length;
    },
  );
  expect(Number(await screen.number('reachAccounts'))).toBeGreaterThan(0);
  await screen.inspect('map');
});

it('accounts: any part of the list, the filter and the search', async () => {
  await screen.show('#/accounts?sort=row&order=asc');
  const total = (await demo.client.call('accounts', { query: { limit: 1 } })).total;
  expect(total).toBeGreaterThan(ACCOUNTS);
  await expect.poll(() => screen.page.locator('.long h2').innerText()).toBe(`${count(total)} accounts`);

  const part = async (offset: number): Promise<void> => {
    await same(
      () =>
        screen.page
          .locator(`[data-index="${offset}"]`)
          .locator('[data-col="account"], [data-col="equity"] [data-exact], [data-col="health"] [data-exact]')
          .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-exact') ?? cell.textContent)),
      async () => {
        const query = { sort: 'row', order: 'asc', offset, limit: 1 } as const;
        const [row] = (await demo.client.call('accounts', { query })).data;
        return [row.account, row.health, row.equity].filter((value) => value !== null);
      },
    );
  };
  await part(20);
  await screen.page.locator('.long-scroller').evaluate((scroller) => (scroller.scrollTop = 2000 * 30));
  await part(2005);

  await screen.show('#/accounts?level=safe&q=holder-000');
  await same(
    () => screen.page.locator('.long h2 [data-exact]').getAttribute('data-exact'),
    async () =>
      String(
        (await demo.client.call('accounts', { query: { level: 'safe', search: 'holder-000', limit: 1 } }))
          .total,
      ),
  );
  await screen.show('#/accounts');
  await screen.inspect('accounts');
  await screen.page.locator('.long-scroller').focus();
  await screen.page.keyboard.press('ArrowDown');
  await screen.page.keyboard.press('Enter');
  await expect.poll(() => screen.page.url()).toMatch(/#\/accounts\/.+/);
  await screen.show('#/accounts?q=nobody-is-called-this');
  await expect.poll(() => screen.page.locator('main').innerText()).toMatch('No account is like this');
});

it('an account: what it owns, needs and holds', async () => {
  const [{ account }] = (await demo.client.call('nearest', { query: { limit: 1 } })).data;
  await screen.show(`#/accounts/${account}`);
  await same(
    async () => ({
      equity: await screen.number('equity'),
      maintenanceMargin: await screen.number('maintenanceMargin'),
      health: await screen.number('health'),
      prices: await screen.page
        .locator('[data-col="liquidation"] .n')
        .evaluateAll((prices) => prices.map((price) => price.getAttribute('data-exact'))),
    }),
    async () => {
      const { data } = await demo.client.call('account', { params: { account } });
      return {
        equity: data.equity,
        maintenanceMargin: data.maintenanceMargin,
        health: data.health,
        prices: data.buckets.flatMap(({ positions }) =>
          positions.map(({ liquidationPrice }) => liquidationPrice.price),
        ),
      };
    },
  );
  await same(
    () => text('equity'),
    async () => decimal((await demo.client.call('account', { params: { account } })).data.equity, 2),
  );
  await screen.inspect('account');
});

it('an explanation: the inequality that decides, and a page that prints', async () => {
  const [{ account }] = (await demo.client.call('nearest', { query: { limit: 1 } })).data;
  await screen.show(`#/explain/account/${account}`);
  await same(
    async () => {
      await screen.page.getByRole('button', { name: 'As of now' }).click();
      await screen.page.locator('.inequality').first().waitFor();
      return screen.page.locator('.inequality strong').allInnerTexts();
    },
    async () => {
      const { document } = (await demo.client.call('explainAccount', { params: { account } })).data;
      return (document as unknown as { buckets: { inequality: string }[] }).buckets.map(
        ({ inequality }) => inequality,
      );
    },
  );
  await screen.inspect('explain');
});

it('an explanation on paper: its numbers, on pages that end where they may, and nothing to click', async () => {
  // Of somebody with several positions, so that it takes more than one page.
  const { data: accounts } = await demo.client.call('accounts', {
    query: { search: 'momentum-', limit: 20 },
  });
  const documents = await Promise.all(
    accounts.map(async ({ account }) => {
      const { document } = (await demo.client.call('explainAccount', { params: { account } })).data;
      return { account, length: JSON.stringify(document).length };
    }),
  );
  const { account } = documents.toSorted((a, b) => b.length - a.length)[0];
  await screen.show(`#/explain/account/${account}`);
  const exact = await screen.page
    .locator('.explained [data-exact]')
    .evaluateAll((numbers) => numbers.map((number) => number.textContent));
  const inequalities = await screen.page.locator('.inequality strong').allInnerTexts();
  const headings = await screen.page.locator('.explained :is(h2, h3)').allInnerTexts();
  const pdf = await screen.page.pdf({ preferCSSPageSize: true });
  writeFileSync(join(PICTURES, 'explain.pdf'), pdf);

  const pages = pagesOf(pdf);
  const all = pages.join('');
  expect(pages.length).toBeGreaterThan(1);
  expect(exact.length).toBeGreaterThan(20);
  for (const text of [`account ${account}`, ...inequalities, ...exact]) expect(all).toContain(bare(text));
  for (const [at, page] of pages.entries()) {
    const number = `${at + 1}/${pages.length}`;
    expect(page.startsWith(number) || page.endsWith(number), `page ${number} says so`).toBe(true);
    const end = page.replace(new RegExp(`${number}$`), '').toLowerCase();
    for (const heading of headings)
      expect(end.endsWith(bare(heading).toLowerCase()), `${heading} at the foot of page ${number}`).toBe(
        false,
      );
  }
  // What is drawn and has no text would not be found in it.
  await screen.page.emulateMedia({ media: 'print' });
  for (const part of ['.rail', '.bar', '.tools', '.actions'])
    expect(await screen.page.locator(part).first().isVisible(), `${part} on paper`).toBe(false);
  await screen.page.emulateMedia({ media: 'screen' });
  for (const button of ['Liquidation map', 'What-if', 'Go to', 'Copy link', 'As of now', '15 % BTC'])
    expect(all).not.toContain(bare(button));
});

it('a market: its prices, its book and its trades', async () => {
  const market = await quoted();
  await screen.show(`#/market/${market}`);
  const params = { market };
  await same(
    () => screen.numbers(['markPrice', 'indexPrice', 'lastPrice', 'openInterest']),
    async () => {
      const { summary } = (await demo.client.call('market', { params })).data;
      const { markPrice, indexPrice, lastPrice } = summary.price;
      return [markPrice, indexPrice, lastPrice, summary.openInterestNotional];
    },
  );
  await same(
    () => exactTexts('.book .side-long [data-exact]'),
    async () => (await demo.client.call('book', { params })).data.bids.slice(0, 10).map(({ price }) => price),
  );
  await same(
    async () => (await screen.rows(`Trades of ${market}, newest first`))[0],
    async () => String((await demo.client.call('trades', { params, query: { limit: 1 } })).data[0].id),
  );
  expect(await screen.page.locator('.candles canvas').count()).toBeGreaterThan(0);
  await screen.inspect('market');
});

it('what if: sliders ask the engine, and the address says what was asked', async () => {
  await screen.show('#/what-if');
  await screen.page.getByRole('button', { name: '−15 %', exact: true }).click();
  const steps = [
    ...(['equityBefore', 'lost', 'won', 'equityAfter', 'paid'] as const),
    ...(['deficit', 'fundUsed', 'deleveraged', 'fundBefore', 'fundAfter'] as const),
  ];
  const place = screen.page.locator('[data-sequence]');
  await sameAt(
    async () => {
      // Asked again, so that it is of this moment.
      await screen.page.getByRole('button', { name: 'None' }).click();
      await screen.page.getByRole('button', { name: '−15 %', exact: true }).click();
      const sequence = Number(await place.getAttribute('data-sequence'));
      return { sequence, value: await screen.numbers(['liquidatedAccounts', ...steps]) };
    },
    async () => {
      const body = { allPercent: '-15.0', limit: 100 };
      const { sequence, liquidated, waterfall } = (await demo.client.call('stress', { body })).data;
      const value = [String(liquidated.accounts), ...steps.map((step) => waterfall[step])];
      return { sequence, value };
    },
  );
  expect(Number(await screen.number('liquidatedAccounts'))).toBeGreaterThan(0);
  expect(screen.page.url()).toMatch(/shocks=.*-15/);
  await screen.inspect('what-if');
});

it('the gate: its decisions, or that none is served here', async () => {
  const asked = await demo.client.call('gateUtilisation').catch((error: unknown) => error);
  await screen.page.goto('about:blank');
  await screen.page.goto(`${demo.url}/#/gate`);
  if (asked instanceof ApiProblem) {
    await expect.poll(() => screen.page.locator('main').innerText()).toMatch(asked.code);
    screen.complaints.length = 0;
  } else {
    await same(
      () => screen.numbers(['approved', 'rejected']),
      async () => {
        const { approved, rejected } = (await demo.client.call('gateUtilisation')).data;
        return [String(approved), String(rejected)];
      },
    );
  }
  await screen.inspect('gate');
});

it('alerts and liquidations, newest first', async () => {
  await demo.client.call('crash', { body: { percent: '20', seconds: 1 } });
  await expect
    .poll(async () => (await demo.client.call('alerts', { query: { kind: 'margin_warning' } })).data.length, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
  await screen.show('#/alerts');
  await same(
    () => screen.page.locator('[data-position]').first().innerText(),
    async () =>
      (await demo.client.call('alerts', { query: { limit: 100 } })).data.find(
        ({ positions }) => positions.length > 0,
      )!.positions[0].positionId,
  );
  await same(
    () =>
      screen.page
        .locator('.alerts > li')
        .evaluateAll((rows) => rows.slice(0, 5).map((row) => row.getAttribute('data-row'))),
    async () => {
      const { data } = await demo.client.call('alerts', { query: { limit: 100 } });
      return grouped(data)
        .slice(0, 5)
        .map(({ alert }) => String(alert.id));
    },
  );
  await same(
    async () => (await screen.rows('Liquidations, newest first')).slice(0, 10),
    async () =>
      (await demo.client.call('liquidations', { query: { limit: 10 } })).data.map(({ id }) => String(id)),
  );
  await screen.inspect('alerts');
});

it('the system: the checker agrees, and nothing was missed', async () => {
  await screen.show('#/system');
  await same(
    async () => [
      await screen.stat('checker').locator('.value').innerText(),
      await screen.page.locator('.foot').innerText(),
    ],
    async () => {
      const { checker, version } = (await demo.client.call('status')).data;
      return [checker.verdict, expect.stringContaining(version)];
    },
  );
  expect(await screen.stat('checker').locator('.value').innerText()).toBe('agrees');
  await screen.inspect('system');
});

it('keys: a page by two of them, the palette, and what there is', async () => {
  await screen.show('#/');
  await screen.page.keyboard.press('g');
  await screen.page.keyboard.press('w');
  await expect.poll(() => screen.page.url()).toMatch(/#\/what-if$/);
  await screen.page.keyboard.press('Control+k');
  await screen.page.keyboard.type('holder-0000001');
  await screen.page.getByRole('option', { name: /holder-0000001/ }).waitFor();
  await screen.page.keyboard.press('Enter');
  await expect.poll(() => screen.page.url()).toMatch(/#\/accounts\/holder-0000001$/);
  await screen.page.keyboard.press('?');
  await screen.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await screen.page.keyboard.press('Escape');
  await screen.page.keyboard.press('t');
  await screen.page.locator('html[data-theme="light"]').waitFor();
  await screen.show('#/');
  await screen.inspect('overview-light');
  await screen.page.keyboard.press('t');
});

it('what is not there is said, and the rest goes on', async () => {
  await screen.page.goto(`${demo.url}/#/accounts/nobody`);
  await expect.poll(() => screen.page.locator('main').innerText()).toMatch('API_NOT_FOUND');
  await screen.page.goto(`${demo.url}/#/no-such-page`);
  await expect.poll(() => screen.page.locator('main').innerText()).toMatch('There is no such page');
});
