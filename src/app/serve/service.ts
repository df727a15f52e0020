/** A served exchange: the engine in its thread, the replica here, and what both need to be read and asked through the API. */
import { Reason } from '../../core/schema/reasons.ts';
import type { Backend } from '../../io/api/backend.ts';
import { AdlPlaces } from './background/adl-places.ts';
import { Background } from './background/background.ts';
import { LiquidationMaps } from './background/liquidation-map.ts';
import { Ranking } from './background/ranking.ts';
import { createBackend } from './backend.ts';
import { EngineLink } from './engine-link.ts';
import { Alarms } from './memory/alarms.ts';
import { AlertMemory } from './memory/alerts.ts';
import { GateMemory } from './memory/gate.ts';
import { Memory } from './memory/memory.ts';
import type { EngineChoice } from './messages.ts';
import { Past } from './past/past.ts';
import { Replica } from './replica.ts';
import { Served } from './views/served.ts';
import { Health } from './views/status.ts';

export interface ServiceHooks {
  readonly note: (text: string) => void;
  readonly progress: (what: string, done: number, total: number) => void;
}

export class Service {
  readonly backend: Backend;
  readonly health: Health;
  readonly replica: Replica;
  readonly #link: EngineLink;
  readonly #past: Past | null;
  readonly #background = new Background();
  /** When the engine has begun and the replica is where it was. */
  readonly begun: Promise<void>;

  constructor(choice: EngineChoice, hooks: ServiceHooks) {
    const memoryOf = (): Memory => memory;
    const replica: Replica = new Replica(
      (command, reason) => {
        const isAccepted = reason === Reason.accepted;
        memoryOf().follow(command, isAccepted);
        alarms.follow(command, isAccepted);
      },
      (slices) => this.#link.applied(slices),
    );
    const memory = new Memory(replica.exchange);
    const alerts = new AlertMemory();
    const alarms: Alarms = new Alarms(alerts, replica.exchange, replica.registry, () => served.units);
    const served: Served = new Served(replica, memory, alerts, alarms);
    const ranking = new Ranking(replica);
    const places = new AdlPlaces(replica);
    const maps = new LiquidationMaps(replica);
    const { version, data, demo, limits } = choice;
    const health = new Health(served, ranking, {
      version,
      data,
      mode: demo === null ? 'exchange' : 'demo',
      // The one of the link below.
      shards: 1,
    });
    this.#past = data === null ? null : new Past(data);
    const gate = demo === null && limits === null ? null : new GateMemory();
    replica.exchange.onLevels = alarms.levels;
    for (const job of [ranking, places, maps]) this.#background.add(job);
    this.replica = replica;
    this.health = health;
    let settle = (): void => {};
    const begun = new Promise<void>((resolve) => (settle = resolve));
    this.#link = new EngineLink(choice, {
      begun: (message) => {
        for (const note of message.notes) hooks.note(note);
        replica.begin(message.snapshot);
        memory.adopt(replica.exchange);
        alarms.adopt(replica.exchange, replica.registry);
        replica.exchange.onLevels = alarms.levels;
        if (demo === null) alarms.watch();
        health.state = 'live';
        this.#background.start();
        settle();
      },
      progress: hooks.progress,
      slice: (slice) => {
        replica.take(slice);
        if (slice.gate !== null) gate?.note(slice.gate);
        const { numbers } = slice;
        if (numbers === null) return;
        health.note(numbers);
        // A crowd that comes in by pairs would look like nothing but wash trades.
        if (numbers.crowd !== null && numbers.crowd.opened >= numbers.crowd.wanted) alarms.watch();
      },
    });
    this.begun = Promise.race([begun, this.#link.ended.then(() => {})]);
    this.#link.ended.then(
      () => (health.state = 'stopped'),
      (error: unknown) => health.failed(error),
    );
    this.backend = createBackend({
      served,
      ranking,
      places,
      maps,
      health,
      link: this.#link,
      gate,
      past: this.#past,
      isDemo: demo !== null,
      isDurable: data !== null,
    });
  }

  /** Resolves when the engine has ended as it was told to; rejects when it failed. */
  get ended(): EngineLink['ended'] {
    return this.#link.ended;
  }

  /** Everything applied is durable, and the state stored, when this resolves. */
  async stop(): Promise<{ readonly stateHash: string; readonly sequence: number }> {
    this.#background.stop();
    await this.#past?.close();
    this.#link.stop();
    const { stateHash, sequence } = await this.#link.ended;
    return { stateHash, sequence };
  }
}
