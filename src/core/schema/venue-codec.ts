/**
 * Commands of an exchange as bytes: kinds 64 to 80 beside those of codec.ts, with the same version byte, head and primitives.
 * This layout is on disk: a change of it is a new version byte, and `test/golden/venue-commands-v*.json` keeps every old one
 * readable.
 *
 * Version 1. After the head (its flags 1 and 2 are the origin's, its fourth byte is 0 where nothing else is said), f64 each:
 *
 *   venue        flags 4 has notionalMax; fourth byte: adl
 *                gainHaircut num, den, fundFloor, ordersMax, notionalMax if flag 4
 *   listing      flags 4 has depthShare, 8 has haltMove; fourth byte: policy
 *                market, makerFee num, den, takerFee num, den, priceMax, sizeMin, sizeMax, positionMax, openInterestMax,
 *                collar num, den, band num, den, leverageMax, haltWindowUs, share num, den, threshold, cooldownUs, buffer num, den,
 *                fee num, den, depthShare num, den if flag 4, haltMove num, den if flag 8
 *   bands        flags 4 has low, 8 has high; market, low if flag 4, high if flag 8
 *   state        flags 4 has market; fourth byte: state; market if flag 4; text
 *   deposit      flags 4 has asset; account, amount, asset if flag 4                       withdraw the same
 *   margin       fourth byte: leg; account, market, amount
 *   leverage     account, market, leverage
 *   mode         flags 4 has market, 8 isolated, 16 hedge; account, market if flag 4
 *   exempt       flags 4 exempt; account; text
 *   place        flags 4 reduceOnly, 8 postOnly, 16 has trigger, 32 has takeProfit, 64 has stopLoss;
 *                fourth byte: leg + 4 * side + 8 * type + 16 * timeInForce + 64 * selfTrade
 *                account, market, price, size, expiresUs, clientId, pair, session, takeProfit if flag 32, stopLoss if flag 64,
 *                if flag 16: u8 trigger's kind + 16 * by, price, distance
 *   amend        account, order, clientId, price, size
 *   cancel       account, order, clientId
 *   cancel_all   flags 4 has market; account, market if flag 4
 *   disconnect   account, session
 *   settlement   market, price
 *   tick         nothing
 *
 * This file writes; venue-codec-reader.ts reads. Writers and readers here take both ranges, as the journal of an exchange has them.
 */
import type { Rate } from '../num/units.ts';
import { CommandWriter, put, putHead, putRate } from './codec.ts';
import { flagIf, kindUnknown, wordOf } from './codec-range.ts';
import { textRoom, writeText } from './codec-text.ts';
import { LEG_NAMES, type Command } from './commands.ts';
import {
  MARKET_STATE_NAMES,
  ORDER_TYPE_NAMES,
  SELF_TRADE_NAMES,
  TIME_IN_FORCE_NAMES,
  TRIGGER_BY_NAMES,
  TRIGGER_KIND_NAMES,
} from './orders.ts';
import { SIDE_NAMES } from './side.ts';
import {
  ADL_RANKING_NAMES,
  CLOSE_POLICY_NAMES,
  VENUE_KIND_FIRST,
  VENUE_KIND_NAMES,
  VenueKind,
  type ListingCommand,
  type OwnCommand,
  type PlaceCommand,
} from './venue-commands.ts';

/** Beside the two of the origin. A bit means something else for each kind. */
export const VenueFlag = {
  notionalMax: 4,
  depthShare: 4,
  haltMove: 8,
  low: 4,
  high: 8,
  market: 4,
  asset: 4,
  isolated: 8,
  hedge: 16,
  exempt: 4,
  reduceOnly: 4,
  postOnly: 8,
  trigger: 16,
  takeProfit: 32,
  stopLoss: 64,
} as const;

/** More than any of these commands without its text. */
const FIXED_ROOM = 320;

/** Encodes commands of both ranges into a buffer of its own, which grows and is overwritten by the next. */
export class VenueCommandWriter extends CommandWriter {
  override write(command: Command | OwnCommand, offset = 0): number {
    if (!isOwnCommand(command)) return super.write(command, offset);
    this.reserve(offset, FIXED_ROOM + ('text' in command ? textRoom(command.text) : 0));
    return writeOwn(command, this.view, offset) - offset;
  }
}

/** Whether a command is of the exchange's own range, rather than one of the engine below it. */
export function isOwnCommand(command: Command | OwnCommand): command is OwnCommand {
  return command.kind >= VENUE_KIND_FIRST;
}

export function nameOfVenueKind(kind: number): (typeof VENUE_KIND_NAMES)[number] | undefined {
  return VENUE_KIND_NAMES[kind - VENUE_KIND_FIRST];
}

function writeOwn(command: OwnCommand, view: DataView, offset: number): number {
  const head = (flags = 0, small = 0): number => putHead(view, offset, command.kind, flags, small, command);
  const putAll = (from: number, ...values: readonly number[]): number => {
    let at = from;
    for (const value of values) at = put(view, at, value);
    return at;
  };
  const putOptional = (at: number, value: number | null): number =>
    value === null ? at : put(view, at, value);
  switch (command.kind) {
    case VenueKind.venue: {
      const { notionalMax, gainHaircut, fundFloor, ordersMax } = command;
      const small = wordOf(nameOf(command), 'adl', command.adl, ADL_RANKING_NAMES);
      const at = putRate(view, head(flagIf(notionalMax, VenueFlag.notionalMax), small), gainHaircut);
      return putOptional(putAll(at, fundFloor, ordersMax), notionalMax);
    }
    case VenueKind.listing:
      return writeListing(command, view, head);
    case VenueKind.bands: {
      const { market, low, high } = command;
      const at = head(flagIf(low, VenueFlag.low) | flagIf(high, VenueFlag.high));
      return putOptional(putOptional(put(view, at, market), low), high);
    }
    case VenueKind.state: {
      const small = wordOf(nameOf(command), 'state', command.state, MARKET_STATE_NAMES);
      const at = putOptional(head(flagIf(command.market, VenueFlag.market), small), command.market);
      return at + writeText(command.text, view, at);
    }
    case VenueKind.deposit:
    case VenueKind.withdraw: {
      const { account, amount, asset } = command;
      return putOptional(putAll(head(flagIf(asset, VenueFlag.asset)), account, amount), asset);
    }
    case VenueKind.margin: {
      const at = head(0, wordOf(nameOf(command), 'leg', command.leg, LEG_NAMES));
      return putAll(at, command.account, command.market, command.amount);
    }
    case VenueKind.leverage:
      return putAll(head(), command.account, command.market, command.leverage);
    case VenueKind.mode: {
      const { account, market, isolated, hedge } = command;
      const flags =
        flagIf(market, VenueFlag.market) |
        (isolated ? VenueFlag.isolated : 0) |
        (hedge ? VenueFlag.hedge : 0);
      return putOptional(put(view, head(flags), account), market);
    }
    case VenueKind.exempt: {
      const at = put(view, head(command.exempt ? VenueFlag.exempt : 0), command.account);
      return at + writeText(command.text, view, at);
    }
    case VenueKind.place:
      return writePlace(command, view, head);
    case VenueKind.amend:
      return putAll(head(), command.account, command.order, command.clientId, command.price, command.size);
    case VenueKind.cancel:
      return putAll(head(), command.account, command.order, command.clientId);
    case VenueKind.cancel_all: {
      const { account, market } = command;
      return putOptional(put(view, head(flagIf(market, VenueFlag.market)), account), market);
    }
    case VenueKind.disconnect:
      return putAll(head(), command.account, command.session);
    case VenueKind.settlement:
      return putAll(head(), command.market, command.price);
    case VenueKind.tick:
      return head();
    default:
      throw kindUnknown((command as OwnCommand).kind, VENUE_KIND_FIRST, VENUE_KIND_NAMES);
  }
}

type WriteHead = (flags: number, small: number) => number;

function writeListing(command: ListingCommand, view: DataView, head: WriteHead): number {
  const { depthShare, haltMove, liquidation } = command;
  const flags = flagIf(depthShare, VenueFlag.depthShare) | flagIf(haltMove, VenueFlag.haltMove);
  const small = wordOf(nameOf(command), 'policy', liquidation.policy, CLOSE_POLICY_NAMES);
  let at = put(view, head(flags, small), command.market);
  at = putRate(view, putRate(view, at, command.makerFee), command.takerFee);
  at = put(view, put(view, put(view, at, command.priceMax), command.sizeMin), command.sizeMax);
  at = put(view, put(view, at, command.positionMax), command.openInterestMax);
  at = putRate(view, putRate(view, at, command.collar), command.band);
  at = put(view, put(view, at, command.leverageMax), command.haltWindowUs);
  at = put(view, putRate(view, at, liquidation.share), liquidation.threshold);
  at = putRate(view, put(view, at, liquidation.cooldownUs), liquidation.buffer);
  at = putRate(view, at, liquidation.fee);
  return putOptionalRate(view, putOptionalRate(view, at, depthShare), haltMove);
}

function writePlace(command: PlaceCommand, view: DataView, head: WriteHead): number {
  const { trigger, takeProfit, stopLoss } = command;
  const flags =
    (command.reduceOnly ? VenueFlag.reduceOnly : 0) |
    (command.postOnly ? VenueFlag.postOnly : 0) |
    flagIf(trigger, VenueFlag.trigger) |
    flagIf(takeProfit, VenueFlag.takeProfit) |
    flagIf(stopLoss, VenueFlag.stopLoss);
  const small =
    wordOf(nameOf(command), 'leg', command.leg, LEG_NAMES) +
    4 * wordOf(nameOf(command), 'side', command.side, SIDE_NAMES) +
    8 * wordOf(nameOf(command), 'type', command.type, ORDER_TYPE_NAMES) +
    16 * wordOf(nameOf(command), 'timeInForce', command.timeInForce, TIME_IN_FORCE_NAMES) +
    64 * wordOf(nameOf(command), 'selfTrade', command.selfTrade, SELF_TRADE_NAMES);
  let at = put(view, put(view, head(flags, small), command.account), command.market);
  at = put(view, put(view, at, command.price), command.size);
  at = put(view, put(view, at, command.expiresUs), command.clientId);
  at = put(view, put(view, at, command.pair), command.session);
  if (takeProfit !== null) at = put(view, at, takeProfit);
  if (stopLoss !== null) at = put(view, at, stopLoss);
  if (trigger === null) return at;
  const kind = wordOf(nameOf(command), 'trigger kind', trigger.kind, TRIGGER_KIND_NAMES);
  view.setUint8(at, kind + 16 * wordOf(nameOf(command), 'trigger by', trigger.by, TRIGGER_BY_NAMES));
  return put(view, put(view, at + 1, trigger.price), trigger.distance);
}

function putOptionalRate(view: DataView, at: number, rate: Rate | null): number {
  return rate === null ? at : putRate(view, at, rate);
}

function nameOf(command: OwnCommand): string {
  return VENUE_KIND_NAMES[command.kind - VENUE_KIND_FIRST];
}
