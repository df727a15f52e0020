/** The decision about an order for people: what was asked, what was found, and what became of it. */
import type { FindingDocument } from '../../../io/publish/gate-lines.ts';
import { table, type Paint } from '../../cli/output.ts';
import { findingText } from '../../gate/text.ts';
import type { GateOrderDocument } from './order.ts';

type Told = Readonly<Record<string, unknown>>;

export function gateOrderText(document: GateOrderDocument, paint: Paint): string[] {
  const { order, decision, life, result, hash } = document;
  const { id, kind, account, market, side, type, price, size } = order as Record<string, string | undefined>;
  const what = [side, size, market].filter((word) => word !== undefined).join(' ');
  const limit = price === undefined ? '' : ` at ${price}`;
  const name = id === undefined ? `The ${kind} that was refused` : `Order ${id}`;
  const { accepted, reason, saw, limitsVersion, latencyUs } = decision as {
    accepted: boolean;
    reason: string;
    saw: { sequence: number; stateHash: string };
    limitsVersion: number | null;
    latencyUs: number | null;
  };
  return [
    `${paint('bold', name)}: ${account}, ${what}${type === undefined ? '' : `, ${type}`}${limit}`,
    `  ${momentText(decision)}  ${accepted ? paint('green', 'accepted') : `${paint('red', 'refused')}: ${reason}`}`,
    ...findingsText(decision, paint),
    '',
    ...table([
      ['state it saw', `sequence ${saw.sequence}, state hash ${saw.stateHash}`],
      ['limits', limitsVersion === null ? 'none' : `version ${limitsVersion}`],
      ['durable after', latencyUs === null ? 'not known' : `${latencyUs} us`],
    ]),
    ...(life.length === 0 ? [] : ['']),
    ...life.flatMap((one) => [`  ${momentText(one)}  ${lifeText(one)}`, ...findingsText(one, paint)]),
    ...(result === null
      ? []
      : [
          '',
          `  filled ${show(result['filled'])} of ${size}; it ${result['works'] === true ? 'works' : 'works no longer'}`,
        ]),
    '',
    `  ${hash}`,
  ];
}

function findingsText(one: Told, paint: Paint): string[] {
  const findings = (one['findings'] ?? []) as readonly FindingDocument[];
  const notices = (one['notices'] ?? []) as readonly Told[];
  return [
    ...findings.map((finding) => `    ${findingText(finding, paint)}`),
    ...notices.map((notice) => `    ${paint('yellow', show(notice['notice']))}`),
  ];
}

function lifeText(one: Told): string {
  const refused = one['reason'] === 'accepted' ? '' : `, refused: ${show(one['reason'])}`;
  switch (one['event']) {
    case 'execution':
      return `executed ${show(one['size'])} at ${show(one['price'])} in trade ${show(one['trade'])}, fee ${show(one['fee'])}${refused}`;
    case 'replace':
      return `to be replaced by ${show(one['size'])}${one['price'] === undefined ? '' : ` at ${show(one['price'])}`}${refused}`;
    case 'confirm':
      return `${one['taken'] === true ? 'the replace was taken' : 'the replace was not taken'}${refused}`;
    default:
      return `${one['event'] === 'cancel' ? 'to be cancelled' : 'done'}${refused}`;
  }
}

function momentText(one: Told): string {
  return `${show(one['time'])} (sequence ${show(one['sequence'])})`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
