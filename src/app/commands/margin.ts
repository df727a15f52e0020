import { Command } from 'commander';

export function command(): Command {
  return new Command('margin').action(() => {
    throw new Error('margin is not built yet');
  });
}
