/**
 * What is longer ago than is remembered, explained from the journal: by a thread of its own, which goes through the records as `plimsoll explain`
 * does, and reads them only. One question at a time and only so many that wait, because each costs a core and the memory of an exchange.
 */
import { Worker } from 'node:worker_threads';
import type { Explanation } from '../../../io/api/contract/explain.ts';
import { ApiProblem } from '../../../io/api/problem.ts';
import type { PastAnswer, PastQuestion, PastWork } from './question.ts';

const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('./worker.ts', import.meta.url)
  : new URL('./worker.js', import.meta.url);
const WAITING_MAX = 8;
const ANSWER_MS = 60_000;

export class Past {
  readonly #directory: string;
  readonly #answerMs: number;
  /** By what is asked: who asks the same waits for the same. */
  readonly #asked = new Map<string, Promise<Explanation>>();
  #last: Promise<unknown> = Promise.resolve();
  #worker: Worker | null = null;
  #isOver = false;

  constructor(directory: string, answerMs = ANSWER_MS) {
    this.#directory = directory;
    this.#answerMs = answerMs;
  }

  /** Throws an `ApiProblem`: nothing of that kind in the journal either, too much is asked, or it takes too long. */
  explain(question: PastQuestion): Promise<Explanation> {
    const key = JSON.stringify(question);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    if (this.#isOver) throw new ApiProblem('API_UNAVAILABLE', 'the exchange is being stopped');
    if (this.#asked.size >= WAITING_MAX)
      throw new ApiProblem(
        'API_BUSY',
        `${WAITING_MAX} questions to the journal are waiting for their answer: ask again in a while`,
      );
    const answer = this.#last.then(() => this.#answer(question));
    this.#asked.set(key, answer);
    const settled = (): void => void this.#asked.delete(key);
    this.#last = answer.then(settled, settled);
    return answer;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#worker?.terminate();
    await this.#last;
  }

  async #answer(question: PastQuestion): Promise<Explanation> {
    if (this.#isOver) throw new ApiProblem('API_UNAVAILABLE', 'the exchange is being stopped');
    const work: PastWork = { directory: this.#directory, question };
    const worker = new Worker(WORKER, { workerData: work });
    this.#worker = worker;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      void worker.terminate();
    }, this.#answerMs);
    try {
      const told = await new Promise<PastAnswer | null>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', () => resolve(null));
      });
      if (told === null) throw isLate ? this.#tooLong(question) : stopped();
      return this.#explanation(question, told);
    } finally {
      clearTimeout(timer);
      this.#worker = null;
      await worker.terminate();
    }
  }

  #explanation(question: PastQuestion, told: PastAnswer): Explanation {
    const id = idOf(question);
    if (told.document !== null)
      return { about: question.about, id, source: 'journal', document: told.document };
    const { code, message, fields, stack } = told;
    if (code !== null && NOT_THERE.has(code)) {
      const { field } = fields as { field?: string };
      throw new ApiProblem('API_NOT_FOUND', message, { field: field ?? question.about, value: id });
    }
    throw Object.assign(new Error(message), { stack });
  }

  #tooLong(question: PastQuestion): ApiProblem {
    return new ApiProblem(
      'API_BUSY',
      `the journal was not gone through in ${this.#answerMs / 1000} s: plimsoll explain ${question.about} ${idOf(question)} --data ${this.#directory} takes the time that it takes`,
    );
  }
}

/** What is not in the journal, or not in what is left of it. */
const NOT_THERE: ReadonlySet<string> = new Set([
  'EXPLAIN_ID',
  'EXPLAIN_ACCOUNT',
  'EXPLAIN_SEQUENCE',
  'EXPLAIN_PRUNED',
]);

function idOf(question: PastQuestion): string {
  return question.about === 'account' ? question.account : String(question.id);
}

function stopped(): ApiProblem {
  return new ApiProblem('API_UNAVAILABLE', 'the exchange is being stopped');
}
