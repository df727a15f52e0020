/**
 * Alerts as things happen: accounts that come near their liquidation, the fund, deleveraging, halts, prices that are not to be trusted, and what the
 * watchers of conduct report.
 */
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { jointDistance } from '../../../core/margin/joint-distance.ts';
import { NO_MARKET, type Alert } from '../../../core/exchange/surveillance/alerts.ts';
import { Kind, type Command } from '../../../core/schema/commands.ts';
import { Level, LEVEL_NAMES } from '../../../core/schema/levels.ts';
import { MARKET_STATE_NAMES, MarketState } from '../../../core/schema/orders.ts';
import { Quality, QUALITY_NAMES } from '../../../core/schema/quality.ts';
import type { OwnCommand } from '../../../core/schema/venue-commands.ts';
import { STATE_WHY_NAMES, VenueEvent } from '../../../core/schema/venue-events.ts';
import type { Changes } from '../../../core/watch/changes.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { describeAlert } from '../../../io/publish/alert-lines.ts';
import { Watchers } from '../../exchange/watchers.ts';
import { timeText, type Units } from '../../explain/units.ts';
import { placeName } from '../../explain/buckets.ts';
import { percentText } from '../views/numbers.ts';
import type { AlertMemory, NewAlert } from './alerts.ts';

const INSURANCE = 0;
/** Of the most that the fund ever had. */
const FUND_LOW = 0.25;
const FUND_EVERY = 256;
/** Told of one command at most: of a cascade the first are enough, and the system's alerts say the rest. */
const OF_A_COMMAND = 20;

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
    this.#readEvents();
    if (++this.#commands % FUND_EVERY === 0) this.#fund();
    if (this.#watchers !== null) for (const alert of this.#watchers.observe()) this.#conduct(alert);
  }

  #readEvents(): void {
    const { events } = this.#exchange;
    let told = 0;
    for (let row = 0; row < events.count; row++) {
      const kind = events.kind(row);
      if (kind === VenueEvent.state)
        this.#state(events.field(row, 0), events.field(row, 1), events.field(row, 2));
      else if (kind === VenueEvent.liquidation && told++ < OF_A_COMMAND)
        this.#liquidated(
          events.field(row, 1),
          events.field(row, 5),
          events.field(row, 6),
          events.field(row, 7),
        );
    }
  }

  #near(bucket: number, level: number): void {
    const { book } = this.#exchange.engine;
    const account = this.#registry.accountAt(book.buckets.account(bucket) as never);
    const distance = jointDistance(book, bucket);
    const isCritical = level === Level.critical;
    const where = placeName(book, bucket);
    const percent = Number.isFinite(distance) ? percentText(distance) : null;
    this.#say({
      kind: isCritical ? 'liquidation_near' : 'margin_warning',
      severity: isCritical ? 'critical' : 'warning',
      message: `${account} (${where}) is at ${LEVEL_NAMES[level]}${percent === null ? '' : `: ${percent} % of all marks together from its liquidation`}`,
      market: null,
      accounts: [account],
      level: LEVEL_NAMES[level],
      actionRequired: true,
      distancePercent: percent,
      figures: {},
    });
  }

  #liquidated(row: number, level: number, equity: number, maintenance: number): void {
    const units = this.#units();
    const account = this.#registry.accountAt(row as never);
    this.#say({
      kind: 'position_liquidated',
      severity: 'critical',
      message: `${account} is liquidated: equity ${units.amount(equity)} is under maintenance ${units.amount(maintenance)}`,
      market: null,
      accounts: [account],
      level: LEVEL_NAMES[level],
      actionRequired: false,
      distancePercent: null,
      figures: { equity: units.amount(equity), maintenance: units.amount(maintenance) },
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
    const isLow = this.#fundMost > 0 && fund < this.#fundMost * FUND_LOW;
    if (isLow && !this.#isFundLow) {
      const balance = this.#units().amount(fund);
      this.#say({
        kind: 'insurance_fund_low',
        severity: fund <= 0 ? 'emergency' : 'critical',
        message: `the insurance fund is down to ${balance}, from ${this.#units().amount(this.#fundMost)} at most`,
        market: null,
        accounts: [],
        level: null,
        actionRequired: true,
        distancePercent: null,
        impact: { positionsAffected: 0, totalNotional: '0', insuranceFundBalance: balance },
        figures: {},
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

  #say(
    alert: Omit<NewAlert, 'sequence' | 'time' | 'impact'> & { readonly impact?: NewAlert['impact'] },
  ): void {
    const { sequence, timeUs } = this.#exchange;
    this.#alerts.add({ impact: null, ...alert, sequence, time: timeText(timeUs) });
  }
}
