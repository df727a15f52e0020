/** `plimsoll prices`: index, mark, funding and quality from live venues, or from what was recorded of them. */
import { Command } from 'commander';
import { Quarantine } from '../../io/ingest/quarantine.ts';
import { CHECK_FAILED, reportError, usageError } from '../cli/errors.ts';
import { catchInterrupt, INTERRUPTED } from '../cli/interrupt.ts';
import { jsonOption, wholeNumber } from '../cli/options.ts';
import { ProblemPrinter } from '../cli/problems.ts';
import { Progress } from '../cli/progress.ts';
import { MARKETS, marketNamed, SPOT_VENUES, venueNamed, VENUES } from '../prices/catalogue.ts';
import type { BaseUrls } from '../prices/live.ts';
import { pricesOutput } from '../prices/output.ts';
import { RULE_NAMES, ruleNamed } from '../prices/plan.ts';
import { livePrices, replayPrices, type RunContext } from '../prices/run.ts';
import type { PricesStatus } from '../prices/status.ts';

const HELP = `
The index is the weighted median of spot venues, the mark is made of it and the perpetual's own book by the rule of its
venue. With fewer fresh sources than --min-sources a price may be shown and valued, and nothing else.

Venues: ${VENUES.map(({ name }) => name).join(', ')}
Markets: ${MARKETS.map(({ base }) => base).join(', ')}

Files are recordings made with --record, or captures of Binance, or both; their content says which.

Exit code: 0 done; 1 frames could not be used, or no venue was heard; 2 usage; 130 a replay was interrupted.

Examples:
  plimsoll prices --replay capture.gz --min-sources 1
  plimsoll prices --replay capture.gz --every 1 --json
  plimsoll prices --venue binance,hyperliquid --markets BTC,ETH
  plimsoll prices --venue binance --markets BTC --seconds 60 --record recordings`;

interface Flags {
  readonly replay?: string[];
  readonly venue?: string;
  readonly markets?: string;
  readonly index?: string;
  readonly minSources: number;
  readonly rule?: string;
  readonly record?: string;
  readonly quarantine?: string;
  readonly baseUrl?: string[];
  readonly seconds?: number;
  readonly every?: number;
  readonly json?: boolean;
  readonly plain?: boolean;
}

/** Live and in plain lines, where nothing else is said. */
const PLAIN_EVERY_SECONDS = 5;

export function command(): Command {
  return new Command('prices')
    .description('Index, mark, funding and what they may be used for, live or from recordings.')
    .option('--replay <file...>', 'recorded market data instead of live venues')
    .option('--venue <names>', 'live venues, with commas: perpetuals to price, spot as index sources')
    .option('--markets <names>', 'with commas; of a replay all that are in it (default live: BTC,ETH)')
    .option(
      '--index <names>',
      `index sources (default: spot venues of --venue, else all ${SPOT_VENUES.length}); none`,
    )
    .option(
      '--min-sources <n>',
      'fresh sources that a price needs to be good for everything',
      wholeNumber(1, 32),
      3,
    )
    .option('--rule <name>', `mark rule: ${RULE_NAMES.join(', ')} (default: that of the venue)`)
    .option('--record <dir>', 'write down everything that live venues say, to be replayed')
    .option('--quarantine <file>', 'keep frames that cannot be used, as they came, a line of JSON each')
    .option(
      '--base-url <venue=urls...>',
      'another server for a venue: binance=ws://localhost:9000,http://localhost:9000',
    )
    .option('--seconds <n>', 'a live run ends after so many (default: at Ctrl-C)', secondsOf('--seconds'))
    .option('--every <n>', 'prices every so many seconds, a line a market', secondsOf('--every'))
    .option('--plain', 'lines instead of a live screen; the default where stdout is no terminal')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  checkTogether(flags);
  const { replay: files, json = false, plain = false, rule } = flags;
  if (rule !== undefined) ruleNamed(rule, 0);
  const kind = json ? 'json' : plain || !process.stdout.isTTY ? 'plain' : 'screen';
  const everySeconds = flags.every ?? (files === undefined && kind === 'plain' ? PLAIN_EVERY_SECONDS : null);
  const record = flags.record ?? null;
  const isStream = everySeconds !== null;
  const output = pricesOutput({
    kind,
    files: files ?? [],
    record,
    quarantine: flags.quarantine ?? null,
    isStream,
  });
  const choice = { sourcesMin: flags.minSources, rule: rule ?? null, everySeconds };
  const markets =
    flags.markets === undefined ? null : namesIn(flags.markets).map((name) => marketNamed(name, '--markets'));
  const live =
    files === undefined
      ? {
          ...choice,
          venues: namesIn(flags.venue!).map((name) => venueNamed(name, '--venue')),
          indexVenues: indexVenuesOf(flags.index),
          markets: markets ?? ['BTC', 'ETH'].map((name) => marketNamed(name, '--markets')),
          baseUrls: baseUrlsOf(flags.baseUrl ?? []),
          record,
          seconds: flags.seconds ?? Infinity,
        }
      : null;
  const problems = new ProblemPrinter(new Progress('prices'), json);
  const quarantine = flags.quarantine === undefined ? null : new Quarantine(flags.quarantine);
  const interrupt = catchInterrupt();
  const context: RunContext = {
    output,
    signal: interrupt.signal,
    // On a screen the newest of each sort is shown.
    problem: (problem, whence) => {
      quarantine?.keep(problem, whence);
      if (kind !== 'screen') problems.print(problem);
    },
  };
  try {
    const status =
      live === null
        ? await replayPrices({ ...choice, files: files!, markets }, context)
        : await livePrices(live, context);
    output.end(status);
    problems.end();
    process.exitCode = exitCodeOf(status, interrupt.signal.aborted);
    const failure = quarantine?.failure ?? null;
    if (failure !== null) process.exitCode = Math.max(process.exitCode, reportError(failure, json));
  } finally {
    output.close();
    quarantine?.close();
    interrupt.release();
  }
}

function exitCodeOf({ mode, events, problemCount }: PricesStatus, isInterrupted: boolean): number {
  if (mode === 'replay' && isInterrupted) return INTERRUPTED;
  return problemCount > 0 || (events === 0 && !isInterrupted) ? CHECK_FAILED : 0;
}

function checkTogether({ replay, venue, index, record, baseUrl, seconds, json, plain }: Flags): void {
  if (json === true && plain === true)
    throw usageError('--json and --plain are two forms of the same: choose one', { field: '--plain' });
  if (replay === undefined && venue === undefined)
    throw usageError(
      'say where prices come from: --venue binance,hyperliquid for live ones, or --replay FILE',
      { field: '--venue' },
    );
  if (replay === undefined) return;
  const liveOnly = {
    '--venue': venue,
    '--index': index,
    '--record': record,
    '--base-url': baseUrl,
    '--seconds': seconds,
  };
  for (const [field, value] of Object.entries(liveOnly))
    if (value !== undefined)
      throw usageError(`${field} is for live venues and does not go with --replay`, { field, value });
}

function indexVenuesOf(text: string | undefined): ReturnType<typeof venueNamed>[] | null {
  if (text === undefined) return null;
  if (text === 'none') return [];
  return namesIn(text).map((name) => {
    const venue = venueNamed(name, '--index');
    if (!venue.isPerpetual) return venue;
    throw usageError(
      `${name} is a venue of perpetuals; an index is made of spot: ${SPOT_VENUES.join(', ')}`,
      {
        field: '--index',
        value: name,
      },
    );
  });
}

/** `binance=ws://host:1,http://host:2`; either may be left out. */
function baseUrlsOf(texts: readonly string[]): Map<string, BaseUrls> {
  const urls = new Map<string, BaseUrls>();
  for (const text of texts) {
    const [venue, rest = ''] = text.split('=', 2);
    let socket: string | null = null;
    let http: string | null = null;
    for (const url of rest.split(',')) {
      if (/^wss?:\/\/[^/\s]+\/?$/.test(url)) socket = url;
      else if (/^https?:\/\/[^/\s]+\/?$/.test(url)) http = url;
      else
        throw usageError(
          `--base-url is VENUE=URL or VENUE=URL,URL with ws:// or wss://, and http:// or https://, without a path; not ${text}`,
          { field: '--base-url', value: text },
        );
    }
    urls.set(venueNamed(venue, '--base-url').name, { socket, http });
  }
  return urls;
}

function namesIn(text: string): string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))];
}

function secondsOf(option: string): (text: string) => number {
  return (text) => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (number > 0) return number;
    throw usageError(`${option} is a number above 0, not ${text}`, { field: option, value: text });
  };
}
