import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../core/admission/gate.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { GATE_KIND_NAMES, GateKind } from '../../core/schema/gate-commands.ts';
import { LIMIT_NAMES, LIMIT_UNITS, LimitUnit } from '../../core/schema/gate-limits.ts';
import { NOTICE_KIND_NAMES } from '../../core/schema/gate-notices.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { FRAME_BYTES_MAX, PROTOCOL_VERSION, Refusal } from '../gate/protocol.ts';
import { parseLimits } from '../gate/limits-file.ts';
import { decodeGateLine } from '../ingest/file/gate-decode.ts';
import { Registry } from '../ingest/file/registry.ts';
import { answerLine } from './answer-lines.ts';
import { decisionLine, gateCommandName, noticeLine } from './gate-lines.ts';

const page = readFileSync(new URL('../../../docs/reference/gate.md', import.meta.url), 'utf8');
/** Lines of JSON in the page, with the heading they stand under. */
const examples = page.split(/^##+ /m).flatMap((section) => {
  const heading = section.slice(0, section.indexOf('\n'));
  return [...section.matchAll(/^\{"(?:kind|sequence)":.*\}$/gm)].map(([line]) => ({ heading, line }));
});
const commands = examples.filter(({ line }) => line.startsWith('{"kind"'));
const said = examples.filter(({ line }) => line.startsWith('{"sequence"'));

/** Everything that the page's commands cause, and what became of each. */
function played(): {
  lines: Set<string>;
  reasons: { heading: string; reason: string }[];
  registry: Registry;
} {
  const gate = new Gate();
  const registry = new Registry();
  const lines = new Set<string>();
  const reasons: { heading: string; reason: string }[] = [];
  const marketOf = (account: number, order: number, clientId: number): never | null => {
    const { orders } = gate.state.reservations;
    const row = order === 0 ? orders.findClient(account, clientId) : orders.find(order);
    return row < 0 ? null : (gate.state.holdings.exposures.market(orders.exposure(row)) as never);
  };
  for (const [at, { heading, line }] of commands.entries()) {
    const command = decodeGateLine(line, registry, 0 as TimeUs, marketOf);
    const market =
      command.kind === GateKind.enter
        ? command.market
        : command.kind === GateKind.replace
          ? marketOf(command.account, command.order, command.clientId)
          : null;
    const reason = gate.apply(command);
    if (reason === Reason.accepted) registry.learn(command);
    const { sequence, timeUs } = gate;
    if (command.kind === GateKind.enter || command.kind === GateKind.replace)
      lines.add(decisionLine(command, market, gate.decision, sequence, timeUs, at + 1, registry));
    else lines.add(answerLine(gateCommandName(command.kind), reason, sequence, timeUs, at + 1));
    for (const notice of gate.notices) lines.add(noticeLine(notice, sequence, timeUs, registry));
    reasons.push({ heading, reason: REASON_NAMES[reason] });
  }
  return { lines, reasons, registry };
}

describe('docs/reference/gate.md', () => {
  it('has an example of every command and every notice under its own heading', () => {
    const kinds = commands.filter(({ heading, line }) => line.startsWith(`{"kind":"${heading}"`));
    expect(new Set(kinds.map(({ heading }) => heading))).toEqual(new Set(GATE_KIND_NAMES));
    const notices = said.flatMap(({ line }) => (JSON.parse(line) as { notice?: string }).notice ?? []);
    expect(new Set(notices)).toEqual(new Set(NOTICE_KIND_NAMES));
  });

  it('has commands that are taken, but for those that show refusals', () => {
    const refused = played().reasons.filter(({ reason }) => reason !== 'accepted');
    expect(refused).toEqual([
      { heading: 'Answers', reason: 'order_size' },
      { heading: 'Notices', reason: 'parent_exceeded' },
    ]);
  });

  it('has answers and notices that these commands cause, to the letter', () => {
    const { lines } = played();
    expect(said.filter(({ line }) => !lines.has(line))).toEqual([]);
  });

  it('calls a halt an alarm where a rule set it, and not where a person did', () => {
    const halts = [...played().lines].filter((line) => line.includes('"notice":"halted"'));
    expect(halts.map((line) => [line.includes('"cause":"person"'), line.includes('"alarm":true')])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('has every limit with its unit', () => {
    const section = page.slice(page.indexOf('## A file of limits'), page.indexOf('## The socket'));
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, unit]) => [name, unit]);
    const units = ['size', 'money', 'share', 'time', 'count', 'flag'];
    expect(rows).toEqual(LIMIT_NAMES.map((name, at) => [name, units[LIMIT_UNITS[at]]]));
    expect(LimitUnit.flag).toBe(units.length - 1);
  });

  it('has a file of limits that reads', () => {
    const [, text] = /```json\n(\{\n[^]*?\n\})\n```/.exec(page)!;
    expect(parseLimits(text, 'page', played().registry, 0 as TimeUs).sets).toHaveLength(6);
  });

  it('has the refusals and the bounds of the socket', () => {
    const section = page.slice(page.indexOf('## The socket'), page.indexOf('## HTTP'));
    const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(Refusal));
    expect(section).toContain(`version ${PROTOCOL_VERSION}`);
    expect(section).toContain(`${FRAME_BYTES_MAX / 2 ** 20} MiB`);
  });
});
