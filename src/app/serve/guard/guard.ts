/**
 * The gate before a served exchange: every order is asked of it first, and what became of it is followed from the exchange's events. It shares the
 * exchange's engine, so that it knows of every position, and feeds no second one.
 *
 *     ask       may this go to the exchange? What is accepted is reserved
 *     follow    after each command of the exchange, whoever it is from: orders that were taken, filled, changed and done, positions, marks
 *
 * Cancels always pass, those of everything at once as well: whoever wants less risk is never turned away, and how many there were is counted. Closing orders that
 * wait for a trigger pass unasked, too: they can only make a position smaller, and there may be two for one. What the exchange makes of an order by itself
 * (liquidations, protection), and what was let in before, is followed by its positions.
 *
 * Days begin with the UTC days of the exchange's time.
 */
import { Gate } from '../../../core/admission/gate.ts';
import type { Exchange } from '../../../core/exchange/exchange.ts';
import { NO_ORDER } from '../../../core/exchange/working-orders.ts';
import { assert } from '../../../core/num/assert.ts';
import type { AccountRow, MarketRow, OrderRow, TimeUs } from '../../../core/num/units.ts';
import { Leg, type Command } from '../../../core/schema/commands.ts';
import { GateKind, type EnterCommand, type GateCommand } from '../../../core/schema/gate-commands.ts';
import { FIRM } from '../../../core/schema/gate-limits.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { Side } from '../../../core/schema/side.ts';
import {
  VenueKind,
  type AmendCommand,
  type OwnCommand,
  type PlaceCommand,
} from '../../../core/schema/venue-commands.ts';
import { readLimitsFile } from '../../../io/gate/limits-file.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { registryBeside } from '../../runtime/registry-of.ts';
import type { GateReason } from '../../../io/api/contract/gate.ts';
import { Decisions } from './decisions.ts';
import { limitsTold } from './limits-told.ts';
import type { GuardNews } from './news.ts';
import type { GuardPlan } from './plan.ts';
import { Shadow } from './shadow.ts';
import { Usage } from './usage.ts';

const RATES_MS = 1000;
const DAY_US = 86_400_000_000;

type Asked = PlaceCommand | AmendCommand;
type Body = GateCommand extends infer One
  ? One extends GateCommand
    ? Omit<One, 'timeUs' | 'origin'>
    : never
  : never;

export interface Refusal {
  readonly reason: Reason;
  readonly reasons: GateReason[];
}

/** What only a guard that is asked has. */
interface Desk {
  readonly registry: Registry;
  readonly decisions: Decisions;
  readonly usage: Usage;
}

export class Guard {
  readonly gate: Gate;
  readonly #exchange: Exchange;
  readonly #plan: GuardPlan;
  readonly #shadow: Shadow;
  /** Null until it has begun. */
  #desk: Desk | null = null;
  /** Of the last order that was decided. */
  #market = 0 as MarketRow;
  #ratesAt = 0;
  #limitsTold: unknown = null;
  /** Group of accounts that are in none when they first ask; null: they stay so. */
  #others: number | null = null;
  #day = 0;

  constructor(exchange: Exchange, plan: GuardPlan) {
    this.#exchange = exchange;
    this.#plan = plan;
    this.gate = new Gate({ engine: exchange.engine });
    this.#shadow = new Shadow(exchange, this.gate);
  }

  /** Whether it is asked: groups and limits need accounts and markets that are there. */
  get isUp(): boolean {
    return this.#desk !== null;
  }

  /** Takes over positions and working orders as they are, and puts the limits in force. Throws what a file of limits that is none does. */
  begin(): void {
    const { engine } = this.#exchange;
    const registry = registryBeside(engine);
    this.#shadow.begin();
    for (const { name, of } of this.#plan.groups) {
      this.#say({ kind: GateKind.group, name, of, parent: FIRM });
      registry.groups.add(name);
    }
    for (const { account, group } of this.#plan.members) this.#join(account, registry.groups.find(group));
    const { others, limits } = this.#plan;
    this.#others = others === null ? null : registry.groups.find(others);
    this.#say({
      kind: GateKind.limits,
      ...readLimitsFile(limits, registry, this.#exchange.timeUs as TimeUs),
      // A gate that begins has had no version before, whatever the file calls its own.
      version: 1,
    });
    this.#day = this.#today;
    this.#say({ kind: GateKind.day });
    this.#desk = {
      registry,
      decisions: new Decisions(this.gate, this.#exchange, registry),
      usage: new Usage(this.gate, registry),
    };
  }

  /** To be called some times a second: a day that begins, and the next accounts in turn, which are looked at for what they lost. */
  turn(): void {
    if (this.#desk === null) return;
    if (this.#day !== this.#today) {
      this.#day = this.#today;
      this.#say({ kind: GateKind.day });
    }
    this.#say({ kind: GateKind.tick });
  }

  get #today(): number {
    return Math.floor(this.#exchange.timeUs / DAY_US);
  }

  /** What is new since it was asked for last; null before it has begun. */
  news(nowMs: number): GuardNews | null {
    if (this.#desk === null) return null;
    const { decisions, usage, registry } = this.#desk;
    const { active } = this.gate.state.limits;
    const isDue = nowMs - this.#ratesAt >= RATES_MS;
    if (isDue) this.#ratesAt = nowMs;
    const isOther = active !== this.#limitsTold;
    this.#limitsTold = active;
    return {
      decisions: decisions.take(),
      counts: decisions.counts(),
      rates: isDue ? decisions.takeRates() : null,
      usage: usage.turn(),
      limits: isOther ? limitsTold(this.gate, registry) : null,
    };
  }

  /** Why the last order was refused, with all that was found. */
  get refusal(): Refusal {
    return { reason: this.gate.decision.reason, reasons: this.#desk!.decisions.reasons(this.#market) };
  }

  /** What is asked of the exchange may be: `accepted`, or why not. */
  ask(command: Command | OwnCommand): Reason {
    if (this.#desk === null) return Reason.accepted;
    switch (command.kind) {
      case VenueKind.place:
        return this.#enter(command);
      case VenueKind.amend:
        return this.#replace(command);
      case VenueKind.cancel: {
        const order = this.#shadow.ours(this.#find(command));
        if (order !== 0) this.#apply({ kind: GateKind.cancel, account: command.account, order, clientId: 0 });
        return Reason.accepted;
      }
      default:
        return Reason.accepted;
    }
  }

  /** After each command of the exchange. */
  follow(command: Command | OwnCommand): void {
    if (this.#desk !== null) this.#shadow.follow(command);
  }

  #enter(command: PlaceCommand): Reason {
    const { account, market, leg, side, type, price, size, reduceOnly } = command;
    const closes = reduceOnly || (leg !== Leg.net && (leg === Leg.long) !== (side === Side.bid));
    if (command.trigger !== null && closes) return Reason.accepted;
    const { accounts, groups } = this.gate.state;
    if (this.#others !== null && account < accounts.count && groups.directOf(account).length === 0)
      this.#join(account, this.#others);
    const asked: Omit<EnterCommand, 'timeUs' | 'origin'> = {
      kind: GateKind.enter,
      account,
      market,
      leg,
      side,
      type,
      price,
      size,
      reduceOnly,
      // Whether the name is taken is for the exchange to say.
      clientId: 0,
      parent: 0,
    };
    return this.#decide(command, asked, market, side);
  }

  #replace(command: AmendCommand): Reason {
    const row = this.#find(command);
    const order = this.#shadow.ours(row);
    if (order === 0) return Reason.accepted;
    const { account, price, size } = command;
    const { orders } = this.#exchange.venue;
    const asked = { kind: GateKind.replace, account, order, clientId: 0, price, size } as const;
    return this.#decide(command, asked, orders.market(row) as MarketRow, orders.side(row));
  }

  #decide(command: Asked, asked: Body, market: MarketRow, side: Side): Reason {
    this.#market = market;
    const begun = performance.now();
    const reason = this.#apply(asked);
    const ms = performance.now() - begun;
    const { decisions, usage } = this.#desk!;
    decisions.note(command, market, side, ms);
    usage.note(command.account);
    if (reason === Reason.accepted) this.#shadow.expect(command, this.gate.decision.order);
    return reason;
  }

  /** Its row at the exchange, or NO_ORDER. */
  #find({ account, order, clientId }: { account: AccountRow; order: number; clientId: number }): OrderRow {
    const { orders } = this.#exchange.venue;
    const row = order === 0 ? orders.findClient(account, clientId) : orders.find(order);
    return row !== NO_ORDER && orders.account(row) === account ? row : (NO_ORDER as OrderRow);
  }

  #join(account: number, group: number): void {
    this.#say({ kind: GateKind.member, account: account as AccountRow, group, isIn: true });
  }

  #say(body: Body): void {
    const reason = this.#apply(body);
    assert(reason === Reason.accepted, 'a gate takes what it is begun with');
  }

  #apply(body: Body): Reason {
    return this.gate.apply({ ...body, timeUs: this.#exchange.timeUs as TimeUs, origin: null });
  }
}
