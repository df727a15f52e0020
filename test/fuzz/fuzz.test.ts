/** The fuzz itself: it must find what is there to be found, and its books must reach the places that matter. */
import { expect, it } from 'vitest';
import { Kind, type Command } from '../../src/core/schema/commands.ts';
import type { Decision, Standing } from '../../src/core/schema/events.ts';
import { Verdict } from '../../src/core/schema/quality.ts';
import { Reason, REASON_NAMES } from '../../src/core/schema/reasons.ts';
import { Reference } from '../../src/reference/reference.ts';
import { STYLES, styleOf } from './books.ts';
import { emptyTally, playBook, type Subject } from './compare.ts';
import { describeFailure, shrink } from './shrink.ts';

/** From here on reasons are what only an exchange says. */
const EXCHANGE_REASONS = 64;

class Honest implements Subject {
  readonly reference = new Reference();

  apply(command: Command): Decision {
    return this.reference.apply(command);
  }

  digest(): string {
    return this.reference.digest();
  }

  tidy(): number {
    return 0;
  }

  standing(): Standing[] {
    return this.reference.standing();
  }

  get verdicts(): Subject['verdicts'] {
    const standing = this.standing();
    const heldCount = standing.filter(({ verdict }) => verdict === Verdict.held).length;
    return { heldCount, actionableCount: standing.length - heldCount };
  }
}

/** Calls every backstop level liquidatable. */
class Mild extends Honest {
  override apply(command: Command): Decision {
    const decision = super.apply(command);
    return { ...decision, levels: decision.levels.filter(({ to }) => to !== 5) };
  }
}

/** Takes deposits twice. */
class Generous extends Honest {
  override apply(command: Command): Decision {
    const isDeposit = command.kind === Kind.transfer && command.amount > 0;
    return super.apply(isDeposit ? ({ ...command, amount: command.amount * 2 } as Command) : command);
  }
}

it('agrees with itself, through every style, every reason and many level changes', () => {
  const tally = emptyTally();
  const styles = new Set<string>();
  for (let seed = 0; seed < 512; seed++) {
    styles.add(styleOf(seed));
    expect(playBook(seed, () => new Honest(), tally)).toBeNull();
  }
  expect([...styles].sort()).toEqual([...STYLES].sort());
  const missing = REASON_NAMES.filter(
    (name) => Reason[name] < EXCHANGE_REASONS && !tally.reasons.has(Reason[name]),
  );
  expect(missing).toEqual([]);
  expect(tally.levelChanges / tally.commands).toBeGreaterThan(0.2);
  expect(tally.verdictChanges / tally.commands).toBeGreaterThan(0.2);
  expect(tally.emergencies / tally.commands).toBeGreaterThan(0.001);
  expect(tally.reasons.get(Reason.accepted)! / tally.commands).toBeGreaterThan(0.8);
});

it.each([
  ['levels', () => new Mild(), 12],
  ['state', () => new Generous(), 12],
])('finds wrong %s and makes the case short', (_, makeSubject, lengthMax) => {
  const failures = Array.from({ length: 40 }, (_, seed) => playBook(seed, makeSubject, emptyTally()));
  const failure = failures.find((found) => found !== null)!;
  const short = shrink(failure, makeSubject);
  expect(short.steps.length).toBeLessThanOrEqual(lengthMax);
  expect(describeFailure(short)).toContain(`seed ${failure.seed}`);
});
