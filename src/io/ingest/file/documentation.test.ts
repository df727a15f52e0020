import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Engine } from '../../../core/engine/engine.ts';
import { KIND_NAMES, type Command } from '../../../core/schema/commands.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { decodeCommand } from './decode.ts';
import { encodeLine } from './encode.ts';
import { Registry } from './registry.ts';

const page = readFileSync(new URL('../../../../docs/reference/commands.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^### (\w+)\n(?:(?!^### )[^])*?```json\n(.*)\n```/gm)].map(
  ([, heading, line]) => ({ heading, line }),
);

it('every kind has an example under its own heading, which the engine accepts and which survives writing and reading', () => {
  expect(examples.map(({ heading }) => heading).sort()).toEqual(KIND_NAMES.slice(1).sort());
  const registry = new Registry();
  const engine = new Engine();
  for (const { heading, line } of examples) {
    const command: Command = decodeCommand(line, registry);
    expect(KIND_NAMES[command.kind]).toBe(heading);
    const again = encodeLine(command, registry);
    expect(decodeCommand(again, registry)).toEqual(command);
    const decision = engine.apply(command);
    expect([heading, decision.reason, decision.refusals]).toEqual([heading, Reason.accepted, []]);
    registry.learn(command, decision);
  }
  expect(registry.accounts.find('bob')).toBe(1);
});
