/**
 * Tables of a million accounts are hundreds of megabytes that are read at random, and a page of 4 kB at a time that is mostly waiting
 * for the page tables. glibc asks Linux for large pages when it is told to before the process starts, which nothing within can make up for: so the
 * program puts itself in its own place once, with that in its environment (docs/decisions/0015-large-pages.md).
 */
const TUNABLE = 'glibc.malloc.hugetlb';

/** Does not return where the process is replaced. Whoever sets the tunable, to 0 as well, is left alone. */
export function askForLargePages(): void {
  const tunables = process.env['GLIBC_TUNABLES'] ?? '';
  if (process.platform !== 'linux' || process.execve === undefined || tunables.includes(TUNABLE)) return;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...process.env,
    GLIBC_TUNABLES: [tunables, `${TUNABLE}=1`].filter((part) => part !== '').join(':'),
  });
}
