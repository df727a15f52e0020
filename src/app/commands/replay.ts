import { Command } from 'commander';

export function command(): Command {
  return new Command('replay').action(() => {
    throw new Error('replay is not built yet');
  });
}
