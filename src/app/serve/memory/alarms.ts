/**
 * Alerts as things happen: accounts that come near their liquidation, the fund, deleveraging, halts, prices that are not to be trusted, and what the
 * watchers of conduct report.
 */
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { INSURANCE } from '../../../core/exchange/ledger.ts';
import { jointDistance } from '../../../core/margin/joint-distance.ts';
import { NO_MARKET, type Alert } from '../../../core/exchange/surveillance/alerts.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { Level, LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { MARKET_STATE_NAMES, MarketState } from '../../../core/schema/orders.ts';
import { Quality, QUALITY_NAMES } from '../../../core/schema/quality.ts';
import { tagOf } from '../../../core/state/positions.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { STATE_WHY_NAMES, VenueEvent } from '../../../core/schema/venue-events.ts';
import type { Changes } from '../../../core/watch/changes.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { describeAlert } from '../../../io/publish/alert-lines.ts';
import { Watchers } from '../../exchange/watchers.ts';
import { timeText, type Units } from '../../explain/units.ts';
import { placeName } from '../../explain/buckets.ts';
import { percentText } from '../views/numbers.ts';
import {
  liquidatedBucket,
  positionsInDanger,
  positionsLiquidated,
  positionsOfFund,
} from './alert-positions.ts';
import type { AlertMemory, NewAlert } from './alerts.ts';

/** Of the most that the fund ever had: under the first it is low, and until it is over the second it is the same low. */
const FUND_LOW = 0.25;
const FUND_WELL = 0.3;
/** Commands between two looks at the fund, beside those that marks and liquidations give cause for. */
const FUND_EVERY = 256;
/** Told of one command at most: of a cascade the first are enough, and the system's alerts say the rest. */
const OF_A_COMMAND = 20;

/** What most alerts have none of. */
type Rest = 'impact' | 'positions';

/** A liquidation that began in the command at hand. */
interface Begun {
  readonly account: number;
  readonly market: number;
  readonly leg: number;
  readonly isolated: boolean;
  readonly level: number;
  readonly equity: number;
  readonly maintenance: number;
  /** Tags of the positions that it has closed something of. */
  readonly closed: Set<number>;
}

export class Alarms {
  readonly #alerts: AlertMemory;
  readonly #units: () => Units;
  #exchange: Exchange;
  #registry: Registry;
  #watchers: Watchers | null = null;
  #levels: { bucket: number; to: number }[] = [];
  #fundMost = 0;
  #isFundLow = false;
  #commands = 0;
  #qualities: number[] = [];
  #tripped: boolean[] = [];

  constructor(alerts: AlertMemory, exchange: Exchange, registry: Registry, units: () => Units) {
    this.#alerts = alerts;
    this.#exchange = exchange;
    this.#registry = registry;
    this.#units = units;
  }

  adopt(exchange: Exchange, registry: Registry): void {
    this.#exchange = exchange;
    this.#registry = registry;
    if (this.#watchers !== null) this.#watchers = new Watchers(exchange);
  }

  /** From here on the watchers of conduct look on. */
  watch(): void {
    this.#watchers ??= new Watchers(this.#exchange);
  }

  /** Levels that moved in the command at hand. */
  readonly levels = ({ count, bucket, from, to }: Changes): void => {
    for (let at = 0; at < count && this.#levels.length < OF_A_COMMAND; at++)
      if (to[at] > from[at] && (to[at] === Level.danger || to[at] === Level.critical))
        this.#levels.push({ bucket: bucket[at], to: to[at] });
  };

  /** After each command. */
  follow(command: Command | OwnCommand, isAccepted: boolean): void {
    if (this.#levels.length > 0) {
      for (const { bucket, to } of this.#levels) this.#near(bucket, to);
      this.#levels = [];
    }
    if (isAccepted && (command.kind === Kind.quality || command.kind === Kind.lift))
      this.#quality(command.market);
    const hasLiquidated = this.#readEvents();
    if (++this.#commands % FUND_EVERY === 0 || hasLiquidated || command.kind === Kind.marks) this.#fund();
    if (this.#watchers !== null) for (const alert of this.#watchers.observe()) this.#conduct(alert);
  }

  /** Answers whether a liquidation ended. */
  #readEvents(): boolean {
    const { events } = this.#exchange;
    const begun = new Map<number, Begun>();
    let hasEnded = false;
    for (let row = 0; row < events.count; row++) {
      const first = events.field(row, 0);
      switch (events.kind(row)) {
        case VenueEvent.state:
          this.#state(first, events.field(row, 1), events.field(row, 2));
          break;
        case VenueEvent.liquidation:
          if (begun.size < OF_A_COMMAND)
            begun.set(first, {
              account: events.field(row, 1),
              market: events.field(row, 2),
              leg: events.field(row, 3),
              isolated: events.field(row, 4) === 1,
              level: events.field(row, 5),
              equity: events.field(row, 6),
              maintenance: events.field(row, 7),
              closed: new Set(),
            });
          break;
        case VenueEvent.step:
          begun.get(first)?.closed.add(tagOf(events.field(row, 1), events.field(row, 2)));
          break;
        case VenueEvent.takeover:
          begun.get(first)?.closed.add(tagOf(events.field(row, 2), events.field(row, 3)));
          break;
        case VenueEvent.adl:
          begun.get(first)?.closed.add(tagOf(events.field(row, 5), events.field(row, 2)));
          break;
        case VenueEvent.liquidation_end:
          hasEnded = true;
          break;
        default:
      }
    }
    for (const [id, one] of begun) this.#liquidated(id, one);
    return hasEnded;
  }

  #near(bucket: number, level: number): void {
    const { book } = this.#exchange.engine;
    // It may have gone on within the command: what it came to is said, and nothing of the way.
    if (book.buckets.level(bucket) !== level) return;
    const account = this.#registry.accountAt(book.buckets.account(bucket) as never);
    const positions = positionsInDanger(this.#exchange, this.#units(), account, bucket);
    const distance = jointDistance(book, bucket);
    const isCritical = level === Level.critical;
    const percent = Number.isFinite(distance) ? percentText(distance) : null;
    const nearest = positions.find(({ movePercent }) => movePercent !== null);
    const ways = [
      ...(nearest === undefined
        ? []
        : [`${nearest.market} at ${nearest.liquidationPrice} (${signed(nearest.movePercent!)} %)`]),
      ...(percent === null ? [] : [`all marks ${percent} % against it`]),
    ];
    this.#say({
      kind: isCritical ? 'liquidation_near' : 'margin_warning',
      severity: isCritical ? 'critical' : 'warning',
      message: `${account} (${placeName(book, bucket)}) is at ${LEVEL_NAMES[level]}${ways.length === 0 ? '' : `: liquidated with ${ways.join(', or ')}`}`,
      market: null,
      accounts: [account],
      positions,
      level: LEVEL_NAMES[level],
      actionRequired: true,
      distancePercent: percent,
      figures: {},
    });
  }

  #liquidated(id: number, { account, market, leg, isolated, level, closed, ...of }: Begun): void {
    const units = this.#units();
    const name = this.#registry.accountAt(account as never);
    const bucket = liquidatedBucket(this.#exchange, account, market, leg, isolated);
    const figures = { equity: units.amount(of.equity), maintenance: units.amount(of.maintenance) };
    this.#say({
      kind: 'position_liquidated',
      severity: 'critical',
      message: `${name} is liquidated: equity ${figures.equity} is under maintenance ${figures.maintenance}`,
      market: null,
      accounts: [name],
      positions: positionsLiquidated(this.#exchange, units, name, bucket, closed),
      level: LEVEL_NAMES[level],
      actionRequired: false,
      distancePercent: null,
      figures: { liquidation: id, ...figures },
    });
  }

  #state(market: number, state: number, why: number): void {
    const name = market < 0 ? null : this.#registry.marketAt(market as never);
    const word = MARKET_STATE_NAMES[state];
    this.#say({
      kind: 'market_state',
      severity: state === MarketState.active ? 'info' : 'warning',
      message: `${name ?? 'every market'} is ${word} (${STATE_WHY_NAMES[why]})`,
      market: name,
      accounts: [],
      level: null,
      actionRequired: state !== MarketState.active,
      distancePercent: null,
      figures: {},
    });
  }

  #quality(market: number): void {
    const { markets } = this.#exchange.engine.book;
    const quality = markets.quality(market as never);
    const isTripped = markets.isTripped(market as never);
    const name = this.#registry.marketAt(market as never);
    if (quality !== (this.#qualities[market] ?? Quality.ok))
      this.#say({
        kind: 'price_quality',
        severity: quality === Quality.ok ? 'info' : 'warning',
        message: `the price of ${name} is ${QUALITY_NAMES[quality]}`,
        market: name,
        accounts: [],
        level: null,
        actionRequired: quality !== Quality.ok,
        distancePercent: null,
        figures: {},
      });
    if (isTripped && !this.#tripped[market])
      this.#say({
        kind: 'breaker_tripped',
        severity: 'emergency',
        message: `the breaker holds ${name}: one command would have made too many accounts liquidatable`,
        market: name,
        accounts: [],
        level: null,
        actionRequired: true,
        distancePercent: null,
        figures: {},
      });
    this.#qualities[market] = quality;
    this.#tripped[market] = isTripped;
  }

  #fund(): void {
    const { engine } = this.#exchange;
    if (engine.book.accounts.count === 0) return;
    const fund = this.#exchange.venue.margin.equityOf(engine.book.cross[INSURANCE]);
    if (fund > this.#fundMost) this.#fundMost = fund;
    const isLow = this.#fundMost > 0 && fund < this.#fundMost * (this.#isFundLow ? FUND_WELL : FUND_LOW);
    if (isLow && !this.#isFundLow) {
      const units = this.#units();
      const { count, notional } = positionsOfFund(this.#exchange);
      const [balance, most] = [units.amount(fund), units.amount(this.#fundMost)];
      this.#say({
        kind: 'insurance_fund_low',
        severity: fund <= 0 ? 'emergency' : 'critical',
        message: `the insurance fund is down to ${balance}, from ${most} at most`,
        market: null,
        accounts: [],
        level: null,
        actionRequired: true,
        distancePercent: null,
        impact: {
          positionsAffected: count,
          totalNotional: units.amount(notional),
          insuranceFundBalance: balance,
        },
        figures: { most },
      });
    }
    this.#isFundLow = isLow;
  }

  #conduct(alert: Alert): void {
    const told = describeAlert(alert, this.#registry);
    const isVolume = alert.name === 'high-liquidation-volume';
    const isAdl = alert.name === 'adl-triggered';
    const market = alert.market === NO_MARKET ? null : this.#registry.marketAt(alert.market as never);
    const figures = Object.entries(told.figures).map(([name, value]) => `${name} ${value}`);
    const { engine, venue } = this.#exchange;
    this.#say({
      kind: isVolume ? 'high_liquidation_volume' : isAdl ? 'adl_triggered' : 'conduct',
      severity: isAdl ? 'emergency' : isVolume ? 'warning' : 'info',
      message: `${told.kind.replaceAll('_', ' ')}${market === null ? '' : ` in ${market}`}: ${figures.join(', ')}`,
      market,
      accounts: told.accounts.slice(0, OF_A_COMMAND),
      level: null,
      actionRequired: true,
      distancePercent: null,
      impact:
        isVolume || isAdl
          ? {
              positionsAffected: alert.figures['count'] ?? 0,
              totalNotional: this.#units().amount(alert.figures['notionalUnits'] ?? 0),
              insuranceFundBalance: this.#units().amount(venue.margin.equityOf(engine.book.cross[INSURANCE])),
            }
          : null,
      figures: told.figures,
    });
  }

  #say(alert: Omit<NewAlert, 'sequence' | 'time' | Rest> & Partial<Pick<NewAlert, Rest>>): void {
    const { sequence, timeUs } = this.#exchange;
    this.#alerts.add({ impact: null, positions: [], ...alert, sequence, time: timeText(timeUs) });
  }
}

const signed = (percent: string): string => (percent.startsWith('-') ? percent : `+${percent}`);
