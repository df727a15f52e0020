import { Command } from 'commander';

export function command(): Command {
  return new Command('bench').action(() => {
    throw new Error('bench is not built yet');
  });
}
