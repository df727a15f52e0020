/** All laws over one exchange: give it every command with the answer, and it throws `LawBroken` at the first that does not hold. */
import { Engine } from '../../core/engine/engine.ts';
import { Reason } from '../../core/schema/reasons.ts';
import { VenueKind } from '../../core/schema/venue-commands.ts';
import { VenueEvent } from '../../core/schema/venue-events.ts';
import { judgeExposures } from './exposure-law.ts';
import type { Exchange } from '../../core/exchange/exchange.ts';
import { demand, type Step } from './law.ts';
import { LiquidationLaw } from './liquidation-law.ts';
import { MarginLaw } from './margin-law.ts';
import { MoneyLaws } from './money-laws.ts';
import { judgeNames, judgeOrders, judgeTriggers } from './order-laws.ts';
import { Replicas, type Follower } from './replicas.ts';
import { Trail } from './trail.ts';

export class Laws {
  readonly trail = new Trail();
  readonly #exchange: Exchange;
  readonly #mirror = new Engine();
  readonly #replicas: Replicas;
  readonly #money = new MoneyLaws();
  readonly #margin = new MarginLaw();
  readonly #liquidations = new LiquidationLaw();
  #ordersMax = 0;
  #digest: string;
  #timeUs = 0;

  /** `followers` are held against the exchange beside a plain engine. */
  constructor(exchange: Exchange, followers: Readonly<Record<string, Follower>> = {}) {
    this.#exchange = exchange;
    this.#replicas = new Replicas({ mirror: this.#mirror, ...followers });
    this.#digest = exchange.digest();
  }

  /** After `command` was applied with `reason`: what it did, and the state that it left, whose hash it answers. */
  judge(step: Step): string {
    this.follow(step);
    this.judgeState();
    this.#judgeRefusal(step);
    return this.#digest;
  }

  /** What it did: orders' lives, priority, fees, margin, liquidations. Must be told of every command. */
  follow(step: Step): void {
    const exchange = this.#exchange;
    const { events, engine } = exchange;
    if (step.command.kind === VenueKind.venue && step.reason === Reason.accepted)
      this.#ordersMax = step.command.ordersMax;
    this.#margin.follow(step);
    this.#margin.judge(step, exchange, this.trail, this.#mirror);
    this.trail.follow(step, events);
    this.#money.follow(exchange);
    this.#replicas.follow(step, events);
    this.#liquidations.follow(step, events);
    this.#margin.judgeFees(this.trail, engine);
    this.#margin.judgeOutflow(step, exchange, this.trail);
    judgeOrders(step, this.trail, engine);
  }

  /** All that is there: money, replicas, exposures. Its cost goes with the size of the exchange. */
  judgeState(): void {
    const exchange = this.#exchange;
    const { engine } = exchange;
    this.#replicas.judge(engine.digest());
    this.#liquidations.judge(exchange, this.trail);
    judgeTriggers(this.trail);
    judgeNames(this.trail, this.#ordersMax);
    this.#money.judge(exchange);
    judgeExposures(exchange.venue.ledger.exposures, this.trail, engine);
  }

  /** What was refused changed nothing, where time did not either, nor where its source is. */
  #judgeRefusal({ command, reason }: Step): void {
    const { engine, events } = this.#exchange;
    const digest = this.#exchange.digest();
    const isQuiet = reason !== Reason.accepted && engine.timeUs === this.#timeUs && command.origin === null;
    demand(
      !isQuiet || digest === this.#digest,
      () => `a command that was refused as ${reason} changed something`,
    );
    for (let row = 0; isQuiet && row < events.count; row++)
      demand(
        events.kind(row) === VenueEvent.cut,
        () => `a command that was refused as ${reason} made things happen`,
      );
    this.#digest = digest;
    this.#timeUs = engine.timeUs;
  }
}
