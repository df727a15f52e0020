/** Decisions, tallies and comparisons for people. */
import { grouped, table, type Paint } from '../cli/output.ts';
import type { FindingDocument } from '../../io/publish/gate-lines.ts';
import type { TallyDocument } from './tally.ts';
import type { Outcomes, WhatIf } from './what-if.ts';

type Told = Readonly<Record<string, unknown>>;

/** A decision or the answer to another command. */
export function decisionText(told: Told, paint: Paint): string[] {
  const {
    account,
    market,
    accepted,
    reason,
    order,
    findings = [],
  } = told as {
    account?: string;
    market?: string;
    accepted?: boolean;
    reason: string;
    order?: number;
    findings?: readonly FindingDocument[];
  };
  const isAccepted = accepted ?? reason === 'accepted';
  const what = isAccepted ? paint('green', 'accepted') : `${paint('red', 'refused')}: ${reason}`;
  const where = account === undefined ? '' : ` (${account}${market === undefined ? '' : `, ${market}`})`;
  const id = isAccepted && order !== undefined ? `, order ${order}` : '';
  return [`${what}${id}${where}`, ...findings.map((finding) => `  ${findingText(finding, paint)}`)];
}

export function findingText(
  { check, hard, limit, allowed, value, unit, scope }: FindingDocument,
  paint: Paint,
): string {
  const word = hard ? paint('red', 'refuses') : paint('yellow', 'warns  ');
  const name = limit === undefined || limit === check ? '' : ` (${limit})`;
  const amount =
    value === undefined
      ? allowed === undefined
        ? ''
        : `: ${allowed} ${unit}`
      : `: ${value} ${unit}${allowed === undefined ? '' : `, allowed ${allowed}`}`;
  return `${word} ${check}${name}${amount}, of the ${scope === 'account' ? 'account' : scope}`;
}

export function tallyText(tally: TallyDocument, paint: Paint): string[] {
  const { commands, refusedCommands, orders, accepted, refused, reasons, found, notices, limitsLeftOut } =
    tally;
  return [
    `${paint('bold', grouped(orders))} orders in ${grouped(commands)} commands: ${grouped(accepted)} accepted, ${grouped(refused)} refused`,
    ...(refusedCommands === 0 ? [] : [`  ${grouped(refusedCommands)} other commands were refused`]),
    ...(limitsLeftOut === 0
      ? []
      : [`  ${grouped(limitsLeftOut)} limits in the file were left out for those that were given`]),
    ...section(
      'refused for',
      Object.entries(reasons).map(([name, count]) => [name, grouped(count)]),
    ),
    ...section(
      'found by',
      Object.entries(found).map(([name, { hard, soft }]) => [
        name,
        `${grouped(hard)} refused, ${grouped(soft)} warned`,
      ]),
    ),
    ...section(
      'notices',
      Object.entries(notices).map(([name, count]) => [name, grouped(count)]),
    ),
  ];
}

export function whatIfText(found: WhatIf, paint: Paint): string[] {
  const { from, to, commands, orders, before, after, newlyRefused, newlyAccepted, tradesLeftOut, differing } =
    found;
  if (from === null) return ['There is nothing in the journal in that time.'];
  return [
    `${paint('bold', grouped(orders))} orders in ${grouped(commands)} commands, ${from} to ${to}`,
    '',
    ...table([
      ['as it was', outcomesText(before)],
      ['with these limits', outcomesText(after)],
      ['newly refused', newlyRefused === 0 ? '0' : paint('red', grouped(newlyRefused))],
      ['newly accepted', newlyAccepted === 0 ? '0' : paint('yellow', grouped(newlyAccepted))],
      ...(tradesLeftOut === 0
        ? []
        : [
            ['trades left out', `${grouped(tradesLeftOut)}, of orders that would have been refused`] as const,
          ]),
    ]),
    ...differing.flatMap((one) => {
      const {
        sequence,
        time,
        kind,
        account,
        market,
        before: was,
        after: is,
      } = one as Record<string, Told & string>;
      return [
        '',
        `  ${time} (sequence ${sequence}): ${kind} of ${account} in ${market}, ${verdict(was)} before, ${verdict(is)} now`,
        ...(is['findings'] as readonly FindingDocument[]).map(
          (finding) => `    ${findingText(finding, paint)}`,
        ),
      ];
    }),
  ];
}

export function outcomesText({ accepted, refused, warned, reasons }: Outcomes): string {
  const why = Object.entries(reasons).map(([name, count]) => `${name} ${grouped(count)}`);
  return `${grouped(accepted)} accepted (${grouped(warned)} warned), ${grouped(refused)} refused${why.length === 0 ? '' : `: ${why.join(', ')}`}`;
}

function verdict({ accepted, reason }: Told): string {
  return accepted === true ? 'accepted' : `refused (${String(reason)})`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ['', `  ${title}`, ...table(rows, '    ')];
}
