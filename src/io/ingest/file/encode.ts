/**
 * Commands as NDJSON: what `decodeCommand` reads back as the same command. Fields that have their default are left out,
 * except in settings, which say everything.
 *
 * A command that stands for no line (a row that is not defined, a number that is none) throws `NAME_UNKNOWN` or
 * `COMMAND_UNWRITABLE`: the engine refuses such commands, so only a journal of refused ones holds any.
 */
import { lotsToText, markToText, moneyToText, priceToText } from '../../../core/num/grid.ts';
import type { FundingIndex, MarkTicks, QuoteMicros, Rate } from '../../../core/num/units.ts';
import {
  Form,
  FORM_NAMES,
  Kind,
  KIND_NAMES,
  LEG_NAMES,
  type Command,
  type Origin,
  type Tier,
} from '../../../core/schema/commands.ts';
import type { Fraction } from '../../../core/schema/levels.ts';
import { QUALITY_NAMES, USE_NAMES } from '../../../core/schema/quality.ts';
import { OperationalError } from '../../operational-error.ts';
import { BASIS_NAMES, FUNDING_DECIMALS, ORDER_MARGIN_NAMES } from './decode.ts';
import { contractValueToText } from './decode-contract.ts';
import { timeToText } from './fields.ts';
import type { Registry } from './registry.ts';

type Line = Record<string, unknown>;

/** Without a line end. `registry` knows the names as they were before this command. */
export function encodeLine(command: Command, registry: Registry): string {
  try {
    return JSON.stringify({
      kind: KIND_NAMES[command.kind],
      time: timeToText(command.timeUs),
      ...originOf(command.origin, registry),
      ...bodyOf(command, registry, []),
    });
  } catch (cause) {
    // Our own names the row; a RangeError is a number that is none, from BigInt or Date.
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw new OperationalError(
      'COMMAND_UNWRITABLE',
      `a ${KIND_NAMES[command.kind]} command cannot be written as text: ${cause.message}. It holds a number that is not whole; the engine refuses it`,
      { kind: KIND_NAMES[command.kind] },
      cause,
    );
  }
}

/** `opened` are the names of accounts that the rows before this one of the same transaction open. */
function bodyOf(command: Command, registry: Registry, opened: string[]): Line {
  const decimals = registry.decimals ?? 0;
  switch (command.kind) {
    case Kind.settings: {
      const { rules, asset, inclusive, levels } = command;
      return {
        rules,
        asset,
        decimals: command.decimals,
        inclusive,
        levels: {
          enter: levels.enter.map(shareOf),
          exit: levels.exit.map(shareOf),
          backstop: shareOf(levels.backstop),
        },
      };
    }
    case Kind.source:
    case Kind.account:
      return { name: command.name };
    case Kind.resync:
      return { source: registry.sourceAt(command.source), position: command.position };
    case Kind.market: {
      const { name, tick, lot, markTick, basis, orderMargin } = command;
      return {
        name,
        tick,
        lot,
        markTick,
        tiers: tiersOf(command.tiers, decimals),
        ...rateUnlessZero('closeFee', command.closeFee),
        ...(basis === 0 ? {} : { basis: BASIS_NAMES[basis] }),
        ...(orderMargin === 0 ? {} : { orderMargin: ORDER_MARGIN_NAMES[orderMargin] }),
        ...rateUnlessZero('orderRate', command.orderRate),
      };
    }
    case Kind.tiers:
      return {
        market: registry.marketAt(command.market),
        tiers: tiersOf(command.tiers, decimals),
        effective: timeToText(command.effectiveUs),
      };
    case Kind.marks: {
      const marks = command.marks.map(({ market, price }) => ({
        market: registry.marketAt(market),
        price: markToText(price, registry.gridAt(market)),
      }));
      return command.text === '' ? { marks } : { marks, text: command.text };
    }
    case Kind.funding:
      return { market: registry.marketAt(command.market), index: fundingOf(command.index, decimals) };
    case Kind.collateral:
    case Kind.transfer: {
      const place = command.isolated
        ? placeOf(command, registry, opened)
        : { account: accountOf(command.account, registry, opened) };
      return { ...place, amount: moneyToText(command.amount, decimals) };
    }
    case Kind.position: {
      const { fundingIndex } = command;
      return {
        ...placeOf(command, registry, opened),
        size: lotsToText(command.size, registry.gridAt(command.market)),
        costBasis: moneyToText(command.costBasis, decimals),
        ...(fundingIndex === null ? {} : { fundingIndex: fundingOf(fundingIndex, decimals) }),
      };
    }
    case Kind.fill: {
      const grid = registry.gridAt(command.market);
      return {
        ...placeOf(command, registry, opened),
        size: lotsToText(command.size, grid),
        price: priceToText(command.price, grid),
        ...(command.fee === 0 ? {} : { fee: moneyToText(command.fee, decimals) }),
      };
    }
    case Kind.settle:
      return placeOf(command, registry, opened);
    case Kind.order: {
      const grid = registry.gridAt(command.market);
      const price = command.price === 0 ? {} : { price: priceToText(command.price, grid) };
      return {
        ...placeOf(command, registry, opened),
        id: command.id,
        size: lotsToText(command.size, grid),
        ...price,
      };
    }
    case Kind.transaction: {
      const inner: string[] = [];
      const rows = command.rows.map((row) => {
        const time = row.timeUs === command.timeUs ? {} : { time: timeToText(row.timeUs) };
        const line = {
          kind: KIND_NAMES[row.kind],
          ...time,
          ...originOf(row.origin, registry),
          ...bodyOf(row, registry, inner),
        };
        if (row.kind === Kind.account) inner.push(row.name);
        return line;
      });
      return { rows };
    }
    case Kind.quality: {
      const { market, quality, allows, mark, reference, text } = command;
      const grid = registry.gridAt(market);
      const price = (name: string, ticks: MarkTicks | null): Line =>
        ticks === null ? {} : { [name]: markToText(ticks, grid) };
      return {
        market: registry.marketAt(market),
        quality: QUALITY_NAMES[quality],
        allows: USE_NAMES.filter((_, place) => (allows & (1 << place)) !== 0),
        ...price('mark', mark),
        ...price('reference', reference),
        ...(text === '' ? {} : { text }),
      };
    }
    case Kind.breaker:
      return { share: rateToText(command.share), least: command.least };
    case Kind.lift:
      return { market: registry.marketAt(command.market) };
    case Kind.contract: {
      const { market, form, value, weight } = command;
      return {
        market: registry.marketAt(market),
        form: FORM_NAMES[form],
        ...(form === Form.inverse ? { value: contractValueToText(value, registry.gridAt(market)) } : {}),
        ...(form === Form.collateral ? { weight: rateToText(weight) } : {}),
      };
    }
    default:
      return {};
  }
}

function placeOf(
  command: { account: number; market: number; leg: number; isolated: boolean },
  registry: Registry,
  opened: string[],
): Line {
  return {
    account: accountOf(command.account, registry, opened),
    market: registry.marketAt(command.market as never),
    ...(command.leg === 0 ? {} : { leg: LEG_NAMES[command.leg] }),
    ...(command.isolated ? { isolated: true } : {}),
  };
}

function accountOf(row: number, registry: Registry, opened: string[]): string {
  return opened[row - registry.accounts.count] ?? registry.accountAt(row as never);
}

function originOf(origin: Origin | null, registry: Registry): Line {
  if (origin === null) return {};
  const { source, position, previous } = origin;
  return {
    origin: { source: registry.sourceAt(source), position, ...(previous === null ? {} : { previous }) },
  };
}

function tiersOf(tiers: readonly Tier[], decimals: number): Line[] {
  return tiers.map(({ floor, mmr, imr }) => ({
    floor: moneyToText(floor, decimals),
    mmr: rateToText(mmr),
    imr: rateToText(imr),
  }));
}

function rateUnlessZero(name: string, rate: Rate): Line {
  return rate.num === 0 ? {} : { [name]: rateToText(rate) };
}

function rateToText({ num, den }: Rate): string {
  return den === 1 ? String(num) : `${num}/${den}`;
}

function shareOf([num, den]: Fraction): string {
  return rateToText({ num, den });
}

function fundingOf(index: FundingIndex, decimals: number): string {
  return moneyToText(index as number as QuoteMicros, decimals + FUNDING_DECIMALS);
}
