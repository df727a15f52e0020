import { Command } from 'commander';

export function command(): Command {
  return new Command('demo').action(() => {
    throw new Error('demo is not built yet');
  });
}
