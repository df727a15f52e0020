/**
 * A simulated exchange's history: who is there, what prices do, and what everybody wants, one command at a time. A seed is a
 * history: traders see only what the exchange has answered so far, and draw from the seed alone. Whoever runs it applies each command and
 * then calls `follow`.
 */
import type { MarkTicks, SourceRow, TimeUs } from '../../core/num/units.ts';
import { Kind, type Command } from '../../core/schema/commands.ts';
import { MarketState } from '../../core/schema/orders.ts';
import { VenueKind, type OwnCommand } from '../../core/schema/venue-commands.ts';
import { PriceStream, REGIMES, type Regime } from '../prices.ts';
import { Random } from '../random.ts';
import { damaged, nonsense } from './chaos.ts';
import { Desk, type Clock } from './desk.ts';
import { chance, pick, weighted, wholeLog } from './draw.ts';
import { makerCommands } from './makers.ts';
import { manipulatorCommands } from './manipulator.ts';
import { operatorCommands, reopening } from './operator.ts';
import { holderCommands, Momentum, noiseCommands } from './takers.ts';
import { testerCommands } from './tester.ts';
import { VenueView, type Venue } from './venue-view.ts';
import { drawWorld, type World, type WorldOptions } from './world.ts';

export type AnyCommand = Command | OwnCommand;

export interface SimulationOptions extends WorldOptions {
  /** Commands that should be refused, one in so many; 0: none. Absent: 25. */
  readonly chaosOneIn?: number;
  /** Longest time between two commands, µs. Absent: up to 3 s, and now and then half an hour. */
  readonly pauseUsMax?: number;
  /** In place of one that is drawn. */
  readonly world?: World;
  /** Traders alone: prices and what an operator does come from elsewhere. */
  readonly tradersOnly?: boolean;
  /** The world is made already, and this comes first. */
  readonly begun?: readonly AnyCommand[];
}

const TURN_MEAN = 60;
const MAKES_ROWS: ReadonlySet<number> = new Set([Kind.source, Kind.market, Kind.account, VenueKind.venue]);
const CHAOS_ONE_IN = 25;
const HALF_AN_HOUR_US = 1.8e9;
const DRAWN = 0.004;

export class Simulation implements Clock {
  readonly world: World;
  readonly view: VenueView;
  nowUs: number;
  #regime: Regime = 'calm';
  readonly #random: Random;
  readonly #options: SimulationOptions;
  readonly #desks: Desk[] = [];
  readonly #momentum = new Map<number, Momentum>();
  readonly #house: Desk;
  /** What was decided and not asked for yet. */
  #queue: AnyCommand[] = [];
  #at = 0;
  #prices: PriceStream | null = null;
  #regimeLeft = 0;
  #seed = 0;

  constructor(seed: number, venue: Venue, options: SimulationOptions = {}) {
    this.#random = new Random(seed, 11);
    this.#options = options;
    this.world = options.world ?? drawWorld(this.#random, options);
    this.view = new VenueView(venue, this.world.markets);
    this.nowUs = this.world.startUs;
    this.#queue = [...(options.begun ?? this.world.setup)];
    this.#house = new Desk(0, this.#random, this.view, this.world.money, this);
    for (const [account, role] of this.world.roles.entries())
      if (role !== null) this.#desks.push(new Desk(account, this.#random, this.view, this.world.money, this));
  }

  get regime(): Regime {
    return this.#regime;
  }

  /** How many commands make the world before anybody trades. */
  get setupCount(): number {
    return this.world.setup.length;
  }

  /** The next command. */
  next(): AnyCommand {
    while (this.#at === this.#queue.length) {
      this.#at = 0;
      this.#queue = this.#decide();
    }
    const command = this.#queue[this.#at++];
    const every = this.#options.chaosOneIn ?? CHAOS_ONE_IN;
    if (every > 0 && this.#random.oneIn(every)) {
      this.#at--;
      return this.#chaos(command);
    }
    return this.#sourced(command);
  }

  /** After each command. */
  follow(): void {
    this.view.follow();
  }

  /** Before what was to come, or what comes later, or nothing that ever should; what was to come comes all the same. */
  #chaos(command: AnyCommand): AnyCommand {
    const random = this.#random;
    if (random.oneIn(4)) return pick(random, this.#queue.slice(this.#at));
    const isMade = this.view.venue.engine.book.accounts.count > 2;
    return isMade && random.oneIn(3) ? nonsense(pick(random, this.#desks)) : damaged(random, command);
  }

  /** At times a command comes from a source: mostly its next, else one that was there before, or one too far. */
  #sourced(command: AnyCommand): AnyCommand {
    const random = this.#random;
    const { last } = this.view.venue.engine.book.sources;
    const count = this.view.venue.engine.book.sources.names.count;
    if (count === 0 || command.kind === Kind.settings || !random.oneIn(30)) return command;
    const source = random.below(count) as SourceRow;
    const known = Math.max(0, last[source]);
    const by = weighted(random, { next: 40, far: 3, again: 2, gap: 1 });
    const position = known + { next: 1, far: 1 + random.below(9), again: 0, gap: 3 }[by];
    // What makes a row is not to be lost as a duplicate: the others count on it.
    if (MAKES_ROWS.has(command.kind)) return command;
    return { ...command, origin: { source, position, previous: by === 'far' ? known : null } };
  }

  #decide(): AnyCommand[] {
    const random = this.#random;
    this.nowUs += this.#pause();
    if (this.#options.tradersOnly !== true) {
      if (chance(random, 0.3)) return this.#move();
      if (this.view.states.some(isStopped) && chance(random, 0.08)) return [reopening(this.#house)];
      if (chance(random, 0.08)) return operatorCommands(this.#house, this.#options.isPlain !== true);
    }
    const desk = pick(random, this.#desks);
    // Who has lost it all comes back with more, so that there is always somebody to look at.
    if (
      this.#options.isPlain === true &&
      chance(random, 0.1) &&
      this.view.equity(desk.account) < desk.money / 10
    )
      return [desk.say({ kind: VenueKind.deposit, account: desk.account, asset: null, amount: desk.money })];
    switch (this.world.roles[desk.account]) {
      case 'maker':
        return makerCommands(desk);
      case 'noise':
        return noiseCommands(desk);
      case 'momentum':
        return this.#momentumOf(desk.account).commands(desk);
      case 'holder':
        return holderCommands(desk);
      case 'manipulator':
        return manipulatorCommands(desk, pick(random, this.#desks));
      default:
        return testerCommands(desk);
    }
  }

  #pause(): number {
    const random = this.#random;
    const { pauseUsMax } = this.#options;
    if (pauseUsMax !== undefined) return 1 + random.below(pauseUsMax);
    const long = weighted(random, { none: 10, short: 80, medium: 9, long: 1 });
    if (long === 'none') return 0;
    return wholeLog(random, 1, { short: 1e5, medium: 3e6, long: HALF_AN_HOUR_US }[long]);
  }

  /** Marks from the regime at hand; at times the price of the book, which is what a manipulator hopes for. */
  #move(): AnyCommand[] {
    const random = this.#random;
    const { markets, regime, stepBp } = this.world;
    const timeUs = this.nowUs as TimeUs;
    if (this.#regimeLeft-- <= 0 || this.#prices === null) {
      const next = regime === 'turns' ? pick(random, REGIMES) : regime;
      // For people to look at, a crash comes, goes by, and comes again.
      const isOver = this.#options.isPlain === true && this.#regime === 'crash';
      this.#regime = isOver ? 'volatile' : next;
      this.#regimeLeft = 1 + random.below(2 * TURN_MEAN);
      this.#prices = new PriceStream({
        marks: markets.map(({ row, firstMark }) => {
          const mark = this.view.mark(row);
          return (mark > 0 ? mark : firstMark) as MarkTicks;
        }),
        seed: random.below(2 ** 31) + this.#seed++,
        popularity: 'uniform',
        stepBp,
        mode: this.#regime,
      });
    }
    const moved = this.#prices.next();
    if (chance(random, 0.03)) {
      const { row } = pick(random, markets);
      const price = this.view.markOf(row, this.view.lastPrice[row]) as MarkTicks;
      return [{ kind: Kind.marks, timeUs, origin: null, marks: [{ market: row, price }], text: '' }];
    }
    // The stream fills the same objects again.
    return [
      {
        ...moved,
        timeUs,
        marks: moved.marks.map(({ market, price }) => ({ market, price: this.#drawn(market, price) })),
      },
    ];
  }

  /** Where people look for long, prices are drawn back a little to where they began. */
  #drawn(market: number, price: number): MarkTicks {
    if (this.#options.isPlain !== true) return price as MarkTicks;
    return Math.max(
      1,
      price + Math.round((this.world.markets[market].firstMark - price) * DRAWN),
    ) as MarkTicks;
  }

  #momentumOf(account: number): Momentum {
    const known = this.#momentum.get(account);
    if (known !== undefined) return known;
    const made = new Momentum();
    this.#momentum.set(account, made);
    return made;
  }
}

function isStopped(state: MarketState): boolean {
  return state === MarketState.halted || state === MarketState.reduce_only;
}
