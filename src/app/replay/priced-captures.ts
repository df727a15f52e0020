/**
 * Captures of a perpetual and of the spot markets that its index comes from, as commands: the feeds' books and prices go through
 * the router as they would live, and what leaves it are marks and what they are worth.
 *
 *   marks     the mark is another
 *   quality   what it may be used for is another, with the index as reference
 *
 * origin.position is the time of receipt, or one more than the position before where that is later: it rises, and the same
 * captures give the same positions, so a run that was broken off passes over what it had.
 */
import { scaledToText } from '../../core/num/decimal.ts';
import type { MarkTicks, TimeUs } from '../../core/num/units.ts';
import { DEFAULT_INDEX_RULES, DEFAULT_MARKET, type MarkRules } from '../../core/price/price-rules.ts';
import type { PriceExplanation } from '../../core/price/explain-price.ts';
import { PriceRouter } from '../../core/price/router.ts';
import { priceCommand } from '../../core/price/router-command.ts';
import type { MarketPrice } from '../../core/price/router-market.ts';
import type { Instrument, InstrumentRow, VenueEvent } from '../../core/price/venue-event.ts';
import { Kind, type MarksCommand, type QualityCommand } from '../../core/schema/commands.ts';
import type { Quality } from '../../core/schema/quality.ts';
import type { ProblemSink } from '../../io/ingest/problem.ts';
import type { CaptureMarket } from '../../io/ingest/venues/binance/capture.ts';
import { BinanceSpotFeed, BinanceUsdmFeed, type BinanceFeed } from '../../io/ingest/venues/binance/feed.ts';
import type { FeedSink } from '../../io/ingest/venues/feed.ts';
import { playCaptures } from '../prices/captures.ts';
import type { Input } from './inputs.ts';

export type PriceCommand = MarksCommand | QualityCommand;

/** Decimals of prices and sizes, enough for what Binance writes. */
const PRICE_SCALE = 4;
const SIZE_SCALE = 8;
const PERPETUAL = 'binance';
const SPOT = 'binance-spot';

/** Hears each command as it is made, when the price that it is about can be explained. */
export type PriceListener = (command: PriceCommand, explain: () => PriceExplanation) => void;

/** What was said last of a market. */
interface Said {
  mark: number;
  quality: Quality | null;
  uses: number;
  position: number | null;
}

export class PricedCaptures {
  /** Holes in the recordings: a book that was lost, and what was missed with it. */
  gaps = 0;
  readonly #inputs: readonly Input[];
  readonly #markets: readonly CaptureMarket[];
  readonly #report: ProblemSink;
  readonly #rule: MarkRules;
  readonly #router: PriceRouter;
  readonly #instruments: readonly Instrument[];
  readonly #said: readonly Said[];
  readonly #listener: PriceListener | null;
  #commands: PriceCommand[] = [];

  constructor(
    inputs: readonly Input[],
    markets: readonly CaptureMarket[],
    rule: MarkRules,
    sourcesMin: number,
    report: ProblemSink,
    listener: PriceListener | null = null,
  ) {
    this.#listener = listener;
    this.#inputs = inputs;
    this.#markets = markets;
    this.#report = report;
    this.#rule = rule;
    this.#said = markets.map(() => ({ mark: 0, quality: null, uses: 0, position: null }));
    this.#instruments = markets.flatMap(({ name }) => [
      instrumentOf(PERPETUAL, name),
      instrumentOf(SPOT, name),
    ]);
    this.#router = new PriceRouter({
      instruments: this.#instruments,
      markets: markets.map(({ name, grid }, row) => ({
        ...DEFAULT_MARKET,
        name,
        grid,
        own: (2 * row) as InstrumentRow,
        sources: [{ instrument: (2 * row + 1) as InstrumentRow, part: 'mid', weight: 1, isOwn: false }],
        index: { ...DEFAULT_INDEX_RULES, sourcesMin },
        mark: rule,
      })),
      sink: { price: (price) => this.#price(price), alert: () => {} },
    });
  }

  /** All captures by time of receipt, to their ends. What was whole before one of them broke off is told before that is. */
  async *commands(): AsyncGenerator<readonly PriceCommand[], void, undefined> {
    const files = this.#inputs.map((input) => ({
      name: input.name,
      venue: isSpot(input) ? SPOT : PERPETUAL,
      lines: () => input.lines(),
    }));
    const make = (venue: string, to: FeedSink): BinanceFeed =>
      venue === SPOT
        ? new BinanceSpotFeed(this.#instruments, to)
        : new BinanceUsdmFeed(this.#instruments, to);
    const sink: FeedSink = {
      event: (event) => this.#event(event),
      problem: (problem) => this.#report(problem),
    };
    try {
      for await (const _ of playCaptures(files, make, sink)) yield this.#take();
    } catch (error) {
      yield this.#take();
      throw error;
    }
  }

  #take(): readonly PriceCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  #event(event: VenueEvent): void {
    if (event.kind === 'lost' && event.why === 'gap') this.gaps++;
    this.#router.receive(event);
  }

  #price(price: MarketPrice): void {
    if (price.mark === 0) return;
    const said = this.#said[price.market];
    const isWorse = (price.uses & said.uses) !== said.uses;
    // A price that is worth less must not be acted on for a moment, one that is worth more not before it is there.
    if (isWorse) this.#sayQuality(price, said);
    this.#sayMark(price, said);
    this.#sayQuality(price, said);
  }

  #sayMark(price: MarketPrice, said: Said): void {
    if (price.isKept || price.mark === said.mark) return;
    said.mark = price.mark;
    this.#say(price, {
      kind: Kind.marks,
      ...this.#headOf(price, said),
      marks: [{ market: this.#markets[price.market].market, price: price.mark as MarkTicks }],
      text: this.#textOf(price),
    });
  }

  #sayQuality(price: MarketPrice, said: Said): void {
    if (price.quality === said.quality && price.uses === said.uses) return;
    said.quality = price.quality;
    said.uses = price.uses;
    const { market } = this.#markets[price.market];
    // The mark goes by itself, where it is another.
    this.#say(price, { ...priceCommand(price, market), ...this.#headOf(price, said), mark: null });
  }

  #say({ market }: MarketPrice, command: PriceCommand): void {
    this.#commands.push(command);
    this.#listener?.(command, () => this.#router.explain(market));
  }

  /** What the mark was made of, for people; `plimsoll explain price` says it in full. */
  #textOf({ index, last, basis, scale }: MarketPrice): string {
    const at = index === 0 ? 'none' : scaledToText(index, scale);
    return `${this.#rule.name}: index ${at}, last ${scaledToText(last, scale)}, basis ${scaledToText(basis, scale)}`;
  }

  #headOf(price: MarketPrice, said: Said): Pick<MarksCommand, 'timeUs' | 'origin'> {
    const position = Math.max(price.timeUs, (said.position ?? 0) + 1);
    const { source, last = null } = this.#markets[price.market];
    // The first of a recording that goes on where another ended.
    const previous = said.position ?? (last !== null && last < position ? last : null);
    said.position = position;
    return { timeUs: price.timeUs as TimeUs, origin: { source, position, previous } };
  }
}

export function isSpot(input: Input): boolean {
  for (const { stream } of input.prices.values()) return stream === 'binance-spot';
  return false;
}

function instrumentOf(venue: string, symbol: string): Instrument {
  return {
    venue,
    symbol,
    market: symbol,
    isPerpetual: venue === PERPETUAL,
    priceScale: PRICE_SCALE,
    sizeScale: SIZE_SCALE,
  };
}
