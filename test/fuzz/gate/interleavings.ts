/**
 * All orders in which two clients, their venue and an officer can do a few things: every sequence of steps that makes sense, each played from
 * the start. What may be accepted is predicted by counting lots on fingers: an order is taken if and only if it only reduces, or
 * nobody can come to hold more than a limit whichever of the orders trade. Nothing but an order makes what could be held larger.
 */
import { GateKind } from '../../../src/core/schema/gate-commands.ts';
import { Reason, REASON_NAMES } from '../../../src/core/schema/reasons.ts';
import { enterFields, limitsFields, setUp } from '../../../src/reference/gate/testing/gate-bench.ts';
import type { Fields } from '../../../src/reference/testing/bench.ts';

/** A gate, or its reference. */
export interface GateLike {
  /** The reason, and the id of an accepted order. */
  apply(command: unknown): { readonly reason: Reason; readonly order: number };
}

const POSITION_MAX = 5;
const LONG_MAX = 8;
/** What a tightened version says. */
const TIGHT_MAX = 3;
const LIMITS = { position_max: POSITION_MAX, group_long_max: LONG_MAX };

type Step =
  | { readonly what: 'enter'; readonly client: number; readonly lots: number }
  | { readonly what: 'replace'; readonly client: number; readonly size: number }
  | { readonly what: 'fill'; readonly client: number; readonly isAll: boolean }
  | { readonly what: 'confirm'; readonly client: number; readonly taken: boolean }
  | { readonly what: 'cancel' | 'done'; readonly client: number }
  | { readonly what: 'tighten' };

interface Working {
  readonly id: number;
  readonly client: number;
  readonly isBid: boolean;
  size: number;
  filled: number;
  pending: number | null;
}

/** Of one client or of the officer. */
const STEPS: readonly Step[] = [
  ...[0, 1].flatMap((client): Step[] => [
    { what: 'enter', client, lots: 3 },
    { what: 'enter', client, lots: 5 },
    { what: 'enter', client, lots: -3 },
    { what: 'replace', client, size: 4 },
    { what: 'replace', client, size: 2 },
    { what: 'fill', client, isAll: false },
    { what: 'fill', client, isAll: true },
    { what: 'confirm', client, taken: true },
    { what: 'confirm', client, taken: false },
    { what: 'cancel', client },
    { what: 'done', client },
  ]),
  { what: 'tighten' },
];

/** Lots on fingers. */
class Fingers {
  readonly held = [0, 0];
  orders: Working[] = [];
  most = POSITION_MAX;
  trade = 0;
  #orders = 0;

  /** The client's first. */
  first(client: number): Working | undefined {
    return this.orders.find((order) => order.client === client);
  }

  nextId(): number {
    return ++this.#orders;
  }

  /** The most that the client could come to hold long or short, whichever of its orders trade. */
  worst(client: number, sign: 1 | -1): number {
    const working = this.orders.filter((order) => order.client === client && order.isBid === sign > 0);
    return Math.max(0, sign * this.held[client] + working.reduce((sum, order) => sum + leftOf(order), 0));
  }

  /** Whether everything is within limits. */
  fits(client: number): boolean {
    const own = Math.max(this.worst(client, 1), this.worst(client, -1));
    return own <= this.most && this.worst(0, 1) + this.worst(1, 1) <= LONG_MAX;
  }

  /** Whether `lots` of this side are no more than what others of it leave to be reduced. */
  reduces(client: number, isBid: boolean, lots: number, except: Working | null): boolean {
    const others = this.orders.filter(
      (order) => order.client === client && order.isBid === isBid && order !== except,
    );
    const free = (isBid ? -1 : 1) * this.held[client] - others.reduce((sum, order) => sum + leftOf(order), 0);
    return lots <= free;
  }

  /** Whether the step can be taken now. */
  allows(step: Step): boolean {
    if (step.what === 'enter') return true;
    if (step.what === 'tighten') return this.most !== TIGHT_MAX;
    const order = this.first(step.client);
    if (order === undefined) return false;
    if (step.what === 'confirm') return order.pending !== null;
    return step.what !== 'replace' || order.pending === null;
  }

  drop(order: Working): void {
    this.orders = this.orders.filter((other) => other !== order);
  }
}

/** How many histories of `length` steps were played on gates of `make`; throws at the first that goes wrong. */
export function playInterleavings(length: number, make: () => GateLike): number {
  let played = 0;
  const walk = (steps: readonly Step[]): void => {
    if (steps.length === length) {
      play(steps, make());
      played++;
      return;
    }
    for (const step of STEPS) {
      // Clients are alike: the first one begins.
      if (steps.length === 0 && step.what !== 'tighten' && step.client === 1) continue;
      if (canFollow(steps, step)) walk([...steps, step]);
    }
  };
  walk([]);
  return played;
}

/** By the fingers alone. */
function canFollow(steps: readonly Step[], next: Step): boolean {
  const fingers = new Fingers();
  for (const step of steps) take(fingers, step);
  return fingers.allows(next);
}

function play(steps: readonly Step[], gate: GateLike): void {
  for (const fields of setUp(LIMITS))
    demand(apply(gate, fields).reason === Reason.accepted, steps, 'the set-up');
  const fingers = new Fingers();
  for (const step of steps) {
    const before = [fingers.worst(0, 1), fingers.worst(0, -1), fingers.worst(1, 1), fingers.worst(1, -1)];
    const { fields, expected, order } = take(fingers, step);
    const answer = apply(gate, fields);
    const said = REASON_NAMES[answer.reason];
    demand(expected === (answer.reason === Reason.accepted), steps, `${JSON.stringify(step)} is ${said}`);
    if (order !== null && expected)
      demand(answer.order === order, steps, `order ${answer.order} is not ${order}`);
    if (step.what === 'enter' || step.what === 'replace') continue;
    const after = [fingers.worst(0, 1), fingers.worst(0, -1), fingers.worst(1, 1), fingers.worst(1, -1)];
    demand(
      after.every((lots, at) => lots <= before[at]),
      steps,
      `${JSON.stringify(step)} makes room for more`,
    );
  }
  for (const { id } of fingers.orders) apply(gate, { kind: GateKind.done, order: id });
  fingers.orders = [];
  for (const client of [0, 1]) probe(fingers, client, gate, steps);
}

/** With nothing at work there is room for exactly what is not held. */
function probe(fingers: Fingers, client: number, gate: GateLike, steps: readonly Step[]): void {
  const others = fingers.worst(1 - client, 1);
  // Who is beyond a limit may reduce, no more.
  const isOver = Math.abs(fingers.held[client]) > fingers.most;
  const room = isOver ? 0 : Math.min(fingers.most, LONG_MAX - others) - fingers.held[client];
  const reduced = Math.max(0, -fingers.held[client]);
  const most = Math.max(room, reduced);
  const more = apply(gate, enterFields(client, most + 1));
  demand(more.reason !== Reason.accepted, steps, `client ${client} is given more than ${most}`);
  if (most < 1) return;
  const all = apply(gate, enterFields(client, most));
  demand(
    all.reason === Reason.accepted,
    steps,
    `client ${client} is refused ${most}: ${REASON_NAMES[all.reason]}`,
  );
  apply(gate, { kind: GateKind.done, order: all.order });
}

/** What the step is as a command, whether it must be accepted, and what it does to the fingers if so. */
function take(fingers: Fingers, step: Step): { fields: Fields; expected: boolean; order: number | null } {
  if (step.what === 'tighten') {
    fingers.most = TIGHT_MAX;
    const fields = limitsFields({ ...LIMITS, position_max: TIGHT_MAX }, 2);
    return { fields, expected: true, order: null };
  }
  const { client } = step;
  if (step.what === 'enter') {
    const isBid = step.lots > 0;
    const size = Math.abs(step.lots);
    const reduces = fingers.reduces(client, isBid, size, null);
    const order = { id: 0, client, isBid, size, filled: 0, pending: null };
    fingers.orders.push(order);
    const expected = reduces || fingers.fits(client);
    if (!expected) fingers.drop(order);
    else fingers.orders[fingers.orders.length - 1] = { ...order, id: fingers.nextId() };
    return {
      fields: enterFields(client, step.lots),
      expected,
      order: expected ? fingers.orders.at(-1)!.id : null,
    };
  }
  const order = fingers.first(client)!;
  const name = { account: client, order: order.id, clientId: 0 };
  switch (step.what) {
    case 'replace': {
      const fields = { kind: GateKind.replace, ...name, price: 100, size: step.size };
      if (step.size <= order.filled) return { fields, expected: false, order: null };
      const reduces = fingers.reduces(client, order.isBid, step.size - order.filled, order);
      order.pending = step.size;
      const expected = reduces || fingers.fits(client);
      if (!expected) order.pending = null;
      return { fields, expected, order: order.id };
    }
    case 'fill': {
      const lots = step.isAll ? leftOf(order) : 1;
      order.filled += lots;
      fingers.held[client] += order.isBid ? lots : -lots;
      if (leftOf(order) <= 0) fingers.drop(order);
      const fields = {
        kind: GateKind.execution,
        ...name,
        name: '',
        market: 0,
        leg: 0,
        side: order.isBid ? 0 : 1,
        lots,
        price: 100,
        fee: 0,
        trade: ++fingers.trade,
      };
      return { fields, expected: true, order: null };
    }
    case 'confirm':
      if (step.taken) order.size = order.pending!;
      order.pending = null;
      if (leftOf(order) <= 0) fingers.drop(order);
      return {
        fields: { kind: GateKind.confirm, order: order.id, taken: step.taken },
        expected: true,
        order: null,
      };
    case 'cancel':
      return { fields: { kind: GateKind.cancel, ...name }, expected: true, order: null };
    case 'done':
      fingers.drop(order);
      return { fields: { kind: GateKind.done, order: order.id }, expected: true, order: null };
  }
}

function leftOf({ size, filled, pending }: Working): number {
  return Math.max(size, pending ?? 0) - filled;
}

function apply(gate: GateLike, fields: Fields): ReturnType<GateLike['apply']> {
  return gate.apply({ timeUs: 0, origin: null, ...fields });
}

function demand(isSo: boolean, steps: readonly Step[], what: string): void {
  if (!isSo) throw new Error(`${what}, in ${JSON.stringify(steps)}`);
}
