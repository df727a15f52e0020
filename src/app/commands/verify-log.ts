import { Command } from 'commander';

export function command(): Command {
  return new Command('verify-log').action(() => {
    throw new Error('verify-log is not built yet');
  });
}
