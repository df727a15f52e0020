import type { ReactNode } from 'react';
import type { ApiProblem } from '../../../src/client/index.ts';
import { Empty } from './panel.tsx';

const TITLES: Partial<Record<ApiProblem['code'], string>> = {
  API_NOT_FOUND: 'There is no such thing',
  API_STARTING: 'The engine is starting',
  API_SCOPE_MISSING: 'This key may not see this',
  API_KEY_MISSING: 'A key is needed',
  API_KEY_UNKNOWN: 'The key is not known',
  API_UNAVAILABLE: 'Not served here',
  API_ROUTE_UNKNOWN: 'Not served here',
};

/** Why something cannot be shown, in the server's words. */
export function Trouble({ of }: { readonly of: ApiProblem }): ReactNode {
  return (
    <div role="alert">
      <Empty title={TITLES[of.code] ?? 'The server refused'}>
        {of.problem.detail} <span className="faint">({of.code})</span>
      </Empty>
    </div>
  );
}
