import type { ReactNode } from 'react';
import { useRoute } from '../../app/router.ts';
import { AccountDetail } from './detail.tsx';
import { AccountList } from './list.tsx';

export function Page(): ReactNode {
  const [, account] = useRoute().path;
  return account === undefined ? <AccountList /> : <AccountDetail key={account} account={account} />;
}
