import type { Problem } from '../io/api/contract/problem.ts';

/** An answer of the API that says no. `code` is of docs/reference/errors.md, `problem` is all that was said. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }

  get code(): Problem['code'] {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** No answer at all, or one that is not the API's: the server is away, or something else stands at its address. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}
