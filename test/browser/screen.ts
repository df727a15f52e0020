/** A page of the dashboard, as tests look at it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { PICTURES } from './demo.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export class Screen {
  readonly page: Page;
  readonly #url: string;
  /** What the browser complained about; a page that works leaves it empty. */
  readonly complaints: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }

  static async open(browser: Browser, url: string): Promise<Screen> {
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-US', reducedMotion: 'reduce' });
    return new Screen(await context.newPage(), url);
  }

  /** Opens `#/…` and waits until its numbers are there and new. */
  async show(hash: string): Promise<void> {
    await this.page.goto('about:blank');
    this.complaints.length = 0;
    await this.page.goto(`${this.#url}/${hash}`);
    await this.page.locator('.pulse[data-state="live"]').waitFor();
    await expect.poll(() => this.page.locator('main .skeleton').count(), LONG).toBe(0);
  }

  stat(id: string): Locator {
    return this.page.locator(`[data-stat="${id}"]`);
  }

  /** The exact text behind the number of a stat; what is shown is that, rounded. */
  async number(id: string): Promise<string | null> {
    return exactly(this.stat(id).locator('.value, dd').first());
  }

  /** The exact texts behind several stats, read in one moment. */
  numbers(ids: readonly string[]): Promise<(string | null)[]> {
    return this.page.evaluate<(string | null)[]>(`${JSON.stringify(ids)}.map((id) =>
      document.querySelector('[data-stat="' + id + '"] :is(.value, dd) [data-exact]')?.getAttribute('data-exact') ?? null)`);
  }

  /** The exact text behind a cell. */
  cell(row: string, column: string): Promise<string | null> {
    return exactly(
      this.page.locator(`main [data-row=${JSON.stringify(row)}] [data-col="${column}"]`).first(),
    );
  }

  rows(label: string): Promise<(string | null)[]> {
    return this.page
      .locator(`table[aria-label=${JSON.stringify(label)}] tbody tr`)
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')));
  }

  /** Pictures of the page at the desk and on a phone, and no complaint of axe about either. */
  async inspect(name: string): Promise<void> {
    for (const [size, viewport] of [
      ['wide', WIDE],
      ['phone', PHONE],
    ] as const) {
      await this.page.setViewportSize(viewport);
      await this.page.screenshot({ path: join(PICTURES, `${name}-${size}.png`) });
      expect.soft(await this.#tooWide(), `${name} on ${size} is wider than the screen`).toBe(0);
      expect.soft(await this.#violations(), `axe on ${name}, ${size}`).toEqual([]);
    }
    await this.page.setViewportSize(WIDE);
    expect(this.complaints, `the browser's console on ${name}`).toEqual([]);
  }

  #tooWide(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  async #violations(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const violations = await this.page.evaluate<Violation[]>(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
  }
}

const LONG = { timeout: 30_000, interval: 100 };

async function exactly(place: Locator): Promise<string | null> {
  const number = place.locator('[data-exact]').first();
  return (await number.count()) === 0 ? place.innerText() : number.getAttribute('data-exact');
}

/**
 * The world moves between a look at the screen and a question to the API, so both are asked until they say the same. A screen that shows anything
 * else than what is served never does.
 */
export async function same(screen: () => Promise<unknown>, served: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(async () => {
    const [shown, answered] = await Promise.all([screen(), served()]);
    expect(shown).toEqual(answered);
  }, LONG);
}

export interface At {
  readonly sequence: number;
  readonly value: unknown;
}

/** Where both say of which command they speak: they are asked until they spoke of the same one, and then have to say the same. */
export async function sameAt(screen: () => Promise<At>, served: () => Promise<At>): Promise<void> {
  const answers = new Map<number, unknown>();
  let isOver = false;
  const collect = async (): Promise<void> => {
    while (!isOver) {
      const { sequence, value } = await served();
      answers.set(sequence, value);
    }
  };
  const collecting = collect();
  try {
    await vi.waitFor(async () => {
      const { sequence, value } = await screen();
      await vi.waitFor(() => expect([...answers.keys()].some((at) => at >= sequence)).toBe(true), LONG);
      if (!answers.has(sequence)) throw new Error(`command ${sequence} was not among the answers`);
      expect(value, `at command ${sequence}`).toEqual(answers.get(sequence));
    }, LONG);
  } finally {
    isOver = true;
    await collecting;
  }
}
