#!/usr/bin/env node
/**
 * The command line: finds the command, loads that one and no other, and turns whatever goes wrong into one message and
 * one exit code. What the commands do stands in `commands/`, a file each; they meet in the table below and nowhere else.
 */
import { CommanderError, Command } from 'commander';
import { didYouMean } from '../io/ingest/nearest.ts';
import { reportError, usageError } from './cli/errors.ts';
import { askForLargePages } from './cli/large-pages.ts';
import { readVersion } from './cli/version.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** It keeps books of accounts in memory. */
  readonly isLarge?: true;
  /** The module exports `command()`, which makes the commander command. */
  readonly load: () => Promise<{ readonly command: () => Command }>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    isLarge: true,
    summary: 'an exchange that lives, and its page: who is close to liquidation, and why',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'replay',
    isLarge: true,
    summary: 'recorded prices or commands through the engine, checked if you want',
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'exchange',
    isLarge: true,
    summary: 'a perpetual-futures venue: commands in as lines, events out as lines',
    load: () => import('./commands/exchange.ts'),
  },
  {
    name: 'gate',
    isLarge: true,
    summary: 'pre-trade checks: may this order be sent, and if not, for which reasons',
    load: () => import('./commands/gate.ts'),
  },
  {
    name: 'prices',
    summary: 'index, mark, funding and their quality, from live venues or recordings',
    load: () => import('./commands/prices.ts'),
  },
  {
    name: 'explain',
    summary: 'why an account was liquidatable, to the last unit, from the journal',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'margin',
    summary: 'a margin calculator: JSON in, JSON out',
    load: () => import('./commands/margin.ts'),
  },
  {
    name: 'scenario',
    summary: 'acceptance tests in words and real incidents, on the exchange',
    load: () => import('./commands/scenario.ts'),
  },
  {
    name: 'key',
    summary: 'keys that open the API of an exchange: made, listed, revoked',
    load: () => import('./commands/key.ts'),
  },
  {
    name: 'verify-log',
    summary: 'every record, snapshot and hash of a data directory, checked',
    load: () => import('./commands/verify-log.ts'),
  },
  {
    name: 'bench',
    isLarge: true,
    summary: 'how fast it is on this machine, with thresholds that must hold',
    load: () => import('./commands/bench.ts'),
  },
];

const EXAMPLES = `
Examples:
  plimsoll demo
  plimsoll replay capture.gz --accounts 10000 --check
  plimsoll help replay`;

async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    const words =
      argv[0] === 'help' && argv[1] !== undefined && !argv[1].startsWith('-') ? [argv[1], '--help'] : argv;
    const wanted = wantedOf(words);
    if (COMMANDS.some(({ name, isLarge }) => name === wanted && isLarge)) askForLargePages();
    const program = await programFor(wanted, json);
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = reportError(error, json);
  }
}

/** The command's name. Throws where there is none of that name, before the options of no command are complained about. */
function wantedOf(words: readonly string[]): string | undefined {
  const wanted = words.find((word) => !word.startsWith('-'));
  const names = COMMANDS.map(({ name }) => name);
  if (wanted === undefined || wanted === 'help' || names.includes(wanted)) return wanted;
  throw usageError(
    `unknown command ${wanted}${didYouMean(wanted, names) || `; commands are ${names.join(', ')}`}`,
    { field: 'command', value: wanted },
  );
}

/** All commands by name, so that help lists them and typos find them, but only `wanted` with its code. */
async function programFor(wanted: string | undefined, json: boolean): Promise<Command> {
  const program = new Command('plimsoll')
    .description('A real-time risk engine for perpetual futures: every account, at every price, exactly.')
    .version(await readVersion())
    .enablePositionalOptions()
    .helpCommand('help [command]', 'how to use a command')
    .addHelpText('after', EXAMPLES);
  configure(program, json);
  for (const { name, summary, load } of COMMANDS) {
    const command = name === wanted ? (await load()).command() : new Command(name);
    configure(command, json);
    program.addCommand(command.summary(summary));
  }
  return program;
}

/** Errors are thrown to `main`, which prints each once; commander itself prints only help. */
function configure(command: Command, json: boolean): void {
  command.exitOverride().configureOutput({ outputError: () => {} });
  if (json) command.configureOutput({ writeErr: () => {} });
  for (const nested of command.commands) configure(nested, json);
}

await main(process.argv.slice(2));
