/** What became of many orders, counted from their answers. */
interface Decision {
  readonly event: string;
  readonly line: number;
  readonly accepted?: boolean;
  readonly reason: string;
  readonly findings?: readonly { readonly check: string; readonly hard: boolean }[];
}

export interface TallyDocument {
  readonly commands: number;
  readonly refusedCommands: number;
  readonly orders: number;
  readonly accepted: number;
  readonly refused: number;
  /** Refused orders by their first reason, and how often each check found something, hard and soft. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly found: Readonly<Record<string, { readonly hard: number; readonly soft: number }>>;
  readonly notices: Readonly<Record<string, number>>;
  /** Decisions of the first orders that were refused. */
  readonly refusals: readonly unknown[];
  readonly limitsLeftOut: number;
}

const SHOWN_MAX = 20;

export class Tally {
  /** Commands of kind `limits` that others took the place of. */
  limitsLeftOut = 0;
  #commands = 0;
  #refusedCommands = 0;
  #accepted = 0;
  #refused = 0;
  readonly #reasons: Record<string, number> = {};
  readonly #found: Record<string, { hard: number; soft: number }> = {};
  readonly #notices: Record<string, number> = {};
  readonly #refusals: unknown[] = [];

  /** The lines that answered one command. */
  add(answer: string): void {
    const [first, ...notices] = answer.trimEnd().split('\n');
    const { event: _event, ...told } = JSON.parse(first) as Decision;
    const { accepted, reason, findings = [] } = told;
    this.#commands++;
    for (const notice of notices) bump(this.#notices, (JSON.parse(notice) as { notice: string }).notice);
    if (accepted === undefined) {
      if (reason !== 'accepted') this.#refusedCommands++;
      return;
    }
    for (const { check, hard } of findings) {
      const found = (this.#found[check] ??= { hard: 0, soft: 0 });
      if (hard) found.hard++;
      else found.soft++;
    }
    if (accepted) {
      this.#accepted++;
      return;
    }
    this.#refused++;
    bump(this.#reasons, reason);
    if (this.#refusals.length < SHOWN_MAX) this.#refusals.push(told);
  }

  document(): TallyDocument {
    return {
      commands: this.#commands,
      refusedCommands: this.#refusedCommands,
      orders: this.#accepted + this.#refused,
      accepted: this.#accepted,
      refused: this.#refused,
      reasons: this.#reasons,
      found: this.#found,
      notices: this.#notices,
      refusals: this.#refusals,
      limitsLeftOut: this.limitsLeftOut,
    };
  }
}

function bump(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
