import { useValue } from './channel.ts';

/** The name of the settlement asset; empty until it is known. */
export const useAsset = (): string => useValue('system', ({ asset }) => asset.name);
