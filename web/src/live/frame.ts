/** Runs each task once in the next frame, however often it was asked for. */
const tasks = new Set<() => void>();

export function frame(task: () => void): void {
  if (tasks.size === 0) requestAnimationFrame(run);
  tasks.add(task);
}

function run(): void {
  const due = [...tasks];
  tasks.clear();
  for (const task of due) task();
}
