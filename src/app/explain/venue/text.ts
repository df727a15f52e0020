/** Orders, trades and liquidations for people: what happened, in order, each with its why. */
import { table, type Paint } from '../../cli/output.ts';
import type { LiquidationDocument } from './liquidation.ts';
import type { OrderDocument } from './order.ts';
import type { Standing } from './standing.ts';
import type { SideDocument, TradeDocument } from './trade.ts';

type Told = Readonly<Record<string, unknown>>;

export function orderText({ order, life, result, hash }: OrderDocument, paint: Paint): string[] {
  const { id, account, market, side, type, price, size, timeInForce } = order as Record<string, string>;
  const limit = price === undefined ? '' : ` at ${price}`;
  return [
    `${paint('bold', `Order ${id}`)}: ${account}, ${side} ${size} ${market}, ${type}${limit}, ${timeInForce}`,
    '',
    ...life.map((one) => `  ${momentText(one)}  ${lifeText(one)}`),
    '',
    ...table([
      [
        'filled',
        `${show(result['filled'])} of ${size}${result['averagePrice'] === null ? '' : ` at ${show(result['averagePrice'])} on average`}`,
      ],
      ['fees', show(result['fees'])],
      ['realized', show(result['realized'])],
      result['ended'] === null
        ? ['left', `${show(result['left'])}, still working or waiting`]
        : ['ended', `${show(result['ended'])}, ${show(result['left'])} left`],
    ]),
    '',
    `  ${hash}`,
  ];
}

function lifeText(one: Told): string {
  switch (one['event']) {
    case 'accepted':
      return `taken${'why' in one ? `: ${show(one['why'])}` : ''}${by(one)}`;
    case 'fill':
      return `filled ${show(one['size'])} at ${show(one['price'])} in trade ${show(one['trade'])}, as ${show(one['role'])} against order ${show(one['counterOrder'])} of ${show(one['counterAccount'])}; fee ${show(one['fee'])}, ${show(one['left'])} left${by(one)}`;
    case 'rested':
      return `rests with ${show(one['size'])} at ${show(one['price'])}`;
    case 'amended':
      return `amended to ${show(one['size'])}${one['price'] === undefined ? '' : ` at ${show(one['price'])}`}, ${one['kept'] === true ? 'in its place' : 'behind all others'}${by(one)}`;
    case 'triggered':
      return `fires: the ${show(one['by'])} is ${show(one['price'])}${by(one)}`;
    default:
      return `ends: ${show(one['why'])}, ${show(one['left'])} left${by(one)}`;
  }
}

export function tradeText({ trade, taker, maker, hash }: TradeDocument, paint: Paint): string[] {
  const { id, market, price, size, takerSide } = trade as Record<string, string>;
  return [
    `${paint('bold', `Trade ${id}`)}: ${size} ${market} at ${price}, the taker's side ${takerSide}`,
    `  ${momentText(trade)}${by(trade)}`,
    '',
    ...sideText('taker', taker),
    '',
    ...sideText('maker', maker),
    '',
    `  ${hash}`,
  ];
}

function sideText(role: string, side: SideDocument): string[] {
  return [
    `  ${role}: ${side.account}, order ${side.order}${side.isolated ? ', isolated' : ''}`,
    ...table(
      [
        ['fill', `${side.size}, fee ${side.fee}, realized ${side.realized}, ${side.left} left`],
        ['before', standingText(side.before)],
        ['after', standingText(side.after)],
      ],
      '    ',
    ),
  ];
}

function standingText({ position, equity, maintenance, level }: Standing): string {
  const held = position === null ? 'no position' : `${position.size} from ${position.entryPrice}`;
  return `${held}; equity ${equity}, maintenance ${maintenance}, ${level}`;
}

export function liquidationText(document: LiquidationDocument, paint: Paint): string[] {
  const { liquidation, positions, ordersCanceled, steps, end, fund, hash } = document;
  const { id, account, equity, maintenance, shortage, level } = liquidation as Record<string, string>;
  const bucket = liquidation['isolated'] === true ? `, isolated ${show(liquidation['market'])}` : '';
  return [
    `${paint('bold', `Liquidation ${id}`)}: ${account}${bucket}`,
    `  ${momentText(liquidation)}${by(liquidation)}`,
    '',
    `  equity ${equity} < maintenance ${maintenance}: ${shortage} is missing (${level})`,
    ...positions.map(
      ({ market, size, entryPrice, mark, notional, maintenance: needed }) =>
        `  held ${size} ${market} from ${entryPrice}; at the mark ${mark} it is worth ${notional} and needs ${needed}`,
    ),
    ordersCanceled.length === 0
      ? '  no orders were working'
      : `  left before: order${ordersCanceled.length === 1 ? '' : 's'} ${ordersCanceled.join(', ')}`,
    '',
    ...steps.flatMap((step, at) => [
      `  ${at + 1}. ${momentText(step)}  ${stepText(step)}`,
      `     ${show(step['why'])}`,
    ]),
    '',
    end === null
      ? '  It goes on: it pauses, or waits for the next mark.'
      : `  ${momentText(end)}  ${paint('bold', show(end['outcome']).replaceAll('_', ' '))}, equity ${show(end['equity'])}`,
    `  insurance fund: ${fund.before} before, ${fund.after} after`,
    '',
    `  ${hash}`,
  ];
}

function stepText(step: Told): string {
  switch (step['what']) {
    case 'close': {
      const got =
        step['averagePrice'] === null
          ? 'nothing'
          : `${show(step['closed'])} at ${show(step['averagePrice'])}`;
      const pause = step['pauseUntil'] === undefined ? '' : `; pauses until ${show(step['pauseUntil'])}`;
      return `close ${show(step['size'])} of ${show(step['of'])} ${show(step['market'])} at ${show(step['limit'])} or better: ${got}; fee to the fund ${show(step['feeToFund'])}; equity ${show(step['equityAfter'])}, maintenance ${show(step['maintenanceAfter'])}${pause}`;
    }
    case 'takeover':
      return `takeover of ${show(step['size'])} ${show(step['market'])} at ${show(step['price'])}, mark ${show(step['mark'])}; the bucket's equity is ${show(step['bucketEquity'])}, the fund's ${show(step['fund'])}`;
    case 'deficit':
      return `deficit of ${show(step['amount'])}`;
    default:
      return `${show(step['what'])}: ${show(step['size'])} ${show(step['market'])} at ${show(step['price'])} against ${show(step['against'])}, rank ${show(step['rank'])}; the fund's equity is ${show(step['fund'])}`;
  }
}

function momentText(one: Told): string {
  return `${show(one['time'])} (sequence ${show(one['sequence'])})`;
}

function by(one: Told): string {
  const { kind, account, marks } = one['cause'] as {
    kind: string;
    account?: string;
    marks?: { market: string; price: string }[];
  };
  if (marks !== undefined)
    return `, by marks: ${marks.map(({ market, price }) => `${market} ${price}`).join(', ')}`;
  return `, by ${kind}${account === undefined ? '' : ` of ${account}`}`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
