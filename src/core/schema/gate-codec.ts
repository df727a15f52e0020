/**
 * Commands of a gate as bytes: kinds 128 to 145 beside those of codec.ts, with the same version byte, head and primitives.
 * This layout is on disk: a change of it is a new version byte, and `test/golden/gate-commands-v*.json` keeps every old one readable.
 *
 * Version 1. After the head (its flags 1 and 2 are the origin's, its fourth byte is 0 where nothing else is said), f64 each:
 *
 *   instrument   flags 4 restricted; fourth byte: short
 *                market; texts sector, issuer
 *   reference    flags 4 has index, 8 has last; market, index if flag 4, last if flag 8
 *   group        fourth byte: of; parent; text name
 *   member       flags 4 isIn; account, group
 *   limits       version, effectiveUs; u32 count, count x set; texts author, why
 *     set        u8 level, u8 1 has group + 2 has account + 4 has market, group, account, market where there; u32 count, count x value
 *     value      u8 limit, u8 1 has hard + 2 has soft, hard, soft where there
 *   halt         flags 4 has group, 8 has account, 16 has market; fourth byte: state
 *                group, account, market where there; texts by, why
 *   release      the same, fourth byte 0
 *   grant        flags 4 has group, 8 has account, 16 has market, 32 has hard; fourth byte: level
 *                group, account, market, hard where there, expiresUs; u8 limit; texts by, approvedBy, why
 *   locate       account, market, lots, expiresUs
 *   parent       fourth byte: side; parent, account, market, size
 *   enter        flags 4 reduceOnly; fourth byte: leg + 4 * side + 8 * type
 *                account, market, price, size, clientId, parent
 *   replace      account, order, clientId, price, size
 *   cancel       account, order, clientId
 *   confirm      flags 4 taken; order
 *   done         order
 *   execution    flags 4 has account; fourth byte: leg + 4 * side
 *                account if flag 4, market, lots, price, fee, trade, order; text name
 *   day, tick    nothing
 *
 * This file writes; gate-codec-reader.ts reads. Writers and readers here take both ranges, as the journal of a gate has them.
 * No text of a gate is left out by a reader: whether somebody gave a reason decides.
 */
import { CommandWriter, put, putHead } from './codec.ts';
import { flagIf, kindUnknown, wordOf } from './codec-range.ts';
import { textRoom, writeText } from './codec-text.ts';
import { LEG_NAMES, type Command } from './commands.ts';
import {
  GATE_KIND_FIRST,
  GATE_KIND_NAMES,
  GateKind,
  HALT_STATE_NAMES,
  SHORT_RULE_NAMES,
  type EnterCommand,
  type ExecutionCommand,
  type GateCommand,
  type LimitsCommand,
} from './gate-commands.ts';
import { GROUP_KIND_NAMES, LIMIT_NAMES, LimitLevel } from './gate-limits.ts';
import { ORDER_TYPE_NAMES } from './orders.ts';
import { SIDE_NAMES } from './side.ts';

/** Beside the two of the origin. A bit means something else for each kind. */
export const GateFlag = {
  restricted: 4,
  index: 4,
  last: 8,
  isIn: 4,
  group: 4,
  account: 8,
  market: 16,
  hard: 32,
  reduceOnly: 4,
  taken: 4,
  known: 4,
} as const;

/** Of a set of limits, and of a value in it. */
export const SetFlag = { group: 1, account: 2, market: 4 } as const;
export const ValueFlag = { hard: 1, soft: 2 } as const;
export const SET_BYTES_MIN = 6;
export const VALUE_BYTES_MIN = 2;
const SET_ROOM = 30;
const VALUE_ROOM = 18;

export const LIMIT_LEVEL_NAMES = Object.keys(LimitLevel) as (keyof typeof LimitLevel)[];

/** More than any of these commands without its texts and limits. */
const FIXED_ROOM = 128;

/** Encodes commands of both ranges into a buffer of its own, which grows and is overwritten by the next. */
export class GateCommandWriter extends CommandWriter {
  override write(command: Command | GateCommand, offset = 0): number {
    if (!isGateCommand(command)) return super.write(command, offset);
    this.reserve(offset, roomFor(command));
    return writeGate(command, this.view, offset) - offset;
  }
}

/** Whether a command is of the gate's own range, rather than one of the engine below it. */
export function isGateCommand(command: Command | GateCommand): command is GateCommand {
  return command.kind >= GATE_KIND_FIRST;
}

export function nameOfGateKind(kind: number): (typeof GATE_KIND_NAMES)[number] | undefined {
  return GATE_KIND_NAMES[kind - GATE_KIND_FIRST];
}

function roomFor(command: GateCommand): number {
  switch (command.kind) {
    case GateKind.instrument:
      return FIXED_ROOM + textRoom(command.sector) + textRoom(command.issuer);
    case GateKind.group:
    case GateKind.execution:
      return FIXED_ROOM + textRoom(command.name);
    case GateKind.limits: {
      let room = FIXED_ROOM + textRoom(command.author) + textRoom(command.why);
      for (const { values } of command.sets) room += SET_ROOM + VALUE_ROOM * values.length;
      return room;
    }
    case GateKind.halt:
    case GateKind.release:
      return FIXED_ROOM + textRoom(command.by) + textRoom(command.why);
    case GateKind.grant:
      return FIXED_ROOM + textRoom(command.by) + textRoom(command.approvedBy) + textRoom(command.why);
    default:
      return FIXED_ROOM;
  }
}

function writeGate(command: GateCommand, view: DataView, offset: number): number {
  const { kind } = command;
  const head = (flags = 0, small = 0): number => putHead(view, offset, kind, flags, small, command);
  const word = (field: string, value: number, names: readonly string[]): number =>
    wordOf(nameOfGateKind(kind)!, field, value, names);
  switch (kind) {
    case GateKind.enter:
      return writeEnter(command, view, offset);
    case GateKind.replace: {
      const at = put(view, put(view, put(view, head(), command.account), command.order), command.clientId);
      return put(view, put(view, at, command.price), command.size);
    }
    case GateKind.cancel:
      return put(view, put(view, put(view, head(), command.account), command.order), command.clientId);
    case GateKind.execution:
      return writeExecution(command, view, offset);
    case GateKind.confirm:
      return put(view, head(command.taken ? GateFlag.taken : 0), command.order);
    case GateKind.done:
      return put(view, head(), command.order);
    case GateKind.instrument: {
      const small = word('short', command.short, SHORT_RULE_NAMES);
      const at = put(view, head(command.restricted ? GateFlag.restricted : 0, small), command.market);
      return writeTexts(view, at, command.sector, command.issuer);
    }
    case GateKind.reference: {
      const { market, index, last } = command;
      const at = put(view, head(flagIf(index, GateFlag.index) | flagIf(last, GateFlag.last)), market);
      return putOptional(view, putOptional(view, at, index), last);
    }
    case GateKind.group: {
      const at = put(view, head(0, word('of', command.of, GROUP_KIND_NAMES)), command.parent);
      return writeTexts(view, at, command.name);
    }
    case GateKind.member:
      return put(view, put(view, head(command.isIn ? GateFlag.isIn : 0), command.account), command.group);
    case GateKind.limits:
      return writeLimits(command, view, head());
    case GateKind.halt:
    case GateKind.release: {
      const small = kind === GateKind.halt ? word('state', command.state, HALT_STATE_NAMES) : 0;
      const at = putScope(view, head(scopeFlags(command), small), command);
      return writeTexts(view, at, command.by, command.why);
    }
    case GateKind.grant: {
      const small = word('level', command.level, LIMIT_LEVEL_NAMES);
      const at = putScope(
        view,
        head(scopeFlags(command) | flagIf(command.hard, GateFlag.hard), small),
        command,
      );
      const end = put(view, putOptional(view, at, command.hard), command.expiresUs);
      view.setUint8(end, word('limit', command.limit, LIMIT_NAMES));
      return writeTexts(view, end + 1, command.by, command.approvedBy, command.why);
    }
    case GateKind.locate: {
      const at = put(view, put(view, head(), command.account), command.market);
      return put(view, put(view, at, command.lots), command.expiresUs);
    }
    case GateKind.parent: {
      const at = put(view, head(0, word('side', command.side, SIDE_NAMES)), command.parent);
      return put(view, put(view, put(view, at, command.account), command.market), command.size);
    }
    case GateKind.day:
    case GateKind.tick:
      return head();
    default:
      throw kindUnknown((command as GateCommand).kind, GATE_KIND_FIRST, GATE_KIND_NAMES);
  }
}

/** The one that comes most often: no closures. */
function writeEnter(command: EnterCommand, view: DataView, offset: number): number {
  const small =
    wordOf('enter', 'leg', command.leg, LEG_NAMES) +
    4 * wordOf('enter', 'side', command.side, SIDE_NAMES) +
    8 * wordOf('enter', 'type', command.type, ORDER_TYPE_NAMES);
  let at = putHead(view, offset, command.kind, command.reduceOnly ? GateFlag.reduceOnly : 0, small, command);
  at = put(view, put(view, at, command.account), command.market);
  at = put(view, put(view, at, command.price), command.size);
  return put(view, put(view, at, command.clientId), command.parent);
}

function writeExecution(command: ExecutionCommand, view: DataView, offset: number): number {
  const { account } = command;
  const small =
    wordOf('execution', 'leg', command.leg, LEG_NAMES) +
    4 * wordOf('execution', 'side', command.side, SIDE_NAMES);
  let at = putHead(view, offset, command.kind, flagIf(account, GateFlag.known), small, command);
  at = put(view, put(view, putOptional(view, at, account), command.market), command.lots);
  at = put(view, put(view, at, command.price), command.fee);
  return writeTexts(view, put(view, put(view, at, command.trade), command.order), command.name);
}

function writeLimits(command: LimitsCommand, view: DataView, offset: number): number {
  let at = put(view, put(view, offset, command.version), command.effectiveUs);
  view.setUint32(at, command.sets.length, true);
  at += 4;
  for (const { level, group, account, market, values } of command.sets) {
    view.setUint8(at, wordOf('limits', 'level', level, LIMIT_LEVEL_NAMES));
    view.setUint8(
      at + 1,
      flagIf(group, SetFlag.group) | flagIf(account, SetFlag.account) | flagIf(market, SetFlag.market),
    );
    at = putOptional(view, putOptional(view, putOptional(view, at + 2, group), account), market);
    view.setUint32(at, values.length, true);
    at += 4;
    for (const { limit, hard, soft } of values) {
      view.setUint8(at, wordOf('limits', 'limit', limit, LIMIT_NAMES));
      view.setUint8(at + 1, flagIf(hard, ValueFlag.hard) | flagIf(soft, ValueFlag.soft));
      at = putOptional(view, putOptional(view, at + 2, hard), soft);
    }
  }
  return writeTexts(view, at, command.author, command.why);
}

interface Scope {
  readonly group: number | null;
  readonly account: number | null;
  readonly market: number | null;
}

function scopeFlags({ group, account, market }: Scope): number {
  return flagIf(group, GateFlag.group) | flagIf(account, GateFlag.account) | flagIf(market, GateFlag.market);
}

function putScope(view: DataView, at: number, { group, account, market }: Scope): number {
  return putOptional(view, putOptional(view, putOptional(view, at, group), account), market);
}

function putOptional(view: DataView, at: number, value: number | null): number {
  return value === null ? at : put(view, at, value);
}

function writeTexts(view: DataView, offset: number, ...texts: readonly string[]): number {
  let at = offset;
  for (const text of texts) at += writeText(text, view, at);
  return at;
}
