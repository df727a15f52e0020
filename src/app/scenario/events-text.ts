/** Events and alerts in words, with the names and decimals of the scenario. */
import { NO_MARKET, type Alert } from '../../core/exchange/surveillance/alerts.ts';
import type { VenueEventObject } from '../../core/exchange/event-log.ts';
import { scaledToText } from '../../core/num/decimal.ts';
import { lotsToText, markToText, priceToText } from '../../core/num/grid.ts';
import type { MarkTicks, PriceTicks, SizeLots } from '../../core/num/units.ts';
import { LEG_NAMES } from '../../core/schema/commands.ts';
import { LEVEL_NAMES } from '../../core/schema/levels.ts';
import { DONE_REASON_NAMES, MARKET_STATE_NAMES, TRIGGER_KIND_NAMES } from '../../core/schema/orders.ts';
import { Side } from '../../core/schema/side.ts';
import {
  LIQUIDATION_OUTCOME_NAMES,
  OrderFlag,
  TRANSFER_WHY_NAMES,
  WAIT_WHY_NAMES,
} from '../../core/schema/venue-events.ts';
import type { World } from './world.ts';

const SHOWN_MAX = 200;
const ALERTS_MAX = 20;
const ACCOUNTS_MAX = 8;

/** One line an event, without the cuts. */
export function eventsText(world: World, events: readonly VenueEventObject[]): string[] {
  const told = events.filter(({ event }) => event !== 'cut');
  const lines = told.slice(0, SHOWN_MAX).map((event) => eventText(world, event));
  return told.length > SHOWN_MAX ? [...lines, `… and ${told.length - SHOWN_MAX} more events`] : lines;
}

export function alertsText(world: World, alerts: readonly Alert[]): string[] {
  const lines = alerts.slice(0, ALERTS_MAX).map((alert) => alertText(world, alert));
  return alerts.length > ALERTS_MAX ? [...lines, `… and ${alerts.length - ALERTS_MAX} more alerts`] : lines;
}

function eventText(world: World, event: VenueEventObject): string {
  const account = (): string => world.accountName(event['account']);
  const market = (): string => world.marketName(event['market']);
  const price = (ticks = event['price']): string => priceText(world, event['market'], ticks);
  const size = (lots = event['size']): string => sizeText(world, event['market'], lots);
  const money = (units = event['amount']): string => scaledToText(units, world.decimals);
  const leg = (row = event['leg']): string => (row === 0 ? '' : ` (${LEG_NAMES[row]} leg)`);
  const bucket = (): string =>
    event['isolated'] === 1 ? `${account()}, isolated ${market()}${leg()}` : account();
  switch (event.event) {
    case 'cut':
      return 'cut';
    case 'accepted': {
      const side = event['side'] === Side.bid ? 'buys' : 'sells';
      const at = event['price'] === 0 ? 'at market' : `at ${price()}`;
      const waits = event['trigger'] === 0 ? '' : `, waits for ${TRIGGER_KIND_NAMES[event['trigger']]}`;
      const reduces = (event['flags'] & OrderFlag.reduceOnly) === 0 ? '' : ', reduce-only';
      const of = event['parent'] === 0 ? '' : `, for order ${event['parent']}`;
      return `order ${event['order']}: ${account()} ${side} ${size()} ${market()} ${at}${leg()}${reduces}${waits}${of}`;
    }
    case 'rested':
      return `order ${event['order']} rests with ${size()} at ${price()}`;
    case 'trade':
      return `trade ${event['trade']}: ${size()} ${market()} at ${price()}, order ${event['takerOrder']} takes ${event['makerOrder']}`;
    case 'fill': {
      const fee = event['fee'] === 0 ? '' : `, fee ${money(event['fee'])}`;
      const realized = event['realized'] === 0 ? '' : `, realized ${money(event['realized'])}`;
      return `${bucket()} fills ${signed(size())} ${market()} at ${price()}${fee}${realized}`;
    }
    case 'done':
      return `order ${event['order']} of ${account()} is done: ${DONE_REASON_NAMES[event['why']]}, ${size(event['left'])} left`;
    case 'amended':
      return `order ${event['order']} of ${account()} is now ${size()} at ${price()}, ${size(event['left'])} left${event['kept'] === 1 ? ', place kept' : ''}`;
    case 'triggered':
      return `order ${event['order']} of ${account()} fires`;
    case 'transfer':
      return `${bucket()} ${signed(money())} ${world.asset} (${TRANSFER_WHY_NAMES[event['why']]})`;
    case 'position':
      return `${bucket()} now holds ${size()} ${market()}${leg()}, cost basis ${money(event['cost'])}`;
    case 'charge':
      return `order ${event['order']} of ${account()} reserves for ${signed(size())} at ${price()}`;
    case 'state':
      return `${market()} is ${MARKET_STATE_NAMES[event['state']]}`;
    case 'liquidation':
      return `liquidation ${event['liquidation']}: ${bucket()} is ${LEVEL_NAMES[event['level']]}, equity ${money(event['equity'])}, maintenance ${money(event['maintenance'])}`;
    case 'step':
      return `liquidation ${event['liquidation']} closes ${size()} ${market()}${leg()} in the book at ${price(event['limit'])} at worst`;
    case 'takeover':
      return `the fund takes ${size()} ${market()} over from ${account()} at ${price()}, mark ${markText(world, event['market'], event['mark'])}`;
    case 'adl':
      return `ADL: ${size()} ${market()} of ${account()} is closed against ${world.accountName(event['against'])} at ${price()}, rank ${event['rank']}`;
    case 'liquidation_end':
      return `liquidation ${event['liquidation']} of ${account()} ends: ${LIQUIDATION_OUTCOME_NAMES[event['outcome']]}, equity ${money(event['equity'])}, fund ${money(event['fund'])}`;
    case 'backlog':
      return `the fund now has ${size()} ${market()}, traded at ${price()}`;
    case 'mode':
      return `${account()} is in ${event['hedge'] === 1 ? 'hedge' : 'one-way'} mode${event['market'] < 0 ? '' : `, ${event['isolated'] === 1 ? 'isolated' : 'cross'} in ${market()}`}`;
    case 'leverage':
      return `${account()} has leverage ${event['leverage']} in ${market()}`;
    case 'exempt':
      return `${account()} is ${event['exempt'] === 1 ? 'exempt from' : 'subject to'} liquidation`;
    case 'settlement':
      return `${market()} is settled at ${price()}: ${event['positions']} positions closed`;
    case 'deficit':
      return `nobody can take ${account()} over: ${money()} are missing`;
    case 'waiting':
      return `liquidation ${event['liquidation']} of ${account()} waits: ${WAIT_WHY_NAMES[event['why']].replaceAll('_', ' ')}`;
    case 'asset':
      return `${account()} ${signed(sizeText(world, event['market'], event['lots']))} ${market()} (${TRANSFER_WHY_NAMES[event['why']]})`;
  }
}

export function alertText(world: World, { name, market, accounts, figures }: Alert): string {
  const names = accounts.slice(0, ACCOUNTS_MAX).map((row) => world.accountName(row));
  const more = accounts.length > ACCOUNTS_MAX ? ` and ${accounts.length - ACCOUNTS_MAX} more` : '';
  const where = market === NO_MARKET ? '' : ` in ${world.marketName(market)}`;
  const numbers = Object.entries(figures).map(([figure, value]) => {
    if (figure.endsWith('Lots')) return `${words(figure, 4)} ${sizeText(world, market, value)}`;
    if (figure.endsWith('Units')) return `${words(figure, 5)} ${scaledToText(value, world.decimals)}`;
    return figure.endsWith('Us') ? `${words(figure, 2)} ${value / 1e6} s` : `${words(figure, 0)} ${value}`;
  });
  return `${name}${where}: ${[names.join(', ') + more, ...numbers].filter((part) => part !== '').join('; ')}`;
}

/** `openInterestLots` is `open interest`. */
function words(name: string, unit: number): string {
  return name.slice(0, name.length - unit).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function signed(text: string): string {
  return text.startsWith('-') ? text : `+${text}`;
}

function sizeText(world: World, market: number, lots: number): string {
  return lotsToText(lots as SizeLots, world.gridAt(market));
}

function priceText(world: World, market: number, ticks: number): string {
  return priceToText(ticks as PriceTicks, world.gridAt(market));
}

function markText(world: World, market: number, mark: number): string {
  return markToText(mark as MarkTicks, world.gridAt(market));
}
