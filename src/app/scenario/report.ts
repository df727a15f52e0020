/** What scenarios come to, as JSON and as text. */
import { grouped, type Paint } from '../cli/output.ts';
import type { ReportedFailure, ScenarioResult } from './run.ts';

/** Columns for the statement; a longer one is cut off. */
const STATEMENT_WIDTH = 96;

export function scenariosDocument(results: readonly ScenarioResult[]): Record<string, unknown> {
  return {
    ok: results.every(({ ok }) => ok),
    passed: results.filter(({ ok }) => ok).length,
    failed: results.filter(({ ok }) => !ok).length,
    scenarios: results.map(({ lines, ...result }) => ({
      ...result,
      notes: lines.flatMap(({ line, notes }) => notes.map((note) => ({ line, note }))),
      alerts: lines.flatMap(({ line, alerts }) => alerts.map((alert) => ({ line, alert }))),
      failures: lines.flatMap(({ failures }) => failures),
      lines: lines.map(({ line, text, reason, commands, expectations, failures, events }) => ({
        line,
        text,
        reason,
        commands,
        expectations,
        ok: failures.length === 0,
        ...(events.length === 0 ? {} : { events }),
      })),
    })),
  };
}

/** One line a scenario that passed; of one that failed, or where everything is wanted, its lines. */
export function scenarioText(result: ScenarioResult, isWhole: boolean, paint: Paint): string[] {
  const { rule, sentence, ok, lines, file, commands, expectations, checksOfLaws, accounts } = result;
  const mark = ok ? paint('green', 'ok    ') : paint('red', 'FAILED');
  const head = `${mark} ${paint('bold', rule)}  ${sentence}`;
  if (ok && !isWhole) return [head];
  const shown = lines.flatMap((line) => {
    const failed = line.failures.length > 0;
    const sign = failed ? paint('red', 'x') : line.expectations > 0 ? paint('green', '+') : ' ';
    const refused = line.reason === 'accepted' ? '' : paint('yellow', `  refused ${line.reason}`);
    return [
      `  ${sign} ${String(line.line).padStart(4)}  ${cut(line.text)}${refused}`,
      ...line.notes.map((note) => paint('dim', `          ${note}`)),
      ...line.events.map((event) => paint('dim', `          ${event}`)),
      ...line.alerts.map((alert) => paint('yellow', `          alert ${alert}`)),
      ...line.failures.flatMap((failure) => failureText(failure, paint)),
    ];
  });
  const counts = `${grouped(accounts)} accounts, ${grouped(commands)} commands, ${grouped(expectations)} expectations, laws checked ${grouped(checksOfLaws)} times`;
  return [head, paint('dim', `  ${file}: ${counts}`), ...shown];
}

export function summaryText(results: readonly ScenarioResult[], paint: Paint): string {
  const failed = results.filter(({ ok }) => !ok).length;
  const passed = results.length - failed;
  const commands = results.reduce((sum, result) => sum + result.commands, 0);
  const expectations = results.reduce((sum, result) => sum + result.expectations, 0);
  const counts = `${grouped(passed)} passed, ${grouped(failed)} failed`;
  return `${paint(failed === 0 ? 'green' : 'red', counts)}: ${grouped(expectations)} expectations after ${grouped(commands)} commands`;
}

function failureText(failure: ReportedFailure, paint: Paint): string[] {
  const { file, line, column, subject, expected, got, account } = failure;
  return [
    paint('red', `          ${file}:${line}:${column}: ${subject}`),
    `            expected  ${expected}`,
    `            got       ${got}`,
    ...(account === null ? [] : account.split('\n').map((text) => paint('dim', `            ${text}`))),
  ];
}

function cut(text: string): string {
  return text.length <= STATEMENT_WIDTH ? text : `${text.slice(0, STATEMENT_WIDTH - 1)}…`;
}
