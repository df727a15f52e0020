/** What happened to an account, in a line. Events that have no words of their own are told by their fields. */
import type { ExchangeEvent } from '../../../../src/client/index.ts';
import { decimal } from '../../ui/format.ts';
import { triggerText, type TriggerFields } from '../../ui/trigger.ts';

const ALWAYS: ReadonlySet<string> = new Set(['event', 'sequence', 'time', 'account', 'at']);

const text = (value: unknown): string =>
  typeof value === 'string' ? decimal(value).replaceAll('_', ' ') : String(value);
const isNone = (value: unknown): boolean => value === undefined || value === '0' || value === 0;

/** Parts that there are, one after the other. */
const joined = (...parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join(' · ');

const unsigned = (value: unknown): string => text(value).replace('\u2212', '');

const SAID: Readonly<Record<string, (event: ExchangeEvent) => string>> = {
  accepted: ({ order, side, size, market, type, timeInForce, price, flags, trigger }) =>
    joined(
      `order ${text(order)}: ${text(side)} ${text(size)} ${text(market)}`,
      `${text(type)}, ${text(timeInForce)}`,
      price !== undefined && `at ${type === 'market' ? 'worst ' : ''}${text(price)}`,
      Array.isArray(flags) && flags.map((flag) => words(String(flag))).join(', '),
      typeof trigger === 'object' && triggerText(trigger as TriggerFields),
    ),
  fill: ({ size, market, price, fee, realized, left, order, trade }) =>
    joined(
      `${String(size).startsWith('-') ? 'sold' : 'bought'} ${unsigned(size)} ${text(market)} at ${text(price)}`,
      !isNone(realized) && `realised ${text(realized)}`,
      `fee ${text(fee)}`,
      !isNone(left) && `${text(left)} left`,
      `order ${text(order)}, trade ${text(trade)}`,
    ),
  done: ({ order, why, left, market }) =>
    joined(`order ${text(order)} in ${text(market)}: ${text(why)}`, !isNone(left) && `${text(left)} left`),
  triggered: ({ order, market, by, price }) =>
    `order ${text(order)} in ${text(market)}: ${text(by)} at ${text(price)}`,
  amended: ({ order, market, size, left, price }) =>
    joined(
      `order ${text(order)} in ${text(market)}: size ${text(size)}`,
      price !== undefined && `at ${text(price)}`,
      `${text(left)} left`,
    ),
  transfer: ({ amount, why, isolated, market }) =>
    joined(
      `${text(amount)} for ${text(why)}`,
      isolated === true && `isolated${market === undefined ? '' : ` ${text(market)}`}`,
    ),
  position: ({ market, size, cost }) => `${text(market)}: now ${text(size)}, cost ${text(cost)}`,
  liquidation: ({ liquidation, equity, maintenance, level }) =>
    `liquidation ${text(liquidation)}: equity ${text(equity)} under maintenance ${text(maintenance)} · ${text(level)}`,
  takeover: ({ market, size, price, mark }) =>
    `the fund takes over ${text(size)} ${text(market)} at ${text(price)} · mark ${text(mark)}`,
  liquidation_end: ({ liquidation, outcome, equity, fund }) =>
    joined(
      `liquidation ${text(liquidation)}: ${text(outcome)}`,
      `equity ${text(equity)}`,
      fund !== undefined && `fund ${text(fund)}`,
    ),
};

/** `reduceOnly` reads `reduce only`. */
const words = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

export function eventText(event: ExchangeEvent): string {
  const said = SAID[event.event];
  if (said !== undefined) return said(event);
  return Object.entries(event)
    .filter(
      ([name, value]) => !ALWAYS.has(name) && value !== null && value !== false && typeof value !== 'object',
    )
    .map(([name, value]) => `${words(name)} ${text(value)}`)
    .join(' · ');
}
