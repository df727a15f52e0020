/**
 * A simulated exchange on a screen. Commands are applied in slices of a few milliseconds; between two the event loop has its turn. What each
 * command did is held against the laws at once; all that is there every so many commands, for that costs as much as there is.
 */
import { Exchange } from '../../core/exchange/exchange.ts';
import { Reason } from '../../core/schema/reasons.ts';
import type { Command } from '../../core/schema/commands.ts';
import type { OwnCommand } from '../../core/schema/venue-commands.ts';
import { Laws } from '../../sim/laws/laws.ts';
import { Simulation } from '../../sim/traders/simulation.ts';
import { Registry } from '../../io/ingest/file/registry.ts';
import { describeAlert } from '../../io/publish/alert-lines.ts';
import { nextTurn } from '../bench/load.ts';
import { catchInterrupt } from '../cli/interrupt.ts';
import { Watchers } from '../exchange/watchers.ts';
import type { SimFlags } from './options.ts';
import { simOutput, type SimOutput } from './output.ts';
import { statusOf, type SimStatus } from './status.ts';
import { Ticker } from './ticker.ts';

const SLICE_MS = 8;
const WAIT_MS = 4;
/** All that is there is looked at this often; in small exchanges after every command. */
const STATE_EVERY = 64;
const SMALL = 100;

export interface SimRun {
  readonly seed: number;
  readonly accounts: number;
  /** Commands a second at most; 0: as many as can be done. */
  readonly speed: number;
  readonly crash: boolean;
  /** Whether the watchers of conduct look on. */
  readonly watched: boolean;
  /** Ends after so many seconds, or so many commands. */
  readonly seconds: number;
  readonly commands: number;
}

export async function exchangeSim(flags: SimFlags): Promise<void> {
  const { seed, accounts, speed } = flags;
  const kind =
    flags.json === true ? 'json' : flags.plain === true || !process.stdout.isTTY ? 'plain' : 'screen';
  // Never released: npm passes on a Ctrl-C that the terminal has sent as well.
  const { signal } = catchInterrupt();
  const run = {
    seed,
    accounts,
    speed,
    crash: flags.crash === true,
    watched: flags.surveillance,
    seconds: flags.seconds ?? Infinity,
    commands: Infinity,
  };
  const { broken } = await runSim(run, simOutput(kind), signal);
  process.exitCode = broken === null ? 0 : 1;
  if (!signal.aborted) return;
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exit();
}

/** Answers the last status. */
export async function runSim(run: SimRun, output: SimOutput, signal: AbortSignal): Promise<SimStatus> {
  const sim = new Sim(run);
  try {
    output.begin();
    await sim.run(output, signal);
    const status = sim.status();
    output.end(status);
    return status;
  } finally {
    output.close();
  }
}

class Sim {
  readonly #run: SimRun;
  readonly #exchange = new Exchange();
  readonly #simulation: Simulation;
  readonly #laws: Laws;
  readonly #ticker = new Ticker();
  /** Null where nobody watches. */
  readonly #watchers: Watchers | null;
  readonly #registry = new Registry();
  #alerts = 0;
  readonly #stateEvery: number;
  readonly #startedAt = performance.now();
  #commands = 0;
  #refused = 0;
  #checked = 0;
  #broken: string | null = null;
  #shown = { at: performance.now(), commands: 0 };

  constructor(run: SimRun) {
    this.#run = run;
    this.#simulation = new Simulation(run.seed, this.#exchange, {
      isPlain: true,
      accounts: run.accounts,
      regime: run.crash ? 'crash' : 'turns',
      chaosOneIn: 200,
      pauseUsMax: 200_000,
    });
    this.#laws = new Laws(this.#exchange);
    this.#watchers = run.watched ? new Watchers(this.#exchange) : null;
    this.#stateEvery = run.accounts <= SMALL ? 1 : STATE_EVERY;
  }

  async run(output: SimOutput, signal: AbortSignal): Promise<void> {
    const { speed, seconds } = this.#run;
    const end = this.#startedAt + seconds * 1000;
    let now = this.#startedAt;
    while (!signal.aborted && now < end && this.#broken === null && this.#commands < this.#run.commands) {
      const due =
        speed === 0 ? Infinity : Math.floor(((now - this.#startedAt) * speed) / 1000) - this.#simulated;
      if (due > 0) this.#slice(now + SLICE_MS, due, output);
      now = performance.now();
      if (now - this.#shown.at >= output.everyMs) output.show(this.status());
      await (due > 0 ? nextTurn() : new Promise((resolve) => setTimeout(resolve, WAIT_MS)));
      now = performance.now();
    }
    if (this.#broken === null) this.#judge(() => this.#laws.judgeState());
  }

  /** Beyond what makes the exchange, which is done as fast as it can be. */
  get #simulated(): number {
    return this.#commands - this.#simulation.setupCount;
  }

  #slice(until: number, most: number, output: SimOutput): void {
    for (let left = most; left > 0 && this.#broken === null && this.#commands < this.#run.commands; left--) {
      const command = this.#simulation.next();
      const reason = this.#exchange.apply(command);
      this.#commands++;
      if (reason !== Reason.accepted) this.#refused++;
      this.#judge(() => {
        this.#laws.follow({ command, reason });
        if (this.#commands % this.#stateEvery === 0) this.#laws.judgeState();
        this.#checked++;
      });
      this.#simulation.follow();
      this.#ticker.follow(this.#exchange.events);
      this.#watch(command, reason, output);
      if (performance.now() > until) return;
    }
  }

  #watch(command: Command | OwnCommand, reason: Reason, output: SimOutput): void {
    this.#registry.learn(command, { reason, refusals: [] });
    if (this.#watchers === null) return;
    for (const alert of this.#watchers.observe()) {
      this.#alerts++;
      output.alert(this.#exchange.sequence, describeAlert(alert, this.#registry));
    }
  }

  #judge(law: () => void): void {
    try {
      law();
    } catch (error) {
      this.#broken = error instanceof Error ? error.message : String(error);
    }
  }

  status(): SimStatus {
    const { seed, accounts } = this.#run;
    const now = performance.now();
    const commands = this.#commands;
    const commandsPerSecond = ((commands - this.#shown.commands) * 1000) / Math.max(1, now - this.#shown.at);
    this.#shown = { at: now, commands };
    return statusOf(this.#exchange, this.#simulation, this.#ticker, {
      seed,
      accounts,
      elapsedSeconds: Math.round(now - this.#startedAt) / 1000,
      commands,
      commandsPerSecond: Math.round(commandsPerSecond),
      refused: this.#refused,
      checked: this.#checked,
      stateEvery: this.#stateEvery,
      alerts: this.#alerts,
      broken: this.#broken,
    });
  }
}
