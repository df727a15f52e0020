import { Command } from 'commander';

export function command(): Command {
  return new Command('explain').action(() => {
    throw new Error('explain is not built yet');
  });
}
