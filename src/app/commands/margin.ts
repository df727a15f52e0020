/** `plimsoll margin`: the calculator on the command line. JSON in, JSON out, whatever stdout is. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { calculate } from '../../core/calculator/calculate.ts';
import { parseCalculatorInput } from '../../core/calculator/parse-input.ts';
import { errnoOf, OperationalError } from '../../io/operational-error.ts';
import { jsonOption } from '../cli/options.ts';
import { printJson } from '../cli/output.ts';

const HELP = `
Reads one account with its markets and prints, for each margin bucket, equity, margins, excess, health, and each
position's liquidation and bankruptcy price. Decimals are strings. docs/reference/margin.md lists every field.

Examples:
  plimsoll margin account.json
  echo '{"markets":{"BTCUSDT":{"mark":"30000","tick":"0.1","lot":"0.001","tiers":[{"floor":"0","mmr":"0.004"}]}},"account":{"collateral":"1000","positions":[{"market":"BTCUSDT","size":"0.1","entryPrice":"50000"}]}}' | plimsoll margin
`;

export function command(): Command {
  return new Command('margin')
    .description('A margin calculator: JSON in, JSON out.')
    .argument('[file]', 'JSON, or - for standard input', '-')
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(async (file: string) => {
      const name = file === '-' ? '<stdin>' : file;
      if (file === '-' && process.stdin.isTTY)
        process.stderr.write(
          'Reading JSON from the terminal; Ctrl-D ends it, plimsoll margin --help shows an example.\n',
        );
      const parsed = parseCalculatorInput(parseJson(await read(file, name), name));
      if (!parsed.ok) {
        const { code, message, field, value } = parsed.error;
        throw new OperationalError(code, `${name}: ${message}`, { file: name, field, value });
      }
      printJson(calculate(parsed.input));
    });
}

async function read(file: string, name: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new OperationalError(
      'INPUT_UNREADABLE',
      `${name} cannot be read (${errnoOf(cause)}). Check the path and its permissions`,
      { file: name, errno: errnoOf(cause) },
      cause,
    );
  }
}

function parseJson(json: string, name: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (cause) {
    const { message } = cause as Error;
    // V8 says where, except where the text simply ends.
    const line = Number(/line (\d+)/.exec(message)?.[1] ?? json.trimEnd().split('\n').length);
    const value = json.split('\n')[line - 1]?.trim().slice(0, 120) ?? '';
    throw new OperationalError(
      'INPUT_JSON',
      `${name}:${line}: malformed JSON: ${message}. Correct that line; decimals are strings, such as "0.1"`,
      { file: name, line, value },
      cause,
    );
  }
}
