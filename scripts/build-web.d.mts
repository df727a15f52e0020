export function newest(path: string): { path: string; at: number } | null;
export function staleReason(folder: string, sources: readonly string[]): string | null;
