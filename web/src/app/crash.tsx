import { useEffect, useState, type ReactNode } from 'react';
import { ApiProblem } from '../../../src/client/index.ts';
import { client } from '../live/api.ts';

type State =
  | { readonly is: 'ready' }
  | { readonly is: 'falling'; readonly seconds: number }
  | { readonly is: 'refused'; readonly why: string };

/** Of the demo alone: the mark of its first market walks down 15 %, so that a cascade can be watched. */
export function CrashButton(): ReactNode {
  const [state, setState] = useState<State>({ is: 'ready' });
  useEffect(() => {
    if (state.is === 'ready') return;
    const timer = window.setTimeout(
      () => setState({ is: 'ready' }),
      state.is === 'falling' ? state.seconds * 1000 : 6000,
    );
    return () => window.clearTimeout(timer);
  }, [state]);
  const crash = async (): Promise<void> => {
    try {
      const { data } = await client.call('crash', { body: { percent: '15' } });
      setState({ is: 'falling', seconds: data.seconds });
    } catch (error) {
      setState({
        is: 'refused',
        why: error instanceof ApiProblem ? error.problem.detail : 'The server does not answer',
      });
    }
  };
  return (
    <>
      <button
        type="button"
        className="button grave"
        data-action="crash"
        disabled={state.is === 'falling'}
        onClick={() => void crash()}
        title="Walks the mark of the first market down 15 % over some seconds"
      >
        {state.is === 'falling' ? 'Falling…' : '−15 % BTC'}
      </button>
      <span role="status" className={state.is === 'refused' ? 'loss' : 'visually-hidden'}>
        {state.is === 'refused' ? state.why : state.is === 'falling' ? 'The mark is walking down 15 %' : ''}
      </span>
    </>
  );
}
