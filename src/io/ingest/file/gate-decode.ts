/**
 * One line of NDJSON into a command for a gate: of its own kinds here, of the engine's in decode.ts. docs/reference/gate.md has
 * one example of every kind; a test runs them.
 *
 * What is wrong with a line by itself is refused here, with its field. What depends on state (limits, halts, margin) is for the gate to say.
 */
import type { MarkTicks, PriceTicks, QuoteMicros, SizeLots, TimeUs } from '../../../core/num/units.ts';
import { KIND_NAMES, LEG_NAMES, type Command, type Leg } from '../../../core/schema/commands.ts';
import {
  GATE_KIND_NAMES,
  GateKind,
  HALT_STATE_NAMES,
  HaltState,
  SHORT_RULE_NAMES,
  type EnterCommand,
  type ExecutionCommand,
  type GateCommand,
  type GrantCommand,
  type HaltScope,
  type LimitsCommand,
  type ShortRule,
} from '../../../core/schema/gate-commands.ts';
import {
  FIRM_NAME,
  GROUP_KIND_NAMES,
  GroupKind,
  levelOfLimit,
  LIMIT_NAMES,
  LimitLevel,
  type Limit,
} from '../../../core/schema/gate-limits.ts';
import { ORDER_TYPE_NAMES, OrderType } from '../../../core/schema/orders.ts';
import { SIDE_NAMES, type Side } from '../../../core/schema/side.ts';
import { isName } from '../../../core/state/names.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';
import { commandOf, parseLine } from './decode.ts';
import { lotsOn, moneyOn, priceOn } from './decode-amounts.ts';
import { alone, HEAD, headOf, withTime, type CommandHead } from './decode-head.ts';
import { LIMIT_SCOPES, limitOf, limitSetsOf } from './decode-limits.ts';
import { accountOf, groupNamed, groupOf, marketOf, nameRule } from './decode-names.ts';
import { markOf } from './decode-prices.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';
import { amendOf, orderNameOf, type MarketOfOrder } from './venue-decode-orders.ts';

const SCOPE = ['group', 'account', 'market'];
const PLACED = ['account', 'market', 'leg', 'side', 'price', 'size'];
export const LIMITS_FIELDS = ['version', 'author', 'why', 'effective', ...LIMIT_SCOPES];

const known = (...names: string[]): ReadonlySet<string> => new Set([...HEAD, ...names]);
const KNOWN: Readonly<Record<keyof typeof GateKind, ReadonlySet<string>>> = {
  instrument: known('market', 'sector', 'issuer', 'short', 'restricted'),
  reference: known('market', 'index', 'last'),
  group: known('name', 'of', 'parent'),
  member: known('account', 'group', 'in'),
  limits: known(...LIMITS_FIELDS),
  halt: known(...SCOPE, 'state', 'by', 'why'),
  release: known(...SCOPE, 'by', 'why'),
  grant: known(...SCOPE, 'limit', 'hard', 'expires', 'by', 'approvedBy', 'why'),
  locate: known('account', 'market', 'size', 'expires'),
  parent: known('parent', 'account', 'market', 'side', 'size'),
  enter: known(...PLACED, 'type', 'reduceOnly', 'clientId', 'parent'),
  replace: known('account', 'order', 'clientId', 'price', 'size'),
  cancel: known('account', 'order', 'clientId'),
  confirm: known('order', 'taken'),
  done: known('order'),
  execution: known(...PLACED, 'fee', 'trade', 'order'),
  day: known(),
  tick: known(),
};

type Body<T> = Omit<T, 'kind' | 'timeUs' | 'origin'>;

/**
 * Throws a `BadCommand`. The registry is read and not changed: tell it what became of the command. A line without a time has
 * that of its arrival. `marketOfOrder` knows in which market an order is that works.
 */
export function decodeGateLine(
  line: string,
  registry: Registry,
  arrivedUs: TimeUs,
  marketOfOrder: MarketOfOrder,
): Command | GateCommand {
  return gateCommandOf(parseLine(line), registry, arrivedUs, marketOfOrder);
}

/** The same of a value that was parsed already. */
export function gateCommandOf(
  parsed: unknown,
  registry: Registry,
  arrivedUs: TimeUs,
  marketOfOrder: MarketOfOrder,
): Command | GateCommand {
  const value = withTime(parsed, arrivedUs);
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && Object.hasOwn(GateKind, kind))
    return ownCommandOf(value, kind as keyof typeof GateKind, registry, marketOfOrder);
  if (typeof kind === 'string' && !(KIND_NAMES as readonly string[]).includes(kind)) {
    const kinds = [...GATE_KIND_NAMES, ...KIND_NAMES.slice(1)];
    throw new BadCommand(
      'COMMAND_KIND_UNKNOWN',
      `unknown kind ${excerpt(kind)}${didYouMean(kind, kinds) || `; known are ${kinds.join(', ')}`}`,
      'kind',
      kind,
    );
  }
  return commandOf(value, '', registry, alone(arrivedUs));
}

function ownCommandOf(
  value: unknown,
  name: keyof typeof GateKind,
  registry: Registry,
  marketOfOrder: MarketOfOrder,
): GateCommand {
  const kind = GateKind[name];
  const fields = new Fields(value, '', KNOWN[name]);
  if (registry.decimals === null) {
    throw new BadCommand(
      'COMMAND_SETTINGS_MISSING',
      'the first command must be the settings, which say what amounts mean',
      'kind',
      name,
    );
  }
  const head = headOf(fields, registry);
  switch (kind) {
    case GateKind.enter:
      return { kind, ...head, ...enterOf(fields, registry) };
    case GateKind.replace:
      return { kind, ...head, ...amendOf(fields, registry, marketOfOrder) };
    case GateKind.cancel:
      return { kind, ...head, ...orderNameOf(fields, registry) };
    case GateKind.confirm:
      return { kind, ...head, order: fields.whole('order', 1), taken: flagOf(fields, 'taken') };
    case GateKind.done:
      return { kind, ...head, order: fields.whole('order', 1) };
    case GateKind.execution:
      return { kind, ...head, ...executionOf(fields, registry, registry.decimals) };
    case GateKind.instrument: {
      const { row: market } = marketOf(fields, registry);
      const text = (field: string): string => (fields.has(field) ? nameOf(fields, field) : '');
      const short = fields.choice('short', SHORT_RULE_NAMES, 0) as ShortRule;
      const restricted = fields.flag('restricted', false);
      return { kind, ...head, market, sector: text('sector'), issuer: text('issuer'), short, restricted };
    }
    case GateKind.reference: {
      const { row: market, grid, name: said } = marketOf(fields, registry);
      const index: MarkTicks | null = fields.has('index') ? markOf(fields, 'index', grid, said) : null;
      const last = fields.has('last') ? priceOn(fields, 'last', grid) : null;
      return { kind, ...head, market, index, last };
    }
    case GateKind.group: {
      fields.value('of');
      const of = fields.choice('of', GROUP_KIND_NAMES, 0) as GroupKind;
      if (of === GroupKind.firm)
        throw fields.bad('COMMAND_FIELD_INVALID', 'of', 'there is one firm, and it is there from the start');
      const parent = fields.has('parent') ? fields.text('parent') : FIRM_NAME;
      return {
        kind,
        ...head,
        name: nameOf(fields, 'name'),
        of,
        parent: groupNamed(parent, fields.at('parent'), registry),
      };
    }
    case GateKind.member: {
      const account = accountOf(fields, registry, null);
      return { kind, ...head, account, group: groupOf(fields, registry), isIn: fields.flag('in', true) };
    }
    case GateKind.limits:
      return { kind, ...head, ...limitsOf(fields, registry, head.timeUs) };
    case GateKind.halt: {
      fields.value('state');
      const state = fields.choice('state', HALT_STATE_NAMES, 0) as HaltState;
      if (state === HaltState.active)
        throw fields.bad('COMMAND_FIELD_INVALID', 'state', 'ends nothing: a halt is ended by a release');
      return { kind, ...head, ...scopeOf(fields, registry), state, ...saidBy(fields) };
    }
    case GateKind.release:
      return { kind, ...head, ...scopeOf(fields, registry), ...saidBy(fields) };
    case GateKind.grant:
      return grantOf(fields, head, registry, registry.decimals);
    case GateKind.locate: {
      const account = accountOf(fields, registry, null);
      const { row: market, grid } = marketOf(fields, registry);
      const isNothing = fields.decimal('size') === '0';
      const lots = isNothing ? (0 as SizeLots) : lotsOn(fields, 'size', grid);
      return { kind, ...head, account, market, lots, expiresUs: fields.time('expires') };
    }
    case GateKind.parent: {
      const account = accountOf(fields, registry, null);
      const { row: market, grid } = marketOf(fields, registry);
      const parent = fields.whole('parent', 1);
      const side = sideOf(fields);
      return { kind, ...head, parent, account, market, side, size: lotsOn(fields, 'size', grid) };
    }
    default:
      return { kind, ...head };
  }
}

/** A limit order where nothing else is said. */
function enterOf(fields: Fields, registry: Registry): Body<EnterCommand> {
  const account = accountOf(fields, registry, null);
  const { row: market, grid } = marketOf(fields, registry);
  const type = fields.choice('type', ORDER_TYPE_NAMES, OrderType.limit) as OrderType;
  if (type === OrderType.market && fields.has('price'))
    throw fields.bad('COMMAND_FIELD_INVALID', 'price', 'a market order has none: leave it out, or type');
  return {
    account,
    market,
    leg: fields.choice('leg', LEG_NAMES, 0) as Leg,
    side: sideOf(fields),
    type,
    price: type === OrderType.market ? (0 as PriceTicks) : priceOn(fields, 'price', grid),
    size: lotsOn(fields, 'size', grid),
    reduceOnly: fields.flag('reduceOnly', false),
    clientId: fields.has('clientId') ? fields.whole('clientId') : 0,
    parent: fields.has('parent') ? fields.whole('parent') : 0,
  };
}

/** An account that nobody opened passes, by its name: that it trades is what somebody must know. */
function executionOf(fields: Fields, registry: Registry, decimals: number): Body<ExecutionCommand> {
  const name = nameOf(fields, 'account');
  const row = registry.accounts.find(name);
  const { row: market, grid } = marketOf(fields, registry);
  return {
    account: row < 0 ? null : (row as never),
    name: row < 0 ? name : '',
    market,
    leg: fields.choice('leg', LEG_NAMES, 0) as Leg,
    side: sideOf(fields),
    lots: lotsOn(fields, 'size', grid),
    price: priceOn(fields, 'price', grid),
    fee: fields.has('fee') ? moneyOn(fields, 'fee', decimals) : (0 as QuoteMicros),
    trade: fields.whole('trade', 1),
    order: fields.has('order') ? fields.whole('order', 1) : 0,
  };
}

/** The limits of a line or of a file; without `effective` they hold from `nowUs`. */
export function limitsOf(fields: Fields, registry: Registry, nowUs: TimeUs): Body<LimitsCommand> {
  return {
    version: fields.whole('version', 1),
    author: saidOf(fields, 'author'),
    why: saidOf(fields, 'why'),
    effectiveUs: fields.has('effective') ? fields.time('effective') : nowUs,
    sets: limitSetsOf(fields, registry),
  };
}

function grantOf(fields: Fields, head: CommandHead, registry: Registry, decimals: number): GrantCommand {
  const scope = scopeOf(fields, registry);
  if ((scope.group === null) === (scope.account === null))
    throw new BadCommand(
      'COMMAND_FIELD_MISSING',
      'must be of one group or of one account',
      fields.at('account'),
    );
  const name = fields.text('limit');
  const limit = LIMIT_NAMES.indexOf(name as (typeof LIMIT_NAMES)[number]) as Limit;
  if ((limit as number) < 0)
    throw fields.bad(
      'COMMAND_FIELD_INVALID',
      'limit',
      `there is no limit ${excerpt(name)}${didYouMean(name, LIMIT_NAMES)}`,
    );
  const level = levelOfLimit(limit);
  if (level === LimitLevel.group && scope.group === null)
    throw fields.bad('COMMAND_FIELD_INVALID', 'limit', 'is a limit of a group: name the group');
  const grid = scope.market === null ? null : registry.gridAt(scope.market);
  return {
    kind: GateKind.grant,
    ...head,
    level,
    ...scope,
    limit,
    hard: limitOf(fields, 'hard', limit, { grid, decimals }),
    expiresUs: fields.time('expires'),
    by: saidOf(fields, 'by'),
    approvedBy: saidOf(fields, 'approvedBy'),
    why: saidOf(fields, 'why'),
  };
}

function scopeOf(fields: Fields, registry: Registry): HaltScope {
  return {
    group: fields.has('group') ? groupOf(fields, registry) : null,
    account: fields.has('account') ? accountOf(fields, registry, null) : null,
    market: fields.has('market') ? marketOf(fields, registry).row : null,
  };
}

function saidBy(fields: Fields): { by: string; why: string } {
  return { by: saidOf(fields, 'by'), why: saidOf(fields, 'why') };
}

const SAID_MAX = 255;

/** What a person answers for: there must be something. */
function saidOf(fields: Fields, name: string): string {
  const text = fields.text(name);
  if (text.trim() === '' || Buffer.byteLength(text) > SAID_MAX)
    throw fields.bad('COMMAND_FIELD_INVALID', name, `must be 1 to ${SAID_MAX} bytes of text`);
  return text;
}

function nameOf(fields: Fields, field: string): string {
  const name = fields.text(field);
  if (!isName(name)) throw fields.bad('COMMAND_FIELD_INVALID', field, nameRule(name));
  return name;
}

function sideOf(fields: Fields): Side {
  fields.value('side');
  return fields.choice('side', SIDE_NAMES, 0) as Side;
}

function flagOf(fields: Fields, name: string): boolean {
  fields.value(name);
  return fields.flag(name, false);
}
