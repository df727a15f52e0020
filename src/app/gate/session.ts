/**
 * Lines into a gate and its answers back out, for whoever sends lines: standard input, files of definitions, a file of limits. Each is answered
 * when it is on disk.
 */
import { REASON_NAMES, Reason } from '../../core/schema/reasons.ts';
import type { TimeUs } from '../../core/num/units.ts';
import { GateKind, type LimitsCommand } from '../../core/schema/gate-commands.ts';
import { limitsDocument, readLimitsFile } from '../../io/gate/limits-file.ts';
import { BadCommand } from '../../io/ingest/file/fields.ts';
import { decodeGateLine } from '../../io/ingest/file/gate-decode.ts';
import { stopAtFirst } from '../../io/ingest/file/read-commands.ts';
import type { LineBatch } from '../../io/ingest/lines.ts';
import { problemAt, type Problem } from '../../io/ingest/problem.ts';
import { OperationalError } from '../../io/operational-error.ts';
import { Outbox, type Reader } from '../exchange/outbox.ts';
import type { GateDesk } from './desk.ts';
import type { DurableGate } from './durable-gate.ts';
import { DEFINITIONS, standingOf } from './standing.ts';

/** Characters of answers that may wait for the disk. */
const WAITING_MAX = 8 << 20;

export class GateSession {
  readonly #durable: DurableGate;
  readonly #desk: GateDesk;
  readonly #outbox = new Outbox();
  readonly #onProblem: (problem: Problem) => void;

  constructor(durable: DurableGate, desk: GateDesk, onProblem: (problem: Problem) => void) {
    this.#durable = durable;
    this.#desk = desk;
    this.#onProblem = onProblem;
    desk.onAcknowledged((sequence) => this.#outbox.release(sequence));
  }

  /** All lines of a batch, in order. Ends early when `signal` says so. */
  async feed({ first, lines }: LineBatch, reader: Reader, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < lines.length; at++) {
      if (lines[at].trim() === '') continue;
      const arrivedMs = performance.now();
      let answer: string | null = null;
      while (answer === null) {
        if (signal.aborted) return;
        answer = this.#desk.applyLine(lines[at], reader.name, first + at, arrivedMs);
        if (answer === null) await this.#desk.ready();
      }
      if (this.#desk.problem !== null) this.#onProblem(this.#desk.problem);
      this.#say(answer, reader);
      if (this.#outbox.waiting > WAITING_MAX) await this.#durable.flush();
      await reader.drained(signal);
    }
  }

  /** Definitions of a file, each of which must be so afterwards. What is so already is left out. */
  async define({ first, lines }: LineBatch, file: string, reader: Reader): Promise<void> {
    for (const [at, text] of lines.entries()) {
      if (text.trim() === '') continue;
      await this.#define(text, file, first + at, reader);
    }
  }

  /** The limits of a file, which must hold or wait afterwards; answers whether they are new. */
  async limit(file: string, reader: Reader): Promise<boolean> {
    const { limits } = this.#durable.gate.state;
    // Their moment is that of the last command: those that come may be of long ago.
    const nowUs = this.#durable.gate.timeUs as TimeUs;
    const body = readLimitsFile(file, this.#desk.registry, nowUs);
    const known = limits.pending ?? limits.active;
    if (known !== null && known.version === body.version) {
      const text = (of: typeof known): string =>
        JSON.stringify({ ...limitsDocument(of, this.#desk.registry), effective: null });
      if (text(known) === text(body)) return false;
      throw limitsOld(file, body.version, limits.version);
    }
    if (body.version !== limits.version + 1) throw limitsOld(file, body.version, limits.version);
    const command: LimitsCommand = { kind: GateKind.limits, timeUs: nowUs, origin: null, ...body };
    const reason = await this.#apply(command, 1, reader);
    if (reason !== Reason.accepted)
      throw new OperationalError(
        'LIMITS_FILE',
        `${file} was refused: ${REASON_NAMES[reason]} (docs/reference/errors.md says what to do)`,
        { file },
      );
    return true;
  }

  /** Resolves when everything that was taken is durable and answered. */
  async settle(): Promise<void> {
    await this.#desk.settle();
    this.#outbox.release(this.#durable.acknowledged);
  }

  async #define(text: string, file: string, line: number, reader: Reader): Promise<void> {
    const { registry, nowUs, marketOfOrder } = this.#desk;
    try {
      const command = decodeGateLine(text, registry, nowUs() as TimeUs, marketOfOrder);
      if (!DEFINITIONS.has(command.kind) || command.origin !== null)
        throw definitionError(
          file,
          line,
          'is no definition, or has an origin: settings, source, market, contract, tiers, account, breaker, instrument, group and member are; all else comes by standard input or a client',
        );
      const standing = standingOf(command, this.#durable.gate);
      if (standing === 'in-force') return;
      if (standing === 'differs')
        throw definitionError(
          file,
          line,
          'differs from what this gate began with, and cannot be changed any more: give the file that it began with, or a new data directory',
        );
      const reason = await this.#apply(command, line, reader);
      if (reason !== Reason.accepted)
        throw definitionError(
          file,
          line,
          `was refused: ${REASON_NAMES[reason]} (docs/reference/errors.md says what to do)`,
        );
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      stopAtFirst(problemAt(error.code, file, line, error.message, error.field, error.value));
    }
  }

  async #apply(
    command: Parameters<GateDesk['applyDecoded']>[0],
    line: number,
    reader: Reader,
  ): Promise<Reason> {
    for (;;) {
      const answer = this.#desk.applyDecoded(command, line, performance.now());
      if (answer !== null) {
        this.#say(answer, reader);
        return this.#desk.reason;
      }
      await this.#desk.ready();
    }
  }

  #say(answer: string, reader: Reader): void {
    this.#outbox.add(this.#desk.sequence, answer, [reader]);
    this.#outbox.release(this.#durable.acknowledged);
  }
}

function definitionError(file: string, line: number, what: string): OperationalError {
  return new OperationalError('DEFINITION_REFUSED', `${file}:${line}: this line ${what}`, { file, line });
}

function limitsOld(file: string, version: number, last: number): OperationalError {
  return new OperationalError(
    'LIMITS_VERSION',
    `${file} is version ${version}, and the last that this gate took is ${last === 0 ? 'none' : `version ${last}, which says something else`}: look at what it would change (plimsoll gate limits diff), and make it version ${last + 1}`,
    { file, field: 'version', value: version, expected: last + 1 },
  );
}
