import { useEffect, useState } from 'react';
import { ApiProblem, type AnswerOf, type RequestOf, type RouteName } from '../../../src/client/index.ts';
import { client } from './api.ts';
import { useConnection } from './channel.ts';
import { useNow } from './clock.ts';
import { freshnessOf, STALE_AFTER_SECONDS, type Freshness } from './freshness.ts';

export interface Asked<Answer> {
  readonly answer: Answer | undefined;
  readonly fresh: Freshness;
  /** Why there is no answer, or none newer than this. */
  readonly problem: ApiProblem | null;
}

interface State {
  readonly asked: string;
  readonly answer: unknown;
  readonly arrivedAt: number | null;
  readonly problem: ApiProblem | null;
  readonly isAway: boolean;
}
const NOTHING: State = { asked: '', answer: undefined, arrivedAt: null, problem: null, isAway: false };

/**
 * Asks, and asks again `everyMs` after each answer; 0 asks once. `request` null asks nothing. The answer to another question is never shown.
 */
export function useQuery<Name extends RouteName>(
  name: Name,
  request: RequestOf<Name> | null,
  everyMs: number,
): Asked<AnswerOf<Name>> {
  const wanted = JSON.stringify(request);
  const asked = `${name} ${wanted}`;
  const [state, setState] = useState<State>(NOTHING);

  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const ask = async (): Promise<void> => {
      const request = JSON.parse(wanted) as RequestOf<RouteName>;
      if (wanted === 'null') return;
      try {
        const answer = await client.call<RouteName>(name, request, abort.signal);
        const ageMs = (answer as { cut: { ageMs: number } }).cut.ageMs;
        setState({ asked, answer, arrivedAt: Date.now() - ageMs, problem: null, isAway: false });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : null;
        setState((before) => ({
          ...(before.asked === asked ? before : { ...NOTHING, asked }),
          problem,
          isAway: problem === null,
        }));
      }
      if (!abort.signal.aborted && everyMs > 0) timer = window.setTimeout(() => void ask(), everyMs);
    };
    void ask();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [asked, name, wanted, everyMs]);

  const now = useNow();
  const isConnected = useConnection() !== 'lost';
  const current = state.asked === asked ? state : NOTHING;
  const staleAfter = everyMs === 0 ? Infinity : STALE_AFTER_SECONDS + (2 * everyMs) / 1000;
  return {
    answer: current.answer as AnswerOf<Name> | undefined,
    // What was asked once is as old as the server is away, too.
    fresh: freshnessOf(current.arrivedAt, now, !current.isAway && isConnected, staleAfter),
    problem: current.problem,
  };
}
