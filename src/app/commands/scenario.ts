/** `plimsoll scenario`: acceptance tests in words, and incidents, on the exchange. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { CHECK_FAILED, usageError } from '../cli/errors.ts';
import { jsonOption } from '../cli/options.ts';
import { paintFor, printJson, printLines, table } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { findIncident, INCIDENT_PREFIX, listIncidents, readIncident } from '../scenario/incidents.ts';
import { parseScenario } from '../scenario/parse.ts';
import { scenariosDocument, scenarioText, summaryText } from '../scenario/report.ts';
import { runScenario, type ScenarioResult } from '../scenario/run.ts';

const HELP = `
A scenario is a text file of one statement a line, with what is expected after it behind a bar. Its first line is a comment with the
rule and the sentence that it shows:

  # LIQ-004  A long is taken over when equity falls under maintenance margin, and not before.
  market  BTC-PERP  tick 0.1  lot 0.001  tiers 50000:0.4%
  deposit long-1  1000
  deposit short-1 1000
  trade   BTC-PERP  long-1 +0.100  short-1 -0.100  at 50000.0
  mark    BTC-PERP  40161.0      | long-1 equity 16.100000  mm 16.064400  open
  mark    BTC-PERP  40160.0      | long-1 equity 16.000000  mm 16.064000  taken_over  bankruptcy 40000.0

After every line money is counted, longs are held against shorts, and the engine against the reference. docs/reference/scenarios.md
has all statements and expectations.

Exit code: 0 all hold; 1 an expectation or a law does not; 2 usage, or a line that cannot be used.

Examples:
  plimsoll scenario --list
  plimsoll scenario incident:s6-eth-whale
  plimsoll scenario incident:s6
  plimsoll scenario liquidation.scenario --events
`;

interface Options {
  readonly list?: boolean;
  readonly events?: boolean;
  readonly json?: boolean;
}

export function command(): Command {
  return new Command('scenario')
    .description('Acceptance tests in words, and real incidents, on the exchange.')
    .argument('[what...]', `scenario files, or ${INCIDENT_PREFIX}NAME or its number; - is standard input`)
    .option('--list', 'the incidents that come with it')
    .option('--events', 'what each line made happen, in words')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (what: string[], { list, events, json }: Options) => {
      if (list === true) {
        if (what.length > 0) throw usageError('--list takes no files', { field: 'what', value: what[0] });
        const incidents = listIncidents();
        if (json === true) printJson({ incidents });
        else
          printLines(
            table(
              incidents.map(({ name, sentence }) => [`${INCIDENT_PREFIX}${name}`, sentence]),
              '',
            ),
          );
        return;
      }
      if (what.length === 0)
        throw usageError(
          `missing required argument 'what': a file, or ${INCIDENT_PREFIX}NAME; --list shows names`,
          {
            field: 'what',
          },
        );
      const paint = paintFor(process.stdout);
      const progress = new Progress('scenario');
      const results: ScenarioResult[] = [];
      try {
        for (const name of what) {
          const scenario = parseScenario(await read(name), name);
          const result = runScenario(scenario, {
            events: events === true,
            progress: (done, total) => progress.show(done, total, () => scenario.rule),
          });
          progress.clear();
          results.push(result);
          if (json !== true) printLines(scenarioText(result, what.length === 1 || events === true, paint));
        }
      } finally {
        progress.clear();
      }
      if (json === true) printJson(scenariosDocument(results));
      else printLines([summaryText(results, paint)]);
      if (results.some(({ ok }) => !ok)) process.exitCode = CHECK_FAILED;
    });
}

async function read(name: string): Promise<string> {
  if (name.startsWith(INCIDENT_PREFIX)) return readIncident(name.slice(INCIDENT_PREFIX.length));
  try {
    return name === '-' ? await text(process.stdin) : await readFile(name, 'utf8');
  } catch (cause) {
    // A file of that name would be meant.
    if (errnoOf(cause) === 'ENOENT' && findIncident(name) !== null) return readIncident(name);
    throw new OperationalError(
      'INPUT_UNREADABLE',
      `${name} cannot be read (${errnoOf(cause)}). Check the path and its permissions; incidents are written ${INCIDENT_PREFIX}NAME`,
      { file: name, errno: errnoOf(cause) },
      cause,
    );
  }
}
