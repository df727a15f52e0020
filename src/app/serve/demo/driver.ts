/** What happens on the demo's exchange when nobody asks for anything: prices, traders, funding, and a crowd that comes in until it is there. */
import type { Exchange } from '../../../core/exchange/exchange.ts';
import type { TimeUs } from '../../../core/num/units.ts';
import { MarketState } from '../../../core/schema/orders.ts';
import { Simulation, type AnyCommand } from '../../../sim/traders/simulation.ts';
import type { DemoChoice } from '../messages.ts';
import { Crowd } from './crowd.ts';
import { DemoPrices, FUNDING_SECONDS } from './prices.ts';
import { demoWorld, takeBack, type DemoWorld } from './world.ts';

/** Commands of traders for each price. */
const TRADES_PER_PRICE = 2;
/** What was due and not done is forgotten beyond this: a machine that stood still does not catch up. */
const BEHIND_MS_MAX = 250;
const INDEX_MS = 1000;

export class DemoDriver {
  readonly crowd: Crowd;
  /** Whether the last command was of the crowd that comes in. */
  isArrival = false;
  readonly #world: DemoWorld;
  readonly #exchange: Exchange;
  readonly #choice: DemoChoice;
  readonly #simulation: Simulation;
  readonly #prices: DemoPrices;
  /** When each is due next, ms. */
  #priceAt: number;
  #tradeAt: number;
  #indexAt: number;
  #fundingAt: number;
  /** Said one after another: index prices, funding. */
  #queue: AnyCommand[] = [];
  #setupLeft: number;
  /** Whether an earlier run made it. */
  readonly #isKept: boolean;
  #crashAt: number | null = null;

  constructor(exchange: Exchange, choice: DemoChoice, nowMs: number) {
    const isNew = exchange.engine.settings === null;
    const timeUs = nowMs * 1000;
    const world = demoWorld(choice.seed, timeUs);
    const begun = isNew ? world.setup : takeBack(world, timeUs);
    this.#world = world;
    this.#exchange = exchange;
    this.#choice = choice;
    this.#simulation = new Simulation(choice.seed, exchange, {
      world,
      isPlain: true,
      tradersOnly: true,
      chaosOneIn: 0,
      pauseUsMax: 2,
      begun,
    });
    this.#setupLeft = begun.length;
    this.#isKept = !isNew;
    const { markets } = exchange.engine.book;
    const anchors = world.markets.map(({ row, firstMark }) => (isNew ? firstMark : markets.mark(row)));
    this.#prices = new DemoPrices(choice.seed, anchors, exchange.engine);
    this.crowd = new Crowd(exchange, world.markets, choice.seed, world.roles.length, choice.accounts);
    if (!isNew) this.#adopt();
    this.#priceAt = nowMs;
    this.#tradeAt = nowMs;
    this.#indexAt = nowMs + 100;
    this.#fundingAt = nowMs + FUNDING_SECONDS * 1000;
    if (choice.crash) this.#crashAt = nowMs + 20_000;
  }

  /** The next command that is due; null when nothing is. `isIdle`: the crowd may come in. */
  next(nowMs: number, isIdle: boolean): AnyCommand | null {
    const timeUs = (nowMs * 1000) as TimeUs;
    this.isArrival = false;
    if (this.#setupLeft > 0) {
      this.#setupLeft--;
      return this.#trade(nowMs);
    }
    if (this.#queue.length > 0) return this.#queue.shift()!;
    const { speed } = this.#choice;
    if (this.#crashAt !== null && nowMs >= this.#crashAt) {
      this.#crashAt = null;
      this.crash(0, 0.15, 10, nowMs);
    }
    if (nowMs >= this.#priceAt) {
      this.#priceAt = Math.max(this.#priceAt + 1000 / speed, nowMs - BEHIND_MS_MAX);
      return this.#prices.mark(nowMs, this.#prices.count / speed, timeUs);
    }
    if (nowMs >= this.#tradeAt) {
      this.#tradeAt = Math.max(this.#tradeAt + 1000 / (speed * TRADES_PER_PRICE), nowMs - BEHIND_MS_MAX);
      return this.#trade(nowMs);
    }
    if (nowMs >= this.#indexAt) {
      this.#indexAt = nowMs + INDEX_MS;
      for (let market = 0; market < this.#prices.count; market++)
        this.#queue.push(this.#prices.index(market, timeUs));
      return this.#queue.shift()!;
    }
    if (nowMs >= this.#fundingAt) {
      this.#fundingAt = nowMs + FUNDING_SECONDS * 1000;
      for (let market = 0; market < this.#prices.count; market++)
        this.#queue.push(this.#prices.funding(market, timeUs));
      return this.#queue.shift()!;
    }
    this.isArrival = isIdle;
    return isIdle ? this.crowd.next(timeUs) : null;
  }

  /** What each account trades like, by row; the crowd comes after them. */
  get roles(): DemoWorld['roles'] {
    return this.#world.roles;
  }

  /** Whether markets and traders are there. */
  get isMade(): boolean {
    return this.#isKept || this.#setupLeft === 0;
  }

  /** After each command, the ones it did not make too. */
  follow(): void {
    this.#simulation.follow();
  }

  /** Ms until something is due. */
  waitMs(nowMs: number): number {
    return Math.max(0, Math.min(this.#priceAt, this.#tradeAt) - nowMs);
  }

  crash(market: number, share: number, seconds: number, nowMs: number): { before: number; after: number } {
    return this.#prices.crash(market, share, seconds, nowMs);
  }

  #trade(nowMs: number): AnyCommand {
    this.#simulation.nowUs = nowMs * 1000;
    return { ...this.#simulation.next(), timeUs: (nowMs * 1000) as TimeUs };
  }

  /** What an earlier run left: the traders' view learns from events, and there are none of that. */
  #adopt(): void {
    const { view } = this.#simulation;
    const { members, listings } = this.#exchange.venue;
    for (const [account, role] of this.#world.roles.entries())
      if (role !== null && members.isHedged(account)) view.hedged.add(account);
    for (const listing of listings) {
      if (listing === null) continue;
      view.states[listing.market] = listing.state ?? MarketState.active;
      if (listing.last > 0) view.lastPrice[listing.market] = listing.last;
    }
  }
}
