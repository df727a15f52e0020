/** Runs a scenario line by line: what it says, what must hold whatever it says, and what it expects. */
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { bucketText } from '../account-text.ts';
import { checkExpectation, type Failure } from './check.ts';
import { alertsText, eventsText } from './events-text.ts';
import { execute } from './execute.ts';
import { brokenLaws } from './laws.ts';
import { brokenReplay } from './replay-law.ts';
import type { Scenario, ScenarioLine } from './statements.ts';
import { World } from './world.ts';

/** Up to so many accounts the laws are checked after every command, above after every line. */
const ACCOUNTS_FEW = 100;

export interface LineResult {
  readonly line: number;
  readonly text: string;
  /** `accepted`, or the first refusal of the line. */
  readonly reason: string;
  readonly commands: number;
  readonly expectations: number;
  readonly failures: readonly ReportedFailure[];
  readonly notes: readonly string[];
  readonly alerts: readonly string[];
  /** In words; empty unless they were asked for. */
  readonly events: readonly string[];
}

export interface ReportedFailure extends Omit<Failure, 'account'> {
  /** Every figure of the account, where the expectation is about one. */
  readonly account: string | null;
}

export interface ScenarioResult {
  readonly file: string;
  readonly rule: string;
  readonly sentence: string;
  readonly ok: boolean;
  readonly lines: readonly LineResult[];
  readonly commands: number;
  readonly expectations: number;
  readonly checksOfLaws: number;
  readonly accounts: number;
  /** Of the exchange at the end. */
  readonly stateHash: string;
}

export interface RunOptions {
  readonly events?: boolean;
  /** Called after each line. */
  readonly progress?: (done: number, total: number) => void;
}

/** Throws where a word fits no grid or no order: that is a mistake in the scenario. Stops at the first line that fails. */
export function runScenario(
  scenario: Scenario,
  { events = false, progress }: RunOptions = {},
): ScenarioResult {
  const world = new World();
  let checksOfLaws = 0;
  let broken: string[] = [];
  const checkLaws = (): void => {
    if (broken.length > 0 || world.exchange.engine.settings === null) return;
    checksOfLaws++;
    broken = brokenLaws(world);
  };
  world.afterCommand = () => {
    if (world.reference.accountCount <= ACCOUNTS_FEW) checkLaws();
  };
  const lines: LineResult[] = [];
  for (const line of scenario.lines) {
    world.begin(line);
    try {
      execute(world, line.statement);
      checkLaws();
    } catch (error) {
      // What the exchange asserts of itself is a law as well; a mistake in the scenario is not.
      if (error instanceof OperationalError) throw error;
      broken = [`assertions: ${(error as Error).message}`];
    }
    const result = judge(world, line, broken, events);
    lines.push(result);
    progress?.(lines.length, scenario.lines.length);
    if (result.failures.length > 0) break;
  }
  const last = lines.at(-1);
  if (last?.failures.length === 0) {
    const failures = brokenReplay(world).map((law) => lawFailure(scenario.file, last.line, law));
    lines[lines.length - 1] = { ...last, failures };
  }
  return {
    file: scenario.file,
    rule: scenario.rule,
    sentence: scenario.sentence,
    ok: lines.every(({ failures }) => failures.length === 0),
    lines,
    commands: world.exchange.sequence,
    expectations: lines.reduce((sum, { expectations }) => sum + expectations, 0),
    checksOfLaws,
    accounts: world.reference.accountCount,
    stateHash: world.exchange.digest(),
  };
}

function judge(world: World, line: ScenarioLine, broken: readonly string[], withEvents: boolean): LineResult {
  const { log } = world;
  const { file } = line;
  const failures: ReportedFailure[] = [];
  const at = { file, line: line.line, column: 1, subject: 'this line' };
  const isRefusalExpected = line.expectations.some(({ checks }) => checks.some(({ is }) => is === 'refused'));
  if (log.reason !== Reason.accepted && !isRefusalExpected)
    failures.push({ ...at, expected: 'accepted', got: `refused ${REASON_NAMES[log.reason]}`, account: null });
  for (const law of broken) failures.push(lawFailure(file, line.line, law));
  for (const expectation of line.expectations)
    for (const failure of checkExpectation(world, expectation))
      failures.push({
        ...failure,
        account: failure.account === null ? null : explained(world, failure.account),
      });
  return {
    line: line.line,
    text: line.text,
    reason: REASON_NAMES[log.reason],
    commands: log.commands,
    expectations: line.expectations.reduce((sum, { checks }) => sum + checks.length, 0),
    failures,
    notes: log.notes,
    // In small markets everybody is large: alerts are shown to those who ask for them.
    alerts: withEvents || asksForAlerts(line) ? alertsText(world, log.alerts) : [],
    events: withEvents ? eventsText(world, log.events) : [],
  };
}

function lawFailure(file: string, line: number, law: string): ReportedFailure {
  const expected = 'what must always hold';
  return { file, line, column: 1, subject: 'a law', expected, got: law, account: null };
}

function asksForAlerts({ expectations }: ScenarioLine): boolean {
  return expectations.some(({ checks }) => checks.some(({ is }) => is === 'alert'));
}

/** The account's buckets with every number that its levels follow from. */
function explained(world: World, account: number): string {
  const { buckets } = world.report(account);
  return buckets.map((bucket) => bucketText(bucket, world.decimals)).join('\n');
}
