/** `plimsoll key`: keys that open an API, made, listed and revoked. */
import { Command, InvalidArgumentError } from 'commander';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SCOPES, type Scope } from '../../io/api/contract/routes.ts';
import { KeyFile, type StoredKey } from '../../io/api/keys.ts';
import { usageError } from '../cli/errors.ts';
import { jsonOption } from '../cli/options.ts';
import { printJson, printLines } from '../cli/output.ts';
import { columnsOf } from '../cli/parts.ts';
import { didYouMean } from '../../io/ingest/nearest.ts';

const HELP = `
A key is shown once, when it is made: the file has its hash alone. A server that is running takes notice of new and of revoked keys within a
second. As soon as there is one, every call needs one.

Scopes: read; trade (orders, deposits, withdrawals); operate (states of markets, the demo's crash). A key has those that it is given and
no others.

Exit code: 0 done; 2 usage, no such key, or a file that is no file of keys.

Examples:
  plimsoll key create --data venue --name desk --scopes read,trade
  plimsoll key list --data venue
  plimsoll key revoke 0123456789ab --keys keys.json
`;

interface Place {
  readonly data?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export function command(): Command {
  const create = placed(new Command('create').description('Makes a key and shows it, once.'))
    .requiredOption('--name <name>', 'whose it is, for the list and the audit record')
    .requiredOption('--scopes <list>', 'what it may do: read,trade,operate', scopesOf)
    .action(createKey);
  const list = placed(new Command('list').description('All keys, the revoked ones too.')).action(listKeys);
  const revoke = placed(new Command('revoke').description('Takes a key out of use.'))
    .argument('<id>', 'as the list has it')
    .action(revokeKey);
  return new Command('key')
    .description('Keys for the API: made, listed, revoked.')
    .addCommand(create)
    .addCommand(list)
    .addCommand(revoke)
    .addHelpText('after', HELP);
}

function placed(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the exchange: its keys are in keys.json there')
    .option('--keys <file>', 'the file of keys, where it is elsewhere')
    .addOption(jsonOption())
    .addHelpText('after', HELP);
}

function createKey({
  name,
  scopes,
  ...place
}: Place & { readonly name: string; readonly scopes: Scope[] }): void {
  const path = pathOf(place);
  mkdirSync(dirname(path), { recursive: true });
  const { key, text } = new KeyFile(path).create(name, scopes, new Date());
  if (place.json === true) printJson({ ...shown(key), key: text });
  else
    printLines([
      text,
      `the key of ${name} (${key.id}), for ${scopes.join(', ')}. It is not shown again; ${path} has its hash`,
    ]);
}

function listKeys(place: Place): void {
  const { all } = new KeyFile(pathOf(place));
  if (place.json === true) printJson({ keys: all.map(shown) });
  else if (all.length === 0) printLines(['no keys']);
  else
    printLines(
      columnsOf(
        all.map(({ id, name, scopes, createdAt, revokedAt }) => [
          id,
          name,
          scopes.join(','),
          createdAt,
          revokedAt === null ? 'in force' : `revoked ${revokedAt}`,
        ]),
        ['left', 'left', 'left', 'left', 'left'],
      ).map((parts) => parts.join('')),
    );
}

function revokeKey(id: string, place: Place): void {
  const keys = new KeyFile(pathOf(place));
  const revoked = keys.revoke(id, new Date());
  if (revoked === null) {
    const known = keys.all.filter(({ revokedAt }) => revokedAt === null).map((key) => key.id);
    throw usageError(`there is no key ${id} in force${didYouMean(id, known)}`, { field: 'id', value: id });
  }
  if (place.json === true) printJson(shown(revoked));
  else printLines([`${revoked.name} (${revoked.id}) is revoked`]);
}

/** All but the hash. */
function shown({ id, name, scopes, createdAt, revokedAt }: StoredKey): Omit<StoredKey, 'hash'> {
  return { id, name, scopes, createdAt, revokedAt };
}

function pathOf({ data, keys }: Place): string {
  if ((data === undefined) === (keys === undefined))
    throw usageError('say where the keys are: --data DIR of an exchange, or --keys FILE', {
      field: '--keys',
    });
  return keys ?? join(data!, 'keys.json');
}

function scopesOf(text: string): Scope[] {
  const scopes = text.split(',').map((word) => word.trim());
  for (const scope of scopes)
    if (!(SCOPES as readonly string[]).includes(scope))
      throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}, with commas between them.`);
  return [...new Set(scopes)] as Scope[];
}
