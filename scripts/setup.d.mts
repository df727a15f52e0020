interface Lock {
  packages: Record<string, object>;
}
export const NODE_MIN: [major: number, minor: number];
export function staleReason(
  wanted: Lock | null,
  installed: Lock | null,
  platform?: string,
  arch?: string,
): string | null;
export function versionComplaint(version: string): string | null;
export function isLinked(folder: string): boolean;
